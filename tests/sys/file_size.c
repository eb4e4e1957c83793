/* truncate, ftruncate, fallocate and lseek agree on sizes, holes and ends. */
#include "guest.h"

int main(void)
{
    struct stat s;
    guest_file("a", "0123456789");
    VALUE(truncate("a", 4));
    int fd = open("a", O_RDWR);
    VALUE(ftruncate(fd, 100000));
    fstat(fd, &s);
    SHOW(s.st_size);
    VALUE(lseek(fd, -10, SEEK_END));
    VALUE(lseek(fd, 5, SEEK_CUR));
    VALUE(lseek(fd, -1, SEEK_SET));
    VALUE(lseek(fd, 0, 77));
    VALUE(lseek(fd, 0, SEEK_HOLE) > 0);
    VALUE(lseek(fd, 200000, SEEK_DATA));
    VALUE(fallocate(fd, 0, 0, 200000));
    fstat(fd, &s);
    SHOW(s.st_size);
    VALUE(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 300000));
    fstat(fd, &s);
    SHOW(s.st_size);
    VALUE(fallocate(fd, 0, -1, 10));
    VALUE(ftruncate(fd, -1));
    VALUE(truncate("none", 0));
    VALUE(lseek(fd, INT64_C(1) << 40, SEEK_SET));
    VALUE(write(fd, "x", 1));
    fstat(fd, &s);
    SHOW(s.st_size);
    VALUE(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    VALUE(readahead(fd, 0, 4096));
    VALUE(fsync(fd));
    VALUE(fdatasync(fd));
    VALUE(syncfs(fd));
    VALUE(fsync(99));
    return 0;
}

/* truncate, ftruncate, fallocate and lseek agree on sizes, holes and ends. */
#include "sys.h"

int main(void)
{
    struct stat s;
    write_file("a", "0123456789");
    CALL(truncate("a", 4));
    int fd = open("a", O_RDWR);
    CALL(ftruncate(fd, 100000));
    fstat(fd, &s);
    SHOW(s.st_size);
    CALL(lseek(fd, -10, SEEK_END));
    CALL(lseek(fd, 5, SEEK_CUR));
    CALL(lseek(fd, -1, SEEK_SET));
    CALL(lseek(fd, 0, 77));
    CALL(lseek(fd, 0, SEEK_HOLE) > 0);
    CALL(lseek(fd, 200000, SEEK_DATA));
    CALL(fallocate(fd, 0, 0, 200000));
    fstat(fd, &s);
    SHOW(s.st_size);
    CALL(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 300000));
    fstat(fd, &s);
    SHOW(s.st_size);
    CALL(fallocate(fd, 0, -1, 10));
    CALL(ftruncate(fd, -1));
    CALL(truncate("none", 0));
    CALL(lseek(fd, INT64_C(1) << 40, SEEK_SET));
    CALL(write(fd, "x", 1));
    fstat(fd, &s);
    SHOW(s.st_size);
    CALL(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    CALL(readahead(fd, 0, 4096));
    CALL(fsync(fd));
    CALL(fdatasync(fd));
    CALL(syncfs(fd));
    CALL(fsync(99));
    return 0;
}

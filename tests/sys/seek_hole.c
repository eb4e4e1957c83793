/*
 * Sparse files: SEEK_DATA, SEEK_HOLE, FALLOC_FL_PUNCH_HOLE, FALLOC_FL_KEEP_SIZE,
 * FALLOC_FL_ZERO_RANGE.
 */
#include "guest.h"

int main(void)
{
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    char block[4096], c;
    memset(block, 'x', sizeof block);
    MUST(ftruncate(fd, 1 << 20));
    MUST(pwrite(fd, block, sizeof block, 65536));
    MUST(pwrite(fd, block, sizeof block, 131072));
    SHOW(lseek(fd, 0, SEEK_DATA));
    SHOW(lseek(fd, 65536, SEEK_HOLE));
    SHOW(lseek(fd, 70000, SEEK_DATA));
    TRY(lseek(fd, 140000, SEEK_DATA));
    SHOW(lseek(fd, 140000, SEEK_HOLE));
    TRY(lseek(fd, 1 << 21, SEEK_HOLE));
    TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 65536, 4096));
    SHOW(lseek(fd, 0, SEEK_DATA));
    MUST(pread(fd, &c, 1, 65536));
    SHOW(c);
    TRY(fallocate(fd, FALLOC_FL_ZERO_RANGE, 131072, 100));
    MUST(pread(fd, &c, 1, 131072));
    SHOW(c);
    MUST(pread(fd, &c, 1, 131172));
    SHOW(c);
    struct stat st;
    TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 1 << 20, 8192));
    MUST(fstat(fd, &st));
    SHOW(st.st_size);
    TRY(fallocate(fd, 0, 1 << 20, 8192));
    MUST(fstat(fd, &st));
    SHOW(st.st_size);
    TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 100));
    TRY(fallocate(fd, 0, -1, 100));
    TRY(fallocate(fd, 0, 0, 0));
    TRY(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    SHOW(posix_fadvise(fd, 0, 0, 99) == EINVAL);
    SHOW(posix_fadvise(99, 0, 0, 0) == EBADF);
    TRY(readahead(fd, 0, 4096));
    TRY(sync_file_range(fd, 0, 4096, SYNC_FILE_RANGE_WRITE));
    TRY(fsync(fd));
    TRY(fdatasync(fd));
    TRY(fsync(99));
    return 0;
}

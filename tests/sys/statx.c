/* statx gives what stat gives, the mask, and the time of birth; the two agree. */
#include "guest.h"
#include <sys/sysmacros.h>

int main(void)
{
    struct statx x;
    struct stat st;
    guest_file("file", "some text");
    MUST(link("file", "second"));
    struct timespec times[2] = {{111, 222}, {333, 444}};
    MUST(utimensat(AT_FDCWD, "file", times, 0));
    memset(&x, 0xa5, sizeof x);
    TRY(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS | STATX_BTIME, &x));
    MUST(stat("file", &st));
    YES((x.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
    printf("mode %o nlink %u size %llu\n", x.stx_mode, x.stx_nlink, (unsigned long long)x.stx_size);
    YES(x.stx_ino == st.st_ino);
    YES(makedev(x.stx_dev_major, x.stx_dev_minor) == st.st_dev);
    YES(x.stx_uid == st.st_uid && x.stx_gid == st.st_gid);
    YES(x.stx_blksize == (uint64_t)st.st_blksize && x.stx_blocks == (uint64_t)st.st_blocks);
    printf("%lld.%u %lld.%u\n", (long long)x.stx_atime.tv_sec, x.stx_atime.tv_nsec,
           (long long)x.stx_mtime.tv_sec, x.stx_mtime.tv_nsec);
    YES(x.stx_ctime.tv_sec == st.st_ctim.tv_sec && x.stx_ctime.tv_nsec == st.st_ctim.tv_nsec);
    MUST(statx(AT_FDCWD, "/dev/zero", 0, STATX_TYPE, &x));
    printf("zero %u:%u\n", x.stx_rdev_major, x.stx_rdev_minor);
    int fd = (int)MUST(open("file", O_RDONLY));
    TRY(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &x));
    SHOW(x.stx_size);
    TRY(statx(fd, "", 0, STATX_SIZE, &x));
    TRY(statx(AT_FDCWD, "file", 0x40000000, STATX_SIZE, &x));
    TRY(statx(AT_FDCWD, "file", 0, 0x80000000u, &x));
    TRY(statx(AT_FDCWD, "absent", 0, STATX_SIZE, &x));
    TRY(statx(AT_FDCWD, "file", 0, STATX_SIZE, BAD));
    return 0;
}

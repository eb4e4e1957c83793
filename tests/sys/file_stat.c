/* The stat family fills every field: type and mode, links, size, owner, times, device numbers. */
#include "sys.h"
#include <sys/sysmacros.h>

int main(void)
{
    struct stat s, t;
    struct timespec times[2] = {{1234567890, 123456789}, {987654321, 987654321}};
    umask(022);
    memset(&s, 0xee, sizeof s);
    write_file("a", "twelve bytes");
    CALL(chmod("a", 04755));
    CALL(link("a", "b"));
    CALL(utimensat(AT_FDCWD, "a", times, 0));
    CALL(stat("a", &s));
    SHOW(s.st_mode);
    SHOW(s.st_nlink);
    SHOW(s.st_size);
    SHOW(s.st_blocks);
    SHOW(s.st_blksize);
    SHOW(s.st_uid == getuid());
    SHOW(s.st_gid == getgid());
    SHOW(s.st_atim.tv_sec);
    SHOW(s.st_atim.tv_nsec);
    SHOW(s.st_mtim.tv_sec);
    SHOW(s.st_mtim.tv_nsec);
    SHOW(s.st_ctim.tv_sec > 1600000000);
    CALL(stat("b", &t));
    SHOW(s.st_ino == t.st_ino && s.st_dev == t.st_dev);
    int fd = open("a", O_RDONLY);
    CALL(fstat(fd, &t));
    SHOW(memcmp(&s, &t, offsetof(struct stat, st_atim)));
    CALL(fstatat(fd, "", &t, AT_EMPTY_PATH));
    SHOW(t.st_size);
    CALL(symlink("a", "l"));
    CALL(lstat("l", &s));
    SHOW(S_ISLNK(s.st_mode));
    SHOW(s.st_size);
    CALL(stat("/dev/null", &s));
    SHOW(S_ISCHR(s.st_mode));
    SHOW(major(s.st_rdev));
    SHOW(minor(s.st_rdev));
    CALL(stat("none", &s));
    CALL(fstat(99, &s));
    CALL(syscall(SYS_newfstatat, AT_FDCWD, "a", 8, 0));
    CALL(fstatat(AT_FDCWD, "a", &s, 0x40000000));
    return 0;
}

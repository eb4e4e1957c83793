/* utimensat sets, keeps and takes now. */
#include "guest.h"

int main(void)
{
    struct stat s;
    struct timespec t[2] = {{100, 5}, {200, 7}};
    guest_file("a", "");
    VALUE(utimensat(AT_FDCWD, "a", t, 0));
    t[0].tv_nsec = UTIME_OMIT;
    t[1] = (struct timespec){300, 9};
    VALUE(utimensat(AT_FDCWD, "a", t, 0));
    stat("a", &s);
    SHOW(s.st_atim.tv_sec);
    SHOW(s.st_atim.tv_nsec);
    SHOW(s.st_mtim.tv_sec);
    SHOW(s.st_mtim.tv_nsec);
    t[0].tv_nsec = UTIME_NOW;
    int fd = open("a", O_RDWR);
    VALUE(futimens(fd, t));
    fstat(fd, &s);
    SHOW(s.st_atim.tv_sec > 1600000000);
    t[0].tv_nsec = 2000000000;
    VALUE(utimensat(AT_FDCWD, "a", t, 0));
    VALUE(utimensat(AT_FDCWD, "a", NULL, 0));
    VALUE(utimensat(AT_FDCWD, "none", NULL, 0));
    VALUE(symlink("none", "l"));
    t[0] = (struct timespec){1, 0};
    VALUE(utimensat(AT_FDCWD, "l", t, AT_SYMLINK_NOFOLLOW));
    lstat("l", &s);
    SHOW(s.st_atim.tv_sec);
    return 0;
}

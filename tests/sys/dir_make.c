/* Directories: made, entered, renamed, removed only when empty. */
#include "guest.h"

int main(void)
{
    char cwd[4096];
    struct stat s;
    umask(022);
    VALUE(mkdir("d", 0777));
    VALUE(mkdir("d", 0777));
    stat("d", &s);
    SHOW(s.st_mode);
    VALUE(mkdir("d/e", 01700));
    VALUE(rmdir("d"));
    VALUE(chdir("d/e"));
    SHOW(getcwd(cwd, sizeof cwd) != NULL);
    TEXT(strlen(cwd) > 4 ? cwd + strlen(cwd) - 4 : cwd);
    VALUE(syscall(SYS_getcwd, cwd, 2));
    VALUE(chdir("../.."));
    int fd = open("d", O_RDONLY);
    VALUE(fchdir(fd));
    VALUE(rmdir("e"));
    VALUE(fchdir(99));
    VALUE(chdir(".."));
    VALUE(rmdir("d"));
    VALUE(rmdir("none"));
    VALUE(chdir("none"));
    VALUE(unlinkat(AT_FDCWD, ".", 0));
    VALUE(mkdirat(99, "x", 0755));
    VALUE(mknod("fifo", S_IFIFO | 0600, 0));
    stat("fifo", &s);
    SHOW(S_ISFIFO(s.st_mode));
    return 0;
}

/* Directories: made, entered, renamed, removed only when empty. */
#include "sys.h"

int main(void)
{
    char cwd[4096];
    struct stat s;
    umask(022);
    CALL(mkdir("d", 0777));
    CALL(mkdir("d", 0777));
    stat("d", &s);
    SHOW(s.st_mode);
    CALL(mkdir("d/e", 01700));
    CALL(rmdir("d"));
    CALL(chdir("d/e"));
    SHOW(getcwd(cwd, sizeof cwd) != NULL);
    SHOWS(strlen(cwd) > 4 ? cwd + strlen(cwd) - 4 : cwd);
    CALL(syscall(SYS_getcwd, cwd, 2));
    CALL(chdir("../.."));
    int fd = open("d", O_RDONLY);
    CALL(fchdir(fd));
    CALL(rmdir("e"));
    CALL(fchdir(99));
    CALL(chdir(".."));
    CALL(rmdir("d"));
    CALL(rmdir("none"));
    CALL(chdir("none"));
    CALL(unlinkat(AT_FDCWD, ".", 0));
    CALL(mkdirat(99, "x", 0755));
    CALL(mknod("fifo", S_IFIFO | 0600, 0));
    stat("fifo", &s);
    SHOW(S_ISFIFO(s.st_mode));
    return 0;
}

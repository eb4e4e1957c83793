/* chdir, fchdir, getcwd; relative names follow; a directory that is gone. */
#include "guest.h"

int main(void)
{
    char start[PATH_MAX], now[PATH_MAX];
    YES(getcwd(start, sizeof start) == start);
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/b", 0755));
    guest_file("a/b/file", "");
    TRY(chdir("a/b"));
    TRY(access("file", F_OK));
    getcwd(now, sizeof now);
    TEXT(now + strlen(start));
    SHOW(syscall(SYS_getcwd, now, sizeof now) == (long)strlen(start) + 5);
    int fd = (int)MUST(open("..", O_RDONLY));
    TRY(fchdir(fd));
    getcwd(now, sizeof now);
    TEXT(now + strlen(start));
    MUST(symlink("b", "link"));
    TRY(chdir("link"));
    getcwd(now, sizeof now);
    TEXT(now + strlen(start));
    TRY(chdir("file"));
    TRY(chdir("absent"));
    TRY(fchdir(99));
    YES(getcwd(now, 3) == NULL && errno == ERANGE);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(chdir("/") != 0);
    guest_reap("child", pid);
    TRY(access("file", F_OK));
    MUST(unlink("file"));
    TRY(rmdir("../b"));
    YES(getcwd(now, sizeof now) == NULL && errno == ENOENT);
    TRY(open("new", O_CREAT | O_WRONLY, 0600));
    TRY(chdir(".."));
    TRY(syscall(SYS_getcwd, BAD, 4096));
    return 0;
}

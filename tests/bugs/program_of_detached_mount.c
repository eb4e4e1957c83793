/*
 * A program run by descriptor from a mount that is no more had "/" as its /proc/self/exe: what
 * container runtimes do to run a copy of themselves that nobody can write to.
 */
#include "guest.h"
#include <sched.h>
#include <sys/mount.h>

extern char **environ;

static void look(void)
{
    struct stat st;
    char head[5] = "";
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    YES(fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
    YES(read(fd, head, 4) == 4 && !memcmp(head, "\177ELF", 4));
    YES(stat("/proc/self/exe", &st) == 0 && S_ISREG(st.st_mode));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        look();
        return 0;
    }
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        printf("no namespaces here\n");
        return 0;
    }
    close(open("copy", O_WRONLY | O_CREAT, 0700));
    char self[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", self, sizeof self - 1));
    MUST(mount(self, "copy", NULL, MS_BIND, NULL));
    int fd = open("copy", O_RDONLY | O_CLOEXEC);
    MUST(umount2("copy", MNT_DETACH));
    char *args[] = {argv[0], "again", NULL};
    execveat(fd, "", args, environ, AT_EMPTY_PATH);
    printf("execveat: %s\n", guest_error_name(errno));
    return 1;
}

/* The lists of open descriptors name the program's own and nothing else, also behind a chroot. */
#include "guest.h"
#include <dirent.h>
#include <sched.h>

static void list(const char *path)
{
    DIR *d = opendir(path);
    if (!d) {
        printf("%s: %s\n", path, guest_error_name(errno));
        return;
    }
    bool found[2048] = {0};
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            found[atoi(e->d_name) & 2047] = true;
    printf("%s:", path);
    for (int i = 0; i < 2048; i++)
        if (found[i] && i != dirfd(d))
            printf(" %d", i);
    printf("\n");
    closedir(d);
}

int main(void)
{
    char path[64];
    for (int fd = 3; fd < 2048; fd++) /* what whoever started us left open */
        close(fd);
    MUST(dup2(0, 700));
    list("/proc/self/fd");
    if (chroot("/") != 0) {
        MUST(unshare(CLONE_NEWUSER));
        MUST(chroot("/"));
    }
    list("/proc/self/fd");
    list("/proc/self/fdinfo");
    list("/proc/thread-self/fd");
    list("/dev/fd");
    snprintf(path, sizeof path, "/proc/%d/fd", getpid());
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    SHOW(fd);
    int again = dup(fd);
    SHOW(again);
    close(again);
    TRY(readlink("/proc/self/exe", path, sizeof path));
    return 0;
}

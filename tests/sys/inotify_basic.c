/* inotify reports what happens in a directory, in order, with names. */
#include "sys.h"
#include <sys/inotify.h>

int main(void)
{
    char buffer[4096] __attribute__((aligned(8)));
    int fd, wd;
    mkdir("d", 0755);
    OK(fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    CALL(wd = inotify_add_watch(fd, "d", IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE));
    CALL(read(fd, buffer, sizeof buffer));
    write_file("d/a", "x");
    rename("d/a", "d/b");
    unlink("d/b");
    mkdir("d/sub", 0755);
    ssize_t n = read(fd, buffer, sizeof buffer);
    uint32_t cookie = 0;
    for (ssize_t at = 0; at < n;) {
        struct inotify_event *e = (void *)(buffer + at);
        if (e->mask & IN_MOVED_FROM)
            cookie = e->cookie;
        printf("%d %#x %s %d\n", e->wd == wd, e->mask, e->name, e->cookie == cookie);
        at += (ssize_t)sizeof *e + e->len;
    }
    CALL(inotify_rm_watch(fd, wd));
    CALL(inotify_rm_watch(fd, wd));
    CALL(inotify_add_watch(fd, "none", IN_CREATE));
    CALL(inotify_add_watch(99, "d", IN_CREATE));
    return 0;
}

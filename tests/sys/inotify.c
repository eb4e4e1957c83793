/* inotify: events with names, cookies of a rename, one-shot watches, removal. */
#include "guest.h"
#include <sys/inotify.h>

static void show(int fd)
{
    _Alignas(8) char buffer[4096];
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0)
        printf("nothing: %s\n", guest_error_name(errno));
    for (ssize_t at = 0; at < n;) {
        struct inotify_event *e = (struct inotify_event *)(buffer + at);
        printf("watch %d mask %x cookie %d name %s\n", e->wd, e->mask, e->cookie != 0,
               e->len ? e->name : "-");
        at += (ssize_t)sizeof *e + e->len;
    }
}

int main(void)
{
    int fd = (int)MUST(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    MUST(mkdir("dir", 0755));
    SHOW(inotify_add_watch(fd, "dir", IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE));
    show(fd);
    guest_file("dir/a", "text");
    show(fd);
    MUST(rename("dir/a", "dir/b"));
    show(fd);
    SHOW(inotify_add_watch(fd, "dir/b", IN_ATTRIB | IN_ONESHOT));
    MUST(chmod("dir/b", 0600));
    MUST(chmod("dir/b", 0644));
    show(fd);
    MUST(unlink("dir/b"));
    show(fd);
    MUST(mkdir("dir/sub", 0755));
    show(fd);
    TRY(inotify_rm_watch(fd, 1));
    show(fd);
    TRY(inotify_rm_watch(fd, 1));
    TRY(inotify_add_watch(fd, "absent", IN_CREATE));
    TRY(inotify_add_watch(fd, "dir", 0));
    TRY(inotify_add_watch(0, "dir", IN_CREATE));
    char small[8];
    MUST(inotify_add_watch(fd, "dir", IN_CREATE));
    guest_file("dir/c", "");
    TRY(read(fd, small, sizeof small));
    TRY(inotify_init1(1));
    return 0;
}

/* fanotify: what an ordinary user may do, and with the rights for it an event with a descriptor. */
#include "guest.h"
#include <sys/fanotify.h>

static void event(unsigned flags, unsigned event_flags)
{
    int f = fanotify_init(flags | FAN_NONBLOCK | FAN_CLOEXEC, event_flags);
    printf("init %#x: %s\n", flags, f < 0 ? guest_error_name(errno) : "ok");
    if (f < 0)
        return;
    TRY(fanotify_mark(f, FAN_MARK_ADD, FAN_OPEN | FAN_CLOSE_WRITE, AT_FDCWD, "file"));
    TRY(fanotify_mark(f, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "missing"));
    TRY(fanotify_mark(f, FAN_MARK_ADD | FAN_MARK_ONLYDIR, FAN_OPEN, AT_FDCWD, "file"));
    TRY(fanotify_mark(f, FAN_MARK_REMOVE, FAN_MODIFY, AT_FDCWD, "file"));
    TRY(fanotify_mark(f, 0, FAN_OPEN, AT_FDCWD, "file"));
    close(open("file", O_WRONLY));
    char buffer[4096];
    ssize_t n = read(f, buffer, sizeof buffer);
    struct fanotify_event_metadata *m = (void *)buffer;
    for (; n > 0 && FAN_EVENT_OK(m, n); m = FAN_EVENT_NEXT(m, n)) {
        printf("event %#llx, version %d, %s, %s\n", (unsigned long long)m->mask, m->vers,
               m->pid == getpid() ? "mine" : "another's", m->fd < 0 ? "no descriptor" : "descriptor");
        if (m->fd >= 0) {
            YES((fcntl(m->fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
            close(m->fd);
        }
    }
    TRY(fanotify_mark(f, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL));
    close(f);
}

int main(void)
{
#ifdef __aarch64__
    enum { LARGE_FILE = 0400000 }; /* the kernel's; libc says 0 */
#else
    enum { LARGE_FILE = 0100000 };
#endif
    guest_file("file", "contents");
    event(FAN_CLASS_NOTIF, O_RDONLY | LARGE_FILE | O_CLOEXEC);
    event(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY);
    event(FAN_CLASS_CONTENT, O_RDWR | O_NOATIME);
    TRY(fanotify_init(FAN_CLASS_NOTIF, O_DIRECTORY));
    TRY(fanotify_init(FAN_CLASS_NOTIF, O_NOFOLLOW));
    TRY(fanotify_init(0x80000000, O_RDONLY));
    TRY(fanotify_mark(0, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "file"));
    return 0;
}

/* Names in io_uring's entries mean files of the guest's root: uring_root.sh. */
#include "../sys/uring.h"

#include <linux/openat2.h>
#include <linux/stat.h>

static struct ring r;

static struct io_uring_sqe *named(int opcode, const char *path)
{
    struct io_uring_sqe *s = ring_entry(&r, opcode, AT_FDCWD);
    s->addr = (unsigned long)path;
    return s;
}

int main(void)
{
    static const char file[] = "/srv/uring/file", other[] = "/srv/uring/other";
    struct statx stx;
    char value[16] = "";
    MUST(ring_open(&r, 8));
    named(IORING_OP_OPENAT, file);
    ring_do(&r, "openat", false);
    struct open_how how = {.flags = O_RDONLY};
    struct io_uring_sqe *s = named(IORING_OP_OPENAT2, file);
    s->addr2 = (unsigned long)&how;
    s->len = sizeof how;
    ring_do(&r, "openat2", false);
    s = named(IORING_OP_STATX, file);
    s->addr2 = (unsigned long)&stx;
    s->len = STATX_BASIC_STATS;
    ring_do(&r, "statx", false);
    s = named(IORING_OP_GETXATTR, "user.none");
    s->addr2 = (unsigned long)value;
    s->addr3 = (unsigned long)file;
    s->len = sizeof value;
    YES(ring_do(&r, "getxattr", false) != -ENOENT);
    named(IORING_OP_UNLINKAT, other);
    ring_do(&r, "unlinkat", false);
    /* All at once: each has a name of its own until it is consumed. */
    for (int i = 0; i < 8; i++)
        named(IORING_OP_OPENAT, i % 2 ? other : file)->user_data = (unsigned)i;
    VALUE(ring_enter(&r, 8, 8));
    int found = 0, missing = 0;
    for (struct io_uring_cqe cqe; ring_reap(&r, &cqe);) {
        found += cqe.res >= 0;
        missing += cqe.res == -ENOENT;
    }
    SHOW(found);
    SHOW(missing);
    return 0;
}

/*
 * Submission entries of io_uring: what differs between the guest's and the host's. The rows are
 * syscall/uring.def; the rules are those of the system calls of the same names (syscall/fs.c,
 * convert.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux-user/uring.h"
#include "syscall/table.h"

enum { /* flags of an entry, and of operations */
       SQE_FIXED_FILE = 1 << 0,
       SQE_BUFFER_SELECT = 1 << 5,
       NOP_INJECT_RESULT = 1 << 0,
       SPLICE_FD_IN_FIXED = 1u << 31,
       FEAT_RECVSEND_BUNDLE = 1 << 14, /* of the kernel that brought NOP_INJECT_RESULT */
};

struct conversion {
    struct task *task;
    struct uring *ring;
    struct uring_sqe *sqe;
};

typedef void convert_fn(const struct conversion *c);

/* ---- helpers ---- */

static bool can_answer(const struct uring *r)
{
    return r->params.features & FEAT_RECVSEND_BUNDLE;
}

/* The entry becomes one that does nothing and completes with `result`. */
static void answer(const struct conversion *c, int64_t result)
{
    struct uring_sqe *s = c->sqe;
    *s = (struct uring_sqe){
        .flags = s->flags & (uint8_t) ~(SQE_FIXED_FILE | SQE_BUFFER_SELECT),
        .fd = -1,
        .len = (uint32_t)result,
        .op_flags = NOP_INJECT_RESULT,
        .user_data = s->user_data,
        .personality = s->personality,
    };
}

/* The host's form of a path. One that cannot be read stays, for the kernel to refuse. */
static uint64_t path(const struct conversion *c, int dirfd, uint64_t guest, int flags,
                     int *replaced)
{
    struct path_storage storage;
    const char *p = path_in(c->task, dirfd, guest, flags, &storage, replaced);
    if (p == guest_pointer(c->task, guest) || p == storage.guest)
        return guest;
    size_t size = strlen(p) + 1;
    char *copy = uring_keep(c->ring, size);
    if (!copy)
        return guest;
    memcpy(copy, p, size);
    return (uint64_t)(uintptr_t)copy;
}

static int follow(uint32_t at_flags)
{
    return at_flags & AT_SYMLINK_NOFOLLOW ? PATH_KEEP_LINK : PATH_FOLLOW;
}

static void hide_fd(int32_t *fd)
{
    if (fd_reserved(*fd))
        *fd = -1;
}

/* A file that Ferry has made up is open at `fd`. */
static void opened_instead(const struct conversion *c, int fd, uint64_t flags)
{
    if (!can_answer(c->ring) || c->sqe->splice_fd_in) { /* as an index it is not ours to place */
        close(fd);
        return;
    }
    fcntl(fd, F_SETFD, flags & O_CLOEXEC ? FD_CLOEXEC : 0);
    answer(c, fd);
}

/* ---- operations ---- */

static void convert_OPENAT(const struct conversion *c)
{
    struct uring_sqe *s = c->sqe;
    int replaced = -1;
    s->op_flags = (uint32_t)oflag_to_host(task_abi(c->task), s->op_flags);
    s->addr = path(c, s->fd, s->addr, (int)s->op_flags, &replaced);
    if (replaced >= 0)
        opened_instead(c, replaced, s->op_flags);
}

static void convert_OPENAT2(const struct conversion *c)
{
    struct uring_sqe *s = c->sqe;
    struct open_how *how;
    int replaced = -1;
    if (s->len != sizeof *how || !(how = uring_keep(c->ring, sizeof *how)) ||
        copy_in(c->task, how, s->off, sizeof *how) != 0)
        return; /* the kernel refuses it, or knows more than we do */
    how->flags = oflag_to_host(task_abi(c->task), how->flags);
    s->off = (uint64_t)(uintptr_t)how;
    if (!(how->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)))
        s->addr = path(c, s->fd, s->addr, (int)how->flags, &replaced);
    if (replaced >= 0)
        opened_instead(c, replaced, how->flags);
}

static void convert_STATX(const struct conversion *c)
{
    c->sqe->addr = path(c, c->sqe->fd, c->sqe->addr, follow(c->sqe->op_flags), NULL);
}

static void convert_UNLINKAT(const struct conversion *c)
{
    c->sqe->addr = path(c, c->sqe->fd, c->sqe->addr, PATH_KEEP_LINK, NULL);
}

static void convert_MKDIRAT(const struct conversion *c)
{
    convert_UNLINKAT(c);
}

static void convert_RENAMEAT(const struct conversion *c)
{
    struct uring_sqe *s = c->sqe;
    int32_t to = (int32_t)s->len;
    hide_fd(&to);
    s->len = (uint32_t)to;
    s->addr = path(c, s->fd, s->addr, PATH_KEEP_LINK, NULL);
    s->off = path(c, to, s->off, PATH_KEEP_LINK, NULL);
}

static void convert_LINKAT(const struct conversion *c)
{
    struct uring_sqe *s = c->sqe;
    int32_t to = (int32_t)s->len;
    hide_fd(&to);
    s->len = (uint32_t)to;
    s->addr = path(c, s->fd, s->addr,
                   s->op_flags & AT_SYMLINK_FOLLOW ? PATH_FOLLOW : PATH_KEEP_LINK, NULL);
    s->off = path(c, to, s->off, PATH_KEEP_LINK, NULL);
}

/* What the link shall hold is a text, and stays one. */
static void convert_SYMLINKAT(const struct conversion *c)
{
    c->sqe->off = path(c, c->sqe->fd, c->sqe->off, PATH_KEEP_LINK, NULL);
}

static void convert_GETXATTR(const struct conversion *c)
{
    c->sqe->addr3 = path(c, AT_FDCWD, c->sqe->addr3, PATH_FOLLOW, NULL);
}

static void convert_SETXATTR(const struct conversion *c)
{
    convert_GETXATTR(c);
}

static void convert_EPOLL_CTL(const struct conversion *c)
{
    struct uring_sqe *s = c->sqe;
    struct epoll_event *event;
    if (fd_reserved((int)s->off))
        s->off = (uint64_t)-1;
    if (s->addr && (event = uring_keep(c->ring, sizeof *event)) &&
        struct_in(c->task, STRUCT_epoll_event, event, s->addr) == 0)
        s->addr = (uint64_t)(uintptr_t)event;
}

static void convert_SPLICE(const struct conversion *c)
{
    if (!(c->sqe->op_flags & SPLICE_FD_IN_FIXED))
        hide_fd(&c->sqe->splice_fd_in);
}

static void convert_TEE(const struct conversion *c)
{
    convert_SPLICE(c);
}

static void convert_PIPE(const struct conversion *c)
{
    c->sqe->op_flags = (uint32_t)oflag_to_host(task_abi(c->task), c->sqe->op_flags);
}

static void convert_FILES_UPDATE(const struct conversion *c)
{
    const struct uring_sqe *s = c->sqe;
    for (uint32_t i = 0; i < s->len && can_answer(c->ring); i++) {
        int32_t fd;
        if (copy_in(c->task, &fd, s->addr + i * sizeof fd, sizeof fd) != 0)
            return;
        if (fd_reserved(fd)) {
            answer(c, -EBADF);
            return;
        }
    }
}

/*
 * Advice changes memory at once and may drop code, so it goes through the guest's map when it is
 * submitted; only what is known to be harmless is left to the kernel.
 */
static void convert_MADVISE(const struct conversion *c)
{
    const struct uring_sqe *s = c->sqe;
    struct aspace *as = c->task->process->as;
    uint64_t size = s->len ? s->len : s->off;
    int advice = (int)s->op_flags;
    bool keeps = advice == MADV_NORMAL || advice == MADV_RANDOM || advice == MADV_SEQUENTIAL ||
                 advice == MADV_WILLNEED;
    if (keeps && aspace_covers(as, page_down(s->addr), page_up(size + s->addr % GUEST_PAGE)))
        return;
    int64_t result = aspace_madvise(as, s->addr, size, advice);
    if (can_answer(c->ring))
        answer(c, result);
}

/* ---- the rows ---- */

#define FUNCTION_raw(name)  NULL
#define FUNCTION_conv(name) convert_##name
#define FUNCTION_none(name) NULL

enum fd_kind { FD_other, FD_file };
enum how_kind { OFFERED_none, OFFERED_raw, OFFERED_conv };

static const struct operation {
    uint8_t offered, fd;
    convert_fn *convert;
} operations[] = {
#define URING(name, number, fd, how, note)                                                         \
    [number] = {OFFERED_##how, FD_##fd, FUNCTION_##how(name)},
#include "syscall/uring.def"
#undef URING
};

bool uring_offers(uint8_t opcode)
{
    return opcode < sizeof operations / sizeof *operations && operations[opcode].offered;
}

void uring_convert(struct task *t, struct uring *r, struct uring_sqe *sqe)
{
    const uint8_t no_operation = 0xff;
    if (!uring_offers(sqe->opcode)) {
        sqe->opcode = no_operation; /* the kernel's own refusal */
        return;
    }
    const struct operation *operation = &operations[sqe->opcode];
    if (operation->fd == FD_file && !(sqe->flags & SQE_FIXED_FILE))
        hide_fd(&sqe->fd);
    if (operation->convert)
        operation->convert(&(const struct conversion){t, r, sqe});
}

/*
 * io_uring_register: most of it concerns the kernel alone. What names descriptors must not name
 * Ferry's; a probe tells of the operations that uring.def offers; rings registered by a thread are
 * known by their index from then on; a ring that is resized has other entries.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "linux-user/uring.h"
#include "syscall/host_number.h"
#include "syscall/rows.h"

enum {
    REGISTER_FILES = 2,
    REGISTER_EVENTFD = 4,
    REGISTER_FILES_UPDATE = 6,
    REGISTER_EVENTFD_ASYNC = 7,
    REGISTER_PROBE = 8,
    REGISTER_FILES2 = 13,
    REGISTER_FILES_UPDATE2 = 14,
    REGISTER_RING_FDS = 20,
    UNREGISTER_RING_FDS = 21,
    REGISTER_SYNC_CANCEL = 24,
    REGISTER_RESIZE_RINGS = 33,
    REGISTER_MEM_REGION = 34, /* the last one known; above it the kernel is asked what it can do */
};

#define USE_REGISTERED_RING (UINT32_C(1) << 31)
enum { OP_SUPPORTED = 1 << 0 };

struct rsrc_register {
    uint32_t nr, flags;
    uint64_t reserved, data, tags;
};

struct rsrc_update {
    uint32_t offset, reserved;
    uint64_t data, tags;
    uint32_t nr, reserved2;
};

struct probe_op {
    uint8_t op, reserved;
    uint16_t flags;
    uint32_t reserved2;
};

struct probe_head {
    uint8_t last_op, ops_len;
    uint16_t reserved;
    uint32_t reserved2[3];
};

/* True if one of `count` numbers in guest memory is a descriptor of Ferry's own. */
static bool any_reserved(struct task *t, uint64_t array, uint64_t count)
{
    const uint64_t most = 1 << 20; /* IORING_MAX_FIXED_FILES */
    for (uint64_t i = 0; i < count && count <= most; i++) {
        int32_t fd;
        if (copy_in(t, &fd, array + i * sizeof fd, sizeof fd) != 0)
            return false; /* the kernel finds that out by itself */
        if (fd_reserved(fd))
            return true;
    }
    return false;
}

static bool names_reserved(struct task *t, uint32_t opcode, uint64_t arg, uint32_t count)
{
    struct rsrc_register all;
    struct rsrc_update some;
    switch (opcode) {
    case REGISTER_FILES:
        return any_reserved(t, arg, count);
    case REGISTER_EVENTFD:
    case REGISTER_EVENTFD_ASYNC:
        return any_reserved(t, arg, 1);
    case REGISTER_FILES2:
        return copy_in(t, &all, arg, sizeof all) == 0 && any_reserved(t, all.data, all.nr);
    case REGISTER_FILES_UPDATE:
        return copy_in(t, &some, arg, offsetof(struct rsrc_update, tags)) == 0 &&
               any_reserved(t, some.data, count);
    case REGISTER_FILES_UPDATE2:
        return copy_in(t, &some, arg, sizeof some) == 0 && any_reserved(t, some.data, some.nr);
    default:
        return false;
    }
}

/* Takes what is not offered out of a probe's answer. */
static void correct_probe(struct task *t, uint64_t arg, uint32_t count)
{
    struct probe_head head;
    if (copy_in(t, &head, arg, sizeof head) != 0)
        return;
    for (uint32_t i = 0; i < head.ops_len && i < count; i++) {
        struct probe_op op;
        uint64_t at = arg + sizeof head + i * sizeof op;
        if (copy_in(t, &op, at, sizeof op) != 0)
            return;
        if (!uring_offers(op.op)) {
            op.flags &= (uint16_t)~OP_SUPPORTED;
            copy_out(t, at, &op, sizeof op);
        }
    }
}

/* ---- rings registered by a thread ---- */

static void set_registered(struct task *t, uint32_t index, struct uring *r)
{
    if (index >= URING_REGISTERED)
        return;
    if (t->registered_rings[index])
        __atomic_fetch_sub(&t->registered_rings[index]->registered, 1, __ATOMIC_RELAXED);
    if (r)
        __atomic_fetch_add(&r->registered, 1, __ATOMIC_RELAXED);
    t->registered_rings[index] = r;
}

/* `done` of the entries at arg have been served; the kernel has written the indices into them. */
static void note_registered(struct task *t, uint64_t arg, int64_t done, bool registered)
{
    for (int64_t i = 0; i < done; i++) {
        struct rsrc_update one;
        const size_t size = offsetof(struct rsrc_update, tags);
        if (copy_in(t, &one, arg + (uint64_t)i * size, size) != 0)
            return;
        set_registered(t, one.offset, registered ? uring_find((int)one.data) : NULL);
    }
}

/* ---- resizing ---- */

/*
 * The kernel takes over what is queued, so the guest's entries go there first, as they are: they
 * are converted when they are submitted. Its next mapping of the entries begins with them.
 */
static int64_t resize(struct task *t, struct uring *r, const uint64_t a[6])
{
    struct uring_params p;
    uring_lock(r);
    if (r->real && r->sqes)
        copy_in(t, r->real, r->sqes, r->size);
    int64_t result = host_syscall(SYS_io_uring_register, a[0], a[1], a[2], a[3], 0, 0);
    if (result == 0 && copy_in(t, &p, a[2], sizeof p) == 0)
        uring_resized(r, &p);
    uring_unlock(r);
    return result;
}

/* ---- the call ---- */

int64_t sys_io_uring_register(struct task *t, const uint64_t a[6])
{
    uint32_t opcode = (uint32_t)a[1] & ~USE_REGISTERED_RING;
    bool by_index = (uint32_t)a[1] & USE_REGISTERED_RING;
    if (task_abi(t)->word != 8)
        return -ENOSYS;
    if (opcode > REGISTER_MEM_REGION)
        return -EINVAL;
    if ((!by_index && fd_reserved((int)a[0])) || names_reserved(t, opcode, a[2], (uint32_t)a[3]))
        return -EBADF;
    if (opcode == REGISTER_RESIZE_RINGS) {
        struct uring *r = by_index ? uring_registered(t, (uint32_t)a[0]) : uring_find((int)a[0]);
        if (r)
            return resize(t, r, a);
    }
    if (opcode == REGISTER_SYNC_CANCEL)
        return safe_syscall(task_attention(t), SYS_io_uring_register, a);
    int64_t result = host_syscall(SYS_io_uring_register, a[0], a[1], a[2], a[3], 0, 0);
    if (result == 0 && opcode == REGISTER_PROBE)
        correct_probe(t, a[2], (uint32_t)a[3]);
    if (result > 0 && (opcode == REGISTER_RING_FDS || opcode == UNREGISTER_RING_FDS))
        note_registered(t, a[2], result, opcode == REGISTER_RING_FDS);
    return result;
}

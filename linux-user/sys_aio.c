/*
 * Linux AIO. Control blocks and events are laid out alike on all 64-bit machines, so what is left
 * is the context's ring: the kernel maps it where it likes and calls the context by its address,
 * and the C side (libaio) reads events from it without a call. So it is moved among the guest's
 * mappings, which fs/aio.c supports: the context's name moves along.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/task.h"
#include "syscall/rows.h"

/* The head of the ring, as fs/aio.c has it and libaio knows it. */
struct aio_ring {
    uint32_t id, nr, head, tail, magic, compat_features, incompat_features, header_length;
};

enum { AIO_RING_MAGIC = 0xa10a10a1 };

/* The kernel looks through all contexts to move one. Of many the later ones stay where they are. */
enum { MOVED_CONTEXTS = 256 };
static unsigned contexts;

/* Bytes of a ring's mapping: the kernel makes `nr` from the pages it takes, less the head. */
static uint64_t ring_size(const struct aio_ring *ring)
{
    return page_up(sizeof *ring + (uint64_t)ring->nr * sizeof(struct io_event));
}

int64_t sys_io_setup(struct task *t, const uint64_t a[6])
{
    uint64_t context = 0;
    if (task_abi(t)->word != 8)
        return -ENOSYS;
    if (copy_in(t, &context, a[1], sizeof context) != 0)
        return -EFAULT;
    int64_t r = host_syscall(SYS_io_setup, a[0], (uint64_t)(uintptr_t)&context, 0, 0, 0, 0);
    if (r < 0)
        return r;
    const struct aio_ring *ring = (const struct aio_ring *)(uintptr_t)context;
    uint64_t size = ring_size(ring);
    bool move = __atomic_add_fetch(&contexts, 1, __ATOMIC_RELAXED) <= MOVED_CONTEXTS;
    int64_t at =
        aspace_take(t->process->as, (void *)(uintptr_t)context, size, PROT_READ | PROT_WRITE, move);
    uint64_t name = (uint64_t)at;
    if (at >= 0 && copy_out(t, a[1], &name, sizeof name) == 0)
        return 0;
    host_syscall(SYS_io_destroy, at < 0 ? context : name, 0, 0, 0, 0, 0);
    if (at < 0)
        return at;
    aspace_gone(t->process->as, name, size);
    return -EFAULT;
}

int64_t sys_io_destroy(struct task *t, const uint64_t a[6])
{
    struct aio_ring ring;
    bool known = copy_in(t, &ring, a[0], sizeof ring) == 0 && ring.magic == AIO_RING_MAGIC;
    /* It waits for what is under way, and nothing interrupts it. */
    int64_t r = host_syscall(SYS_io_destroy, a[0], 0, 0, 0, 0, 0);
    if (r == 0 && known)
        aspace_gone(t->process->as, a[0], ring_size(&ring));
    if (r == 0)
        __atomic_sub_fetch(&contexts, 1, __ATOMIC_RELAXED);
    return r;
}

/* How many of the first `n` control blocks name no descriptor of Ferry's own. */
static int64_t usable(struct task *t, uint64_t list, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t at;
        struct iocb cb;
        if (copy_in(t, &at, list + (uint64_t)i * sizeof at, sizeof at) != 0 ||
            copy_in(t, &cb, at, sizeof cb) != 0)
            break; /* the kernel finds that out by itself */
        if (fd_reserved((int)cb.aio_fildes) ||
            ((cb.aio_flags & IOCB_FLAG_RESFD) && fd_reserved((int)cb.aio_resfd)))
            return i;
    }
    return n;
}

int64_t sys_io_submit(struct task *t, const uint64_t a[6])
{
    int64_t n = (int64_t)a[1], good = usable(t, a[2], n);
    if (n > 0 && good == 0)
        return -EBADF;
    const uint64_t host[6] = {a[0], (uint64_t)good, a[2]};
    return safe_syscall(task_attention(t), SYS_io_submit, host);
}

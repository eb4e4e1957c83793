/* io_uring: rings, their mappings, submission. See uring.h. */
#include "linux-user/uring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux-user/signal.h"
#include "syscall/host_number.h"
#include "syscall/rows.h"
#include "util/lock.h"

enum { /* io_uring_setup */
       SETUP_SQPOLL = 1 << 1,
       SETUP_SQ_AFF = 1 << 2,
       SETUP_SUBMIT_ALL = 1 << 7,
       SETUP_TASKRUN = 1 << 8 | 1 << 9 | 1 << 13, /* COOP_TASKRUN, TASKRUN_FLAG, DEFER_TASKRUN */
       SETUP_SQE128 = 1 << 10,
       SETUP_SINGLE_ISSUER = 1 << 12,
       SETUP_NO_MMAP = 1 << 14,
       SETUP_REGISTERED_FD_ONLY = 1 << 15,
       SETUP_NO_SQARRAY = 1 << 16,
       SETUP_KNOWN = (1 << 19) - 1, /* up to IORING_SETUP_CQE_MIXED */
       /* The least that is needed: an inode for each ring (5.16), stable submission, one mapping.
        */
       FEAT_CQE_SKIP = 1 << 11,
       MAX_ENTRIES = 32768,
};

enum { /* io_uring_enter */
       ENTER_GETEVENTS = 1 << 0,
       ENTER_SQ_WAKEUP = 1 << 1,
       ENTER_SQ_WAIT = 1 << 2,
       ENTER_EXT_ARG = 1 << 3,
       ENTER_REGISTERED_RING = 1 << 4,
       ENTER_EXT_ARG_REG = 1 << 6,
};

enum { SQ_NEED_WAKEUP = 1 << 0 }; /* in the flags of a submission ring */

/* What an offset of mmap means. */
#define OFF_SQ_RING UINT64_C(0)
#define OFF_CQ_RING UINT64_C(0x8000000)
#define OFF_SQES    UINT64_C(0x10000000)

bool uring_used;
static bool polled_used; /* there have been rings with SQPOLL */

/* The newest first. Changes under process->lock; entries are reused, never freed. */
static struct uring *rings;

/* ---- locks ---- */

void uring_lock(struct uring *r)
{
    lock_take(&r->lock);
}

void uring_unlock(struct uring *r)
{
    lock_give(&r->lock);
}

void uring_after_fork(struct task *t)
{
    for (struct uring *r = rings; r; r = r->next)
        r->lock = r->registered = 0;
    memset(t->registered_rings, 0, sizeof t->registered_rings);
}

void uring_thread_ends(struct task *t)
{
    for (unsigned i = 0; i < URING_REGISTERED; i++)
        if (t->registered_rings[i])
            __atomic_fetch_sub(&t->registered_rings[i]->registered, 1, __ATOMIC_RELAXED);
}

/* ---- scratch memory ---- */

void *uring_keep(struct uring *r, size_t size)
{
    const size_t least = 64 * 1024;
    struct uring_scratch *s = r->scratch;
    size = (size + 15) & ~(size_t)15;
    if (!s || s->size - s->used < size) {
        size_t bytes = s ? 2 * s->size : least;
        s = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (s == MAP_FAILED)
            return NULL;
        s->size = bytes - sizeof *s;
        s->next = r->scratch;
        r->scratch = s;
    }
    void *p = s->bytes + s->used;
    s->used += size;
    return p;
}

/* Everything kept before is not needed any more. The largest piece stays. */
static void forget_kept(struct uring *r)
{
    struct uring_scratch *s = r->scratch;
    while (s && s->next) {
        struct uring_scratch *smaller = s->next;
        s->next = smaller->next;
        munmap(smaller, smaller->size + sizeof *smaller);
    }
    if (s)
        s->used = 0;
}

/* ---- the table ---- */

struct uring *uring_find(int fd)
{
    struct stat st;
    if (!uring_used || fd_reserved(fd) || fstat(fd, &st) != 0)
        return NULL;
    for (struct uring *r = rings; r; r = r->next)
        if (r->inode == st.st_ino && r->device == st.st_dev)
            return r;
    return NULL;
}

struct uring *uring_registered(struct task *t, uint32_t index)
{
    return index < URING_REGISTERED ? t->registered_rings[index] : NULL;
}

/* A place for a new ring. Lock of the process held. */
static struct uring *new_ring(void)
{
    const unsigned remembered = 64; /* of rings that are probably gone */
    struct uring *reuse = NULL;
    unsigned count = 0;
    for (struct uring *r = rings; r; r = r->next)
        if (r->done && !r->registered && ++count > remembered)
            reuse = r;
    if (reuse) {
        struct uring *next = reuse->next;
        struct uring_scratch *scratch = reuse->scratch;
        *reuse = (struct uring){.next = next, .scratch = scratch};
        return reuse;
    }
    struct uring *r =
        mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (r == MAP_FAILED)
        return NULL;
    r->next = rings;
    __atomic_store_n(&rings, r, __ATOMIC_RELEASE);
    return r;
}

static size_t sqe_size(const struct uring_params *p)
{
    return p->flags & SETUP_SQE128 ? 2 * sizeof(struct uring_sqe) : sizeof(struct uring_sqe);
}

static void fill_ring(struct uring *r, const struct uring_params *p, const struct stat *st)
{
    r->params = *p;
    r->size = page_up(p->sq_entries * sqe_size(p));
    r->done = false;
    r->rings = r->sqes = 0;
    if (st) {
        r->device = st->st_dev;
        r->inode = st->st_ino;
    }
}

/* ---- io_uring_setup ---- */

/*
 * The guest provides the memory: the rings are used as they are, and the kernel gets entries of
 * ours. Returns these, or NULL with *error set.
 */
static void *replace_entries(struct task *t, uint32_t entries, struct uring_params *p, size_t *size,
                             int64_t *error)
{
    uint32_t rounded = 1;
    while (rounded < entries && rounded < MAX_ENTRIES)
        rounded *= 2;
    *size = page_up(rounded * sqe_size(p));
    *error = -EINVAL;
    if (!p->sq_off.user_addr || p->sq_off.user_addr % GUEST_PAGE)
        return NULL;
    *error = -EFAULT;
    if (!aspace_covers(t->process->as, p->sq_off.user_addr, rounded * sqe_size(p)))
        return NULL;
    void *real = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *error = -ENOMEM;
    if (real == MAP_FAILED)
        return NULL;
    p->sq_off.user_addr = (uint64_t)(uintptr_t)real;
    return real;
}

/*
 * IORING_SETUP_SQPOLL. The kernel's own thread would read entries that nobody has converted. But a
 * program must expect that thread to sleep and wake it by io_uring_enter whenever the ring says so:
 * a ring that always says so needs no thread, and entries are submitted by the call that wakes it.
 * Returns the flags that the host gets, or 0 if these do not go together.
 */
static uint32_t without_poller(uint32_t flags)
{
    if (flags & SETUP_TASKRUN)
        return 0;
    return (flags & ~(uint32_t)(SETUP_SQPOLL | SETUP_SQ_AFF | SETUP_SINGLE_ISSUER)) |
           SETUP_SUBMIT_ALL;
}

static bool ask_to_be_woken(int fd, const struct uring_params *p)
{
    uint8_t *ring;
    if (p->flags & SETUP_NO_MMAP) {
        ring = (uint8_t *)(uintptr_t)p->cq_off.user_addr;
    } else {
        ring = mmap(NULL, GUEST_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)OFF_SQ_RING);
        if (ring == MAP_FAILED)
            return false;
    }
    uint32_t *flags = (uint32_t *)(ring + p->sq_off.flags);
    __atomic_fetch_or(flags, SQ_NEED_WAKEUP, __ATOMIC_SEQ_CST);
    if (!(p->flags & SETUP_NO_MMAP))
        munmap(ring, GUEST_PAGE);
    return true;
}

/* Remembers a ring just made, at `fd` or, with REGISTERED_FD_ONLY, under the index `fd`. */
static bool remember(struct task *t, int fd, const struct uring_params *p, uint8_t *real,
                     uint64_t guest_entries)
{
    struct stat st = {0};
    bool by_index = p->flags & SETUP_REGISTERED_FD_ONLY;
    if (!by_index && fstat(fd, &st) != 0)
        return false;
    process_lock(t->process);
    struct uring *r = new_ring();
    if (r) {
        fill_ring(r, p, &st);
        polled_used |= p->flags & SETUP_SQPOLL;
        if (real) {
            r->real = real;
            r->sqes = guest_entries;
            r->rings = p->cq_off.user_addr;
        }
        if (by_index && (unsigned)fd < URING_REGISTERED) {
            r->registered = 1;
            t->registered_rings[fd] = r;
        }
        uring_used = true;
    }
    process_unlock(t->process);
    return r;
}

int64_t sys_io_uring_setup(struct task *t, const uint64_t a[6])
{
    struct uring_params p;
    uint8_t *real = NULL;
    size_t size = 0;
    int64_t r;
    if (task_abi(t)->word != 8)
        return -ENOSYS;
    if (copy_in(t, &p, a[1], sizeof p) != 0)
        return -EFAULT;
    uint64_t entries = p.sq_off.user_addr;
    if (p.flags & ~(uint32_t)SETUP_KNOWN)
        return -EINVAL;
    uint32_t asked = p.flags;
    if (asked & SETUP_SQPOLL) {
        p.flags = without_poller(asked);
        if (!p.flags)
            return -EINVAL;
        if ((asked & SETUP_SQ_AFF) && p.sq_thread_cpu >= (uint32_t)sysconf(_SC_NPROCESSORS_CONF))
            return -EINVAL;
    }
    if ((p.flags & SETUP_NO_MMAP) && !(real = replace_entries(t, (uint32_t)a[0], &p, &size, &r)))
        return r;
    r = host_syscall(SYS_io_uring_setup, (uint32_t)a[0], (uint64_t)(uintptr_t)&p, 0, 0, 0, 0);
    if (r >= 0 && !(p.features & FEAT_CQE_SKIP)) {
        close((int)r);
        r = -ENOSYS; /* as a kernel without io_uring: this one has not all that we need */
    } else if (r >= 0) {
        if (p.flags & SETUP_NO_MMAP)
            p.sq_off.user_addr = entries;
        p.flags = asked;
        if (((asked & SETUP_SQPOLL) && !ask_to_be_woken((int)r, &p)) ||
            !remember(t, (int)r, &p, real, entries) || copy_out(t, a[1], &p, sizeof p) != 0) {
            if (!(p.flags & SETUP_REGISTERED_FD_ONLY))
                close((int)r);
            return -EFAULT;
        }
        return r;
    }
    if (real)
        munmap(real, size);
    return r;
}

/* ---- mappings ---- */

/* The guest's entries: memory that is shared with its children, beside the kernel's. */
static int64_t map_entries(struct task *t, struct uring *r, int fd, const uint64_t a[6])
{
    struct aspace *as = t->process->as;
    int64_t at;
    if (a[1] > r->size || !a[1] || (r->params.flags & SETUP_NO_MMAP) || !(a[3] & MAP_SHARED))
        return -EINVAL;
    if (r->sqes)
        return aspace_mremap(as, r->sqes, 0, a[1], MREMAP_MAYMOVE, 0);
    if (!r->real) {
        void *real = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)OFF_SQES);
        if (real == MAP_FAILED)
            return -errno;
        r->real = real;
    }
    const int passed = MAP_POPULATE | MAP_LOCKED;
    at = aspace_mmap(as, 0, r->size, (int)a[2], MAP_SHARED | MAP_ANONYMOUS | ((int)a[3] & passed),
                     -1, 0, MAP_IS_FILE);
    if (at < 0)
        return at;
    r->sqes = (uint64_t)at;
    r->done = false;
    copy_out(t, r->sqes, r->real, r->size); /* what a resized ring has taken over */
    return at;
}

/* Everything else is the kernel's, which does not let a ring be mapped at a place of one's choice.
 */
static int64_t map_rings(struct task *t, struct uring *r, int fd, const uint64_t a[6])
{
    void *p = mmap(NULL, a[1], (int)a[2] & ~PROT_EXEC, (int)a[3], fd, (off_t)a[5]);
    if (p == MAP_FAILED)
        return -errno;
    int64_t at = aspace_take(t->process->as, p, page_up(a[1]), (int)a[2], false);
    if (at < 0)
        munmap(p, a[1]);
    else if (a[5] == OFF_SQ_RING || (a[5] == OFF_CQ_RING && !r->rings))
        r->rings = (uint64_t)at; /* one region under two names (IORING_FEAT_SINGLE_MMAP) */
    return at;
}

bool uring_mmap(struct task *t, const uint64_t a[6], int64_t *result)
{
    int fd = (int)a[4];
    struct uring *r = uring_find(fd);
    if (!r)
        return false;
    if (a[0] || (a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
        *result = -EINVAL;
        return true;
    }
    uring_lock(r);
    *result = a[5] == OFF_SQES ? map_entries(t, r, fd, a) : map_rings(t, r, fd, a);
    uring_unlock(r);
    return true;
}

void uring_unmapped(uint64_t start, uint64_t size)
{
    for (struct uring *r = rings; r; r = r->next) {
        if (r->rings - start < size && r->rings)
            r->rings = 0;
        if (r->sqes - start >= size || !r->sqes)
            continue;
        uring_lock(r);
        munmap(r->real, r->size);
        r->real = NULL;
        r->sqes = 0;
        r->done = true;
        uring_unlock(r);
    }
}

void uring_resized(struct uring *r, const struct uring_params *p)
{
    if (r->real)
        munmap(r->real, r->size);
    r->real = NULL;
    r->rings = r->sqes = 0;
    r->params.sq_entries = p->sq_entries;
    r->params.cq_entries = p->cq_entries;
    r->params.sq_off = p->sq_off;
    r->params.cq_off = p->cq_off;
    r->size = page_up(p->sq_entries * sqe_size(&r->params));
}

/* ---- submission ---- */

static bool read_word(struct task *t, const struct uring *r, uint64_t offset, uint32_t *value)
{
    return copy_in(t, value, r->rings + offset, sizeof *value) == 0;
}

uint32_t uring_convert_queued(struct task *t, struct uring *r, uint32_t count)
{
    const struct uring_params *p = &r->params;
    uint32_t head, tail, mask = p->sq_entries - 1;
    forget_kept(r);
    if (!r->rings || !r->sqes || !read_word(t, r, p->sq_off.head, &head) ||
        !read_word(t, r, p->sq_off.tail, &tail))
        return 0;
    if (count > tail - head)
        count = tail - head;
    if (count > p->sq_entries)
        count = p->sq_entries;
    size_t size = sqe_size(p);
    for (uint32_t i = head; i != head + count; i++) {
        uint32_t index = i & mask;
        struct uring_sqe sqe[2];
        if (!(p->flags & SETUP_NO_SQARRAY) &&
            !read_word(t, r, p->sq_off.array + index * sizeof index, &index))
            break;
        if (index > mask || copy_in(t, sqe, r->sqes + index * size, size) != 0)
            continue; /* the kernel drops it */
        uring_convert(t, r, sqe);
        memcpy(r->real + index * size, sqe, size);
    }
    return count;
}

/* ---- io_uring_enter ---- */

/* io_uring_enter's last two arguments, with the mask in the host's form. */
struct wait {
    bool masked;
    uint64_t guest_mask, host_mask;
    struct {
        uint64_t mask;
        uint32_t mask_size, min_wait_usec;
        uint64_t timeout;
    } extended;
    uint64_t argument, size;
};

/* 0 or -errno; what the kernel would refuse goes there as it is. */
static int64_t read_wait(struct task *t, const uint64_t a[6], struct wait *w)
{
    uint64_t mask = a[4], size = a[5];
    w->argument = a[4];
    w->size = a[5];
    w->masked = false;
    if (!(a[3] & ENTER_GETEVENTS) || (a[3] & ENTER_EXT_ARG_REG))
        return 0;
    if (a[3] & ENTER_EXT_ARG) {
        if (size != sizeof w->extended)
            return 0;
        if (copy_in(t, &w->extended, a[4], sizeof w->extended) != 0)
            return -EFAULT;
        mask = w->extended.mask;
        size = w->extended.mask_size;
    }
    if (!mask)
        return 0;
    if (size != sizeof w->guest_mask)
        return -EINVAL;
    if (copy_in(t, &w->guest_mask, mask, sizeof w->guest_mask) != 0)
        return -EFAULT;
    w->masked = true;
    if (a[3] & ENTER_EXT_ARG) {
        w->extended.mask = (uint64_t)(uintptr_t)&w->host_mask;
        w->argument = (uint64_t)(uintptr_t)&w->extended;
    } else {
        w->argument = (uint64_t)(uintptr_t)&w->host_mask;
    }
    return 0;
}

/* The call as it is now, which may wait. */
static int64_t enter_waiting(struct task *t, const uint64_t a[6], uint64_t submit, struct wait *w)
{
    const uint64_t host[6] = {a[0], submit, a[2], a[3], w->argument, w->size};
    if (!w->masked)
        return safe_syscall(task_attention(t), SYS_io_uring_enter, host);
    int64_t result = -EINTR;
    if (task_sigmask_enter(t, w->guest_mask, &w->host_mask))
        result = safe_syscall(task_attention(t), SYS_io_uring_enter, host);
    /* A signal that ends the wait is delivered also when entries have been submitted. */
    bool came = signal_waiting(t, t->signal.suspend_mask);
    int64_t left = task_sigmask_leave(t, came ? -EINTR : result);
    return came && result > 0 ? result : left;
}

static int64_t submit_only(const uint64_t a[6], uint64_t submit)
{
    const uint64_t waits = ENTER_GETEVENTS | ENTER_EXT_ARG | ENTER_EXT_ARG_REG;
    return host_syscall(SYS_io_uring_enter, a[0], submit, 0, a[3] & ~waits, 0, 0);
}

/*
 * Entries are consumed under the lock, where no other thread can put them back as they were; the
 * wait comes after it, in a call of its own, unless nobody else is there to submit. A submission is
 * never interrupted, as natively: a signal ends the wait, and the number of entries is the result.
 */
static int64_t submit_and_wait(struct task *t, struct uring *r, const uint64_t a[6], struct wait *w)
{
    bool alone = t->process->ntasks == 1 || (r->params.flags & SETUP_SINGLE_ISSUER);
    int64_t result;
    uring_lock(r);
    uring_convert_queued(t, r, (uint32_t)a[1]);
    if (alone && (a[3] & ENTER_GETEVENTS)) {
        uring_unlock(r);
        result = enter_waiting(t, a, a[1], w);
        if (syscall_interrupted(result) || (result == -EINTR && w->masked)) {
            int64_t submitted = submit_only(a, a[1]);
            result = submitted ? submitted : result;
        }
        return result;
    }
    result = submit_only(a, a[1]);
    uring_unlock(r);
    if (!(a[3] & ENTER_GETEVENTS) || result != (int64_t)(uint32_t)a[1])
        return result;
    enter_waiting(t, a, 0, w);
    return result;
}

/* The poller is awake as long as this lasts. */
static int64_t enter_polled(struct task *t, struct uring *r, const uint64_t a[6], struct wait *w)
{
    const uint64_t b[6] = {a[0], a[1], a[2], a[3] & ~(uint64_t)(ENTER_SQ_WAKEUP | ENTER_SQ_WAIT)};
    int64_t submitted;
    do {
        uring_lock(r);
        uint32_t queued = uring_convert_queued(t, r, UINT32_MAX);
        submitted = queued ? submit_only(b, queued) : 0;
        uring_unlock(r);
    } while (submitted > 0);
    if (submitted == -EBADFD || submitted == -EOWNERDEAD)
        return submitted;
    int64_t result = b[3] & ENTER_GETEVENTS ? enter_waiting(t, b, 0, w) : 0;
    return (uint32_t)a[1] ? (int64_t)(uint32_t)a[1] : result;
}

int64_t sys_io_uring_enter(struct task *t, const uint64_t a[6])
{
    struct wait w;
    if (task_abi(t)->word != 8)
        return -ENOSYS;
    if (!(a[3] & ENTER_REGISTERED_RING) && fd_reserved((int)a[0]))
        return -EBADF;
    struct uring *r = NULL;
    if (((uint32_t)a[1] && uring_used) || polled_used)
        r = a[3] & ENTER_REGISTERED_RING ? uring_registered(t, (uint32_t)a[0])
                                         : uring_find((int)a[0]);
    int64_t error = read_wait(t, a, &w);
    if (!error && r && (r->params.flags & SETUP_SQPOLL))
        return enter_polled(t, r, a, &w);
    if (!error)
        return r ? submit_and_wait(t, r, a, &w) : enter_waiting(t, a, a[1], &w);
    if (!r)
        return error;
    /* The kernel submits first and complains then. */
    uring_lock(r);
    uring_convert_queued(t, r, (uint32_t)a[1]);
    int64_t result = submit_only(a, a[1]);
    uring_unlock(r);
    return result ? result : error;
}

/* The guest's address space: its layout, its lock, and what the translator asks. See aspace.h. */
#include "linux-user/aspace_internal.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "translator/translator.h"
#include "util/log.h"

#define MiB (UINT64_C(1) << 20)
#define GiB (UINT64_C(1) << 30)

/*
 * Ferry itself is linked below 2 GiB and its heap follows within 2 GiB of it; the host's kernel has
 * the top of the address space. AddressSanitizer keeps its shadow of low memory where the guest
 * would live, so a build with it moves the guest up between the shadow and the host's mappings.
 */
#ifdef FERRY_SANITIZERS
static const uint64_t area_base = 0x200000000000;
#else
static const uint64_t area_base = 0;
#endif

void aspace_init(struct aspace *as, uint64_t base, uint64_t limit, unsigned bits, uint64_t stack,
                 uint64_t random)
{
    if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
        random = 0;
    const uint64_t size = UINT64_C(1) << bits, stack_shifts = 64 * MiB, guard_gap = 1 * MiB;
    const uint64_t high = area_base + size;
    /* As mmap_base in mm/util.c: room for the stack, but neither too little nor too much. */
    uint64_t gap = stack < 128 * MiB ? 128 * MiB : stack < size / 6 ? page_up(stack) : size / 6;
    *as = (struct aspace){
        .base = base,
        .limit = limit,
        .area_low = area_base + 8 * GiB,
        .area_high = high,
        .mmap_top = page_down(high - gap - guard_gap - stack_shifts) -
                    (random & 0xffff) * GUEST_PAGE, /* up to 256 MiB */
        .pie_base = page_down(area_base + size / 3 * 2) + ((random >> 16) & 0xffff) * GUEST_PAGE,
        .stack_top = high - 2 * GUEST_PAGE - ((random >> 32) & 0x3fff) * GUEST_PAGE,
        .limit_as = UINT64_MAX,
        .limit_data = UINT64_MAX,
    };
    as->tree.random = (uint32_t)(random >> 40) | 1;
}

/*
 * ---- the lock: a futex, so that it lives in any process state and holds nothing else ----
 *
 * It holds a mark of its owner, made of the thread-local storage, which a child of vfork shares with
 * the thread that waits for it.
 */

static const uint32_t waiters = UINT32_C(1) << 31;

static uint32_t this_thread(void)
{
    static _Thread_local char here;
    return ((uint32_t)((uintptr_t)&here >> 4) & ~waiters) | 1;
}

static _Thread_local bool guarded;

bool aspace_guard(bool on)
{
    bool before = guarded;
    guarded = on;
    return before;
}

static void take_lock(struct aspace *as)
{
    uint32_t seen = 0, self = this_thread();
    if (__atomic_compare_exchange_n(&as->lock, &seen, self, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return;
    for (;;) {
        uint32_t wanted = seen ? seen | waiters : self | waiters;
        if (seen != wanted && !__atomic_compare_exchange_n(&as->lock, &seen, wanted, false,
                                                           __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        if (!seen)
            return;
        syscall(SYS_futex, &as->lock, FUTEX_WAIT_PRIVATE, wanted, NULL, NULL, 0);
        seen = __atomic_load_n(&as->lock, __ATOMIC_RELAXED);
    }
}

void aspace_lock(struct aspace *as)
{
    take_lock(as);
    as->tree.guarded = guarded;
}

void aspace_unlock(struct aspace *as)
{
    if (__atomic_exchange_n(&as->lock, 0, __ATOMIC_RELEASE) & waiters)
        syscall(SYS_futex, &as->lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void aspace_bury(struct aspace *as)
{
    if ((__atomic_load_n(&as->lock, __ATOMIC_ACQUIRE) & ~waiters) != this_thread())
        return;
    maptree_mend(&as->tree);
    aspace_unlock(as);
}

/* ---- helpers; the lock is held ---- */

const struct map_node *next_piece(const struct aspace *as, uint64_t *at, uint64_t end,
                                  uint64_t *lo, uint64_t *hi)
{
    for (;;) {
        const struct map_node *n = maptree_at_or_above(&as->tree, *at);
        if (!n || n->start >= end)
            return NULL;
        *lo = n->start > *at ? n->start : *at;
        *hi = n->end < end ? n->end : end;
        *at = *hi;
        if (!map_foreign(n))
            return n;
        if (*at >= end)
            return NULL;
    }
}

uint32_t flags_within(const struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n;
    uint64_t lo, hi;
    uint32_t flags = 0;
    while (start < end && (n = next_piece(as, &start, end, &lo, &hi)))
        flags |= n->flags;
    return flags;
}

bool executable_within(const struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n;
    uint64_t lo, hi;
    while (start < end && (n = next_piece(as, &start, end, &lo, &hi)))
        if (n->prot & PROT_EXEC)
            return true;
    return false;
}

void forget_code(struct aspace *as, uint64_t start, uint64_t end)
{
    if (as->translator)
        translator_invalidate(as->translator, start, end - start);
}

void new_code(struct aspace *as, uint64_t start, uint64_t end)
{
    const uint64_t insn = 4;
    if (as->fetch_failed)
        forget_code(as, start > insn ? start - insn : 0, end);
}

bool any_mapped(const struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n = maptree_at_or_above(&as->tree, start);
    return n && n->start < end;
}

uint64_t covered_until(const struct aspace *as, uint64_t start, uint64_t end)
{
    while (start < end) {
        const struct map_node *n = maptree_at_or_above(&as->tree, start);
        if (!n || n->start > start || map_foreign(n))
            break;
        start = n->end;
    }
    return start < end ? start : end;
}

/* ---- mappings that grow ---- */

/* How far down from `low`, at least to `floor`, the host has memory. */
static uint64_t grown_to(const struct aspace *as, uint64_t low, uint64_t floor)
{
    unsigned char in_core[512];
    for (uint64_t step = 1; step;) {
        uint64_t size = step * GUEST_PAGE;
        if (low - floor >= size && mincore(aspace_host(as, low - size), size, in_core) == 0) {
            low -= size;
            step = step < sizeof in_core ? step * 2 : step;
        } else {
            step /= 2;
        }
    }
    return low;
}

static void settle_one(struct aspace *as, const struct map_node *n)
{
    const uint64_t most = 16 * GiB;
    uint64_t floor = n->start > most ? n->start - most : 0, start = n->start;
    const struct map_node *below = maptree_below(&as->tree, start);
    if (below && below->end > floor)
        floor = below->end;
    uint64_t low = grown_to(as, start, floor);
    if (low < start)
        maptree_set(&as->tree, low, start, n->prot, n->flags);
}

void aspace_settle(struct aspace *as, uint64_t start, uint64_t end)
{
    const uint64_t near = 256 * MiB;
    for (unsigned i = 0; i < as->ngrowing;) {
        uint64_t page = as->growing[i];
        const struct map_node *n = maptree_at_or_above(&as->tree, page);
        if (!n || n->start > page || !(n->flags & MAP_IS_GROWING)) {
            as->growing[i] = as->growing[--as->ngrowing];
            continue;
        }
        uint64_t reach = n->flags & MAP_IS_STACK ? as->mmap_top : n->start - near;
        if (start < n->start && end > reach)
            settle_one(as, n);
        i++;
    }
}

void aspace_set_brk(struct aspace *as, uint64_t end)
{
    as->brk_start = as->brk = page_up(end);
}

uint64_t aspace_reach(struct aspace *as, uint64_t address, uint64_t size)
{
    if (!range_ok(as, address, size))
        return 0;
    aspace_lock(as);
    aspace_settle(as, address, address + size);
    uint64_t reach = covered_until(as, address, address + size) - address;
    aspace_unlock(as);
    return reach;
}

bool aspace_covers(struct aspace *as, uint64_t address, uint64_t size)
{
    return range_ok(as, address, size) && aspace_reach(as, address, size) == size;
}

bool aspace_executable(struct aspace *as, uint64_t address, uint64_t size)
{
    if (!range_ok(as, address, size))
        return false;
    bool yes = true;
    aspace_lock(as);
    for (uint64_t at = address, end = address + size; yes && at < end;) {
        const struct map_node *n = maptree_at_or_above(&as->tree, at);
        yes = n && n->start <= at && !map_foreign(n) && (n->prot & PROT_EXEC);
        at = yes ? n->end : end;
    }
    aspace_unlock(as);
    return yes;
}

/* ---- for the translator ---- */

void aspace_cut_page(struct aspace *as, uint64_t address)
{
    uint64_t page = page_down(address);
    aspace_lock(as);
    const struct map_node *n = maptree_at_or_above(&as->tree, page);
    if (n && n->start <= page && !map_foreign(n) && (n->prot & PROT_EXEC)) {
        uint32_t prot = n->prot & ~(uint32_t)PROT_EXEC, flags = n->flags | MAP_IS_CUT_OFF;
        maptree_set(&as->tree, page, page + GUEST_PAGE, prot, flags);
    }
    aspace_unlock(as);
}

bool aspace_cut_off(struct aspace *as, uint64_t address)
{
    struct map_node n;
    return maptree_read(&as->tree, address, &n) && (n.flags & MAP_IS_CUT_OFF);
}

bool aspace_may_be_code(const struct aspace *as, uint64_t address)
{
    struct map_node n;
    if (maptree_read(&as->tree, address, &n))
        return !map_foreign(&n);
    /* Unmapped by another thread a moment ago. */
    return address - as->area_low < as->area_high - as->area_low;
}

/* The last range a thread asked for; valid as long as the table has not changed. */
static __thread struct {
    const struct aspace *as;
    uint64_t start, end;
    uint32_t sequence;
} last_window;

const uint8_t *aspace_window(void *aspace, uint64_t pc, size_t *size)
{
    struct aspace *as = aspace;
    uint32_t sequence = __atomic_load_n(&as->tree.sequence, __ATOMIC_ACQUIRE);
    if (last_window.as == as && last_window.sequence == sequence && !(sequence & 1) &&
        pc - last_window.start < last_window.end - last_window.start) {
        *size = last_window.end - pc;
        return aspace_host(as, pc);
    }
    struct map_node n;
    *size = 0;
    if (!maptree_read(&as->tree, pc, &n) || !(n.prot & PROT_EXEC) || map_foreign(&n))
        return NULL;
    uint64_t start = n.start, end = n.end;
    /* An instruction may straddle two neighbouring ranges. */
    for (int i = 0;
         i < 4 && maptree_read(&as->tree, end, &n) && (n.prot & PROT_EXEC) && !map_foreign(&n); i++)
        end = n.end;
    last_window.as = as;
    last_window.start = start;
    last_window.end = end;
    last_window.sequence = sequence;
    *size = end - pc;
    return aspace_host(as, pc);
}

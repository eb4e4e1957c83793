/*
 * SBI functions that concern other harts: IPI, RFENCE and HSM (chapters 7 to 9), and their legacy
 * forms.
 *
 * Fences are hart_ask's requests: a hart serves them when it runs no guest code. So are starts: a
 * hart that is off is still a thread that waits for requests, and only it changes its state.
 */
#include <stdatomic.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/mmu.h"
#include "softmmu-system/riscv/sbi.h"

/* A fence of more pages than this forgets everything. */
enum { FENCE_PAGES = 64 };

/* Harts as hart.id numbers them, a bit each. */
static uint64_t all_harts(const struct machine *m)
{
    return m->nharts < 64 ? (UINT64_C(1) << m->nharts) - 1 : UINT64_MAX;
}

/*
 * The harts of hart_mask and hart_mask_base (chapter 3.1). False: one of them does not exist.
 */
static bool hart_set(const struct machine *m, uint64_t mask, uint64_t base, uint64_t *set)
{
    uint64_t all = all_harts(m);
    *set = all;
    if (base == UINT64_MAX)
        return true;
    *set = base < m->nharts ? mask << base : 0;
    if (!mask)
        return true;
    return *set && *set >> base == mask && !(*set & ~all);
}

static struct hart *hart_by_id(const struct machine *m, uint64_t id)
{
    return id < m->nharts ? m->harts[id] : NULL;
}

/* ---- IPI ------------------------------------------------------------------------------------- */

static void interrupt_harts(struct machine *m, uint64_t set)
{
    for (unsigned i = 0; i < m->nharts; i++) {
        if (set >> i & 1)
            hart_set_line(m->harts[i], RV_IRQ_SSI, true);
    }
}

struct sbi_result sbi_send_ipi(struct riscv_hart *r, const uint64_t a[6])
{
    uint64_t set;
    if (!hart_set(r->hart.machine, a[0], a[1], &set))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    interrupt_harts(r->hart.machine, set);
    return sbi_value(0);
}

struct sbi_result sbi_legacy_send_ipi(struct riscv_hart *r, const uint64_t a[6])
{
    uint64_t set;
    if (!sbi_legacy_mask(r, a[0], &set))
        return sbi_error(SBI_ERR_FAILED);
    interrupt_harts(r->hart.machine, set & all_harts(r->hart.machine));
    return sbi_value(0);
}

/* ---- RFENCE ---------------------------------------------------------------------------------- */

struct fence {
    uint64_t start, size; /* virtual, bytes; both 0 or size all ones: everything */
    const uint64_t *asid; /* NULL: all */
};

static void fence_hart(struct hart *h, void *argument)
{
    const struct fence *f = argument;
    struct riscv_hart *r = riscv_hart(h);
    uint64_t first = f->start >> SOFTMMU_PAGE_BITS;
    uint64_t last = (f->start + f->size - 1) >> SOFTMMU_PAGE_BITS;
    if (f->size == UINT64_MAX || (!f->start && !f->size) || last - first >= FENCE_PAGES) {
        riscv_fence(r, NULL, f->asid);
        return;
    }
    for (uint64_t page = first; f->size && page <= last; page++) {
        uint64_t address = page << SOFTMMU_PAGE_BITS;
        riscv_fence(r, &address, f->asid);
    }
}

/* Harts that are off have nothing to forget: they start with an empty TLB. */
static void fence_harts(struct riscv_hart *r, uint64_t set, struct fence *f)
{
    struct machine *m = r->hart.machine;
    if (set >> r->hart.id & 1)
        fence_hart(&r->hart, f);
    set &= ~(UINT64_C(1) << r->hart.id);
    for (unsigned i = 0; i < m->nharts; i++) {
        if (atomic_load(&m->harts[i]->off))
            set &= ~(UINT64_C(1) << i);
    }
    if (set)
        hart_ask(m, set, fence_hart, f);
}

/* What a hart has written, all harts fetch from then on: translated code is tracked by page. */
struct sbi_result sbi_remote_fence_i(struct riscv_hart *r, const uint64_t a[6])
{
    uint64_t set;
    if (!hart_set(r->hart.machine, a[0], a[1], &set))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    return sbi_value(0);
}

static struct sbi_result remote_fence(struct riscv_hart *r, const uint64_t a[6],
                                      const uint64_t *asid)
{
    uint64_t set;
    if (!hart_set(r->hart.machine, a[0], a[1], &set))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    struct fence f = {.start = a[2], .size = a[3], .asid = asid};
    if (f.size != UINT64_MAX && f.start + f.size < f.start)
        return sbi_error(SBI_ERR_INVALID_ADDRESS);
    fence_harts(r, set, &f);
    return sbi_value(0);
}

struct sbi_result sbi_remote_sfence_vma(struct riscv_hart *r, const uint64_t a[6])
{
    return remote_fence(r, a, NULL);
}

struct sbi_result sbi_remote_sfence_vma_asid(struct riscv_hart *r, const uint64_t a[6])
{
    return remote_fence(r, a, &a[4]);
}

struct sbi_result sbi_legacy_remote_fence_i(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(0);
}

static struct sbi_result legacy_fence(struct riscv_hart *r, const uint64_t a[6],
                                      const uint64_t *asid)
{
    uint64_t set;
    if (!sbi_legacy_mask(r, a[0], &set))
        return sbi_error(SBI_ERR_FAILED);
    fence_harts(r, set & all_harts(r->hart.machine),
                &(struct fence){.start = a[1], .size = a[2], .asid = asid});
    return sbi_value(0);
}

struct sbi_result sbi_legacy_remote_sfence_vma(struct riscv_hart *r, const uint64_t a[6])
{
    return legacy_fence(r, a, NULL);
}

struct sbi_result sbi_legacy_remote_sfence_vma_asid(struct riscv_hart *r, const uint64_t a[6])
{
    return legacy_fence(r, a, &a[3]);
}

/* ---- HSM ------------------------------------------------------------------------------------- */

enum hsm_state { HSM_STARTED = 0, HSM_STOPPED = 1, HSM_SUSPENDED = 4 };

/* hart_suspend's types (table "HSM Hart Suspend Types"). */
enum { SUSPEND_RETENTIVE = 0, SUSPEND_NON_RETENTIVE = 0x80000000, SUSPEND_PLATFORM = 0x10000000 };

struct start {
    uint64_t pc, opaque;
    int64_t error;
};

static void start_hart(struct hart *h, void *argument)
{
    struct start *s = argument;
    if (!atomic_load(&h->off)) { /* another hart was faster */
        s->error = SBI_ERR_ALREADY_AVAILABLE;
        return;
    }
    machine_lock(h->machine);
    riscv_hart_start(riscv_hart(h), s->pc, h->id, s->opaque);
    machine_unlock(h->machine);
    atomic_store(&h->off, false);
}

struct sbi_result sbi_hart_start(struct riscv_hart *r, const uint64_t a[6])
{
    struct machine *m = r->hart.machine;
    struct hart *h = hart_by_id(m, a[0]);
    struct start s = {.pc = a[1], .opaque = a[2]};
    if (!h)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (!memory_host(&m->memory, s.pc, 2, false) || s.pc & 1)
        return sbi_error(SBI_ERR_INVALID_ADDRESS);
    if (!atomic_load(&h->off))
        return sbi_error(SBI_ERR_ALREADY_AVAILABLE);
    hart_ask(m, UINT64_C(1) << h->id, start_hart, &s);
    return sbi_error(s.error);
}

struct sbi_result sbi_hart_stop(struct riscv_hart *r, const uint64_t a[6])
{
    (void)a;
    atomic_store(&r->hart.off, true);
    return (struct sbi_result){.none = true};
}

struct sbi_result sbi_hart_get_status(struct riscv_hart *r, const uint64_t a[6])
{
    struct hart *h = hart_by_id(r->hart.machine, a[0]);
    if (!h)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (atomic_load(&h->off))
        return sbi_value(HSM_STOPPED);
    return sbi_value(atomic_load(&riscv_hart(h)->suspended) ? HSM_SUSPENDED : HSM_STARTED);
}

/*
 * Ends as wfi does: when an interrupt is there, or sooner, as a request of another hart may wake
 * this one.
 */
struct sbi_result sbi_hart_suspend(struct riscv_hart *r, const uint64_t a[6])
{
    uint32_t type = (uint32_t)a[0];
    if (type != SUSPEND_RETENTIVE && type != SUSPEND_NON_RETENTIVE)
        return sbi_error((type & 0x7fffffff) < SUSPEND_PLATFORM ? SBI_ERR_INVALID_PARAM
                                                                : SBI_ERR_NOT_SUPPORTED);
    if (type == SUSPEND_NON_RETENTIVE && !memory_host(&r->hart.machine->memory, a[1], 2, false))
        return sbi_error(SBI_ERR_INVALID_ADDRESS);
    atomic_store(&r->suspended, true);
    riscv_wait(r);
    atomic_store(&r->suspended, false);
    if (type == SUSPEND_RETENTIVE)
        return sbi_value(0);
    machine_lock(r->hart.machine);
    riscv_hart_start(r, a[1], r->hart.id, a[2]);
    machine_unlock(r->hart.machine);
    return (struct sbi_result){.none = true};
}

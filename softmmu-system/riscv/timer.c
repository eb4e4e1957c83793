/*
 * Time and counters: the time CSR, stimecmp and the interrupt it makes, cycle and instret
 * (privileged manual, chapters 3.1.10 to 3.1.12, "Sstc").
 *
 * The event loop's timer sets STIP when the hart runs; a hart that sleeps wakes by itself. stimecmp is
 * written by the hart's thread with the machine's lock held, so that a timer that fires meanwhile sees
 * either value and the bit that belongs to it.
 */
#include <sched.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/riscv_hart.h"

enum { NS_PER_TICK = 1000000000 / RISCV_TIME_FREQUENCY };

#define STIP (UINT64_C(1) << RV_IRQ_STI)

/* ---- time --------------------------------------------------------------------------------- */

uint64_t riscv_time(struct riscv_hart *r)
{
    return (uint64_t)(machine_clock(r->hart.machine) / NS_PER_TICK) +
           (uint64_t)atomic_load_explicit(&r->time_offset, memory_order_relaxed);
}

/* machine_clock when time is `ticks`; INT64_MAX: in 292 years or later. */
static int64_t clock_at(struct riscv_hart *r, uint64_t ticks)
{
    uint64_t offset = (uint64_t)atomic_load_explicit(&r->time_offset, memory_order_relaxed);
    int64_t clock;
    if (ticks - offset > INT64_MAX ||
        __builtin_mul_overflow((int64_t)(ticks - offset), NS_PER_TICK, &clock))
        return ticks > offset ? INT64_MAX : 0;
    return clock;
}

/* Sets or clears STIP and the timer as stimecmp says; the lock is held. */
static void arm(struct riscv_hart *r)
{
    bool due = riscv_time(r) >= r->stimecmp;
    loop_set_timer(&r->timer, due ? INT64_MAX : clock_at(r, r->stimecmp));
    hart_set_line(&r->hart, RV_IRQ_STI, due);
}

static void fire(struct loop_timer *timer)
{
    struct riscv_hart *r =
        (struct riscv_hart *)(void *)((char *)timer - offsetof(struct riscv_hart, timer));
    arm(r);
}

void riscv_set_timer(struct riscv_hart *r, uint64_t ticks)
{
    machine_lock(r->hart.machine);
    r->stimecmp = ticks;
    if (riscv_has_timer(r))
        arm(r);
    machine_unlock(r->hart.machine);
}

void riscv_timer_update(struct riscv_hart *r)
{
    if (riscv_has_timer(r)) {
        arm(r);
    } else {
        loop_set_timer(&r->timer, INT64_MAX);
        riscv_set_pending(r, STIP, false);
    }
}

void riscv_set_time(struct machine *m, uint64_t ticks)
{
    uint64_t now = (uint64_t)(machine_clock(m) / NS_PER_TICK);
    for (unsigned i = 0; i < m->nharts; i++) {
        struct riscv_hart *r = riscv_hart(m->harts[i]);
        atomic_store(&r->time_offset, (int64_t)(ticks - now));
        if (r->timer.deadline != INT64_MAX)
            arm(r);
    }
}

void riscv_wait(struct riscv_hart *r)
{
    hart_wait(&r->hart, riscv_has_timer(r) ? clock_at(r, r->stimecmp) : INT64_MAX);
    if (riscv_has_timer(r) && riscv_time(r) >= r->stimecmp)
        riscv_set_pending(r, STIP, true);
}

/* ---- cycles ------------------------------------------------------------------------------- */

static uint64_t host_cycles(void)
{
    return __builtin_ia32_rdtsc();
}

uint64_t riscv_counter(struct riscv_hart *r, enum riscv_counter which)
{
    bool inhibited = r->mcountinhibit & (which == RISCV_CYCLE ? RV_COUNTER_CY : RV_COUNTER_IR);
    return r->counter_offset[which] + (inhibited ? 0 : host_cycles());
}

void riscv_set_counter(struct riscv_hart *r, enum riscv_counter which, uint64_t value)
{
    r->counter_offset[which] += value - riscv_counter(r, which);
}

void riscv_set_inhibit(struct riscv_hart *r, uint64_t inhibit)
{
    uint64_t cycle = riscv_counter(r, RISCV_CYCLE), instret = riscv_counter(r, RISCV_INSTRET);
    r->mcountinhibit = inhibit;
    riscv_set_counter(r, RISCV_CYCLE, cycle);
    riscv_set_counter(r, RISCV_INSTRET, instret);
}

bool riscv_counters_agree(const struct riscv_hart *r)
{
    return !r->mcountinhibit && r->counter_offset[0] == r->counter_offset[1];
}

/* ---- for translated code ------------------------------------------------------------------ */

static uint64_t helper_time(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)a, (void)b, (void)c;
    return riscv_time(riscv_hart(hart_of((struct vcpu *)cpu)));
}

static uint64_t helper_cycle(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)a, (void)b, (void)c;
    return riscv_counter(riscv_hart(hart_of((struct vcpu *)cpu)), RISCV_CYCLE);
}

void riscv_timer_create(struct riscv_hart *r)
{
    r->timer = (struct loop_timer){.deadline = INT64_MAX, .fire = fire};
    hart_cpu(&r->hart)->helper[RV_HELPER_time] = helper_time;
    hart_cpu(&r->hart)->helper[RV_HELPER_cycle] = helper_cycle;
}

void riscv_timer_reset(struct riscv_hart *r)
{
    r->stimecmp = 0;
    r->mcountinhibit = 0;
    r->counter_offset[0] = r->counter_offset[1] = -host_cycles();
    riscv_timer_update(r);
}

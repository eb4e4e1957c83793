/*
 * The vDSO's entry, and the calls that only RISC-V has: riscv_hwprobe, which is a vDSO function too,
 * and flush_icache.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "linux-user/riscv/riscv_guest.h"

uint64_t riscv_hostcall(struct cpu *cpu, uint64_t function, uint64_t b, uint64_t c)
{
    (void)b, (void)c;
    struct task *t = current_task;
    uint64_t a[6];
    guest_call_args(&guest_riscv64, cpu, a);
    int64_t r = function == VDSO_HWPROBE ? riscv_probe(t, a) : vdso_call(t, (enum vdso_call)function, a);
    *rv_x(cpu, RV_A0) = (uint64_t)r;
    return (uint64_t)r;
}

/* ---- riscv_hwprobe (Documentation/arch/riscv/hwprobe.rst) ---- */

enum { WHICH_CPUS = 1, MAX_PAIRS = 4096 };

struct pair {
    int64_t key;
    uint64_t value;
};

/* Some keys are sets of bits: a processor matches if it has all that are asked for. */
static bool is_bitmask(int64_t key)
{
    return key == 3 || key == 4; /* BASE_BEHAVIOR, IMA_EXT_0 */
}

/* Fills in the values; with `cpus`, clears the set unless every pair matches. */
static int64_t probe_pairs(struct task *t, uint64_t pairs, uint64_t count, bool *match)
{
    for (uint64_t i = 0; i < count; i++) {
        struct pair p;
        uint64_t at = pairs + i * sizeof p, value = 0;
        if (copy_in(t, &p, at, sizeof p) != 0)
            return -EFAULT;
        bool known = riscv_hwprobe(&t->process->config, p.key, &value);
        if (match) {
            *match &=
                known && (is_bitmask(p.key) ? (value & p.value) == p.value : value == p.value);
            if (known)
                continue;
            p.value = 0;
        } else {
            p.value = known ? value : 0;
        }
        if (!known)
            p.key = -1;
        if (copy_out(t, at, &p, sizeof p) != 0)
            return -EFAULT;
    }
    return 0;
}

int64_t riscv_probe(struct task *t, const uint64_t a[6])
{
    uint64_t pairs = a[0], count = a[1], size = a[2], cpus = a[3], flags = a[4];
    bool match = true;
    if (flags & ~(uint64_t)WHICH_CPUS || count > MAX_PAIRS)
        return -EINVAL;
    cpu_set_t set, online;
    CPU_ZERO(&set);
    CPU_ZERO(&online);
    sched_getaffinity(0, sizeof online, &online);
    size = size < sizeof set ? size : sizeof set;
    if (!(flags & WHICH_CPUS)) {
        if ((size || cpus) && copy_in(t, &set, cpus, size) != 0)
            return -EFAULT;
        CPU_AND(&set, &set, &online);
        return (size || cpus) && !CPU_COUNT(&set) ? -EINVAL : probe_pairs(t, pairs, count, NULL);
    }
    if (!size || !cpus)
        return -EINVAL;
    int64_t r = probe_pairs(t, pairs, count, &match);
    if (r)
        return r;
    if (copy_in(t, &set, cpus, size) != 0)
        return -EFAULT;
    uint8_t *s = (uint8_t *)&set, *o = (uint8_t *)&online;
    bool any = false;
    for (uint64_t i = 0; i < size; i++)
        any |= s[i] != 0;
    for (uint64_t i = 0; i < size; i++)
        s[i] = match ? (any ? s[i] & o[i] : o[i]) : 0;
    return copy_out(t, cpus, &set, size);
}

/* ---- the system calls of RISC-V alone ---- */

int64_t sys_riscv_hwprobe(struct task *t, const uint64_t a[6])
{
    return task_guest(t) == &guest_riscv64 ? riscv_probe(t, a) : -ENOSYS;
}

int64_t sys_riscv_flush_icache(struct task *t, const uint64_t a[6])
{
    if (task_guest(t) != &guest_riscv64)
        return -ENOSYS;
    if (a[2] & ~UINT64_C(1))
        return -EINVAL;
    /* The kernel flushes everything, whatever the range; callers that give none mean it. */
    bool all = a[1] <= a[0];
    translator_invalidate(t->process->translator, all ? 0 : a[0], all ? UINT64_MAX : a[1] - a[0]);
    return 0;
}

/*
 * Atomics of four harts on the same words: AMOs and LR/SC lose nothing, a lock keeps others out,
 * and a compare-and-swap by LR/SC fails when another hart has stored in between.
 *
 * machine: -smp 4
 */
#include "program.h"

enum { COUNT = 20000, N = 4 };
static struct {
    uint64_t amo, lrsc, plain, lock, swapped, done;
    uint32_t amo32[2];
} shared __attribute__((aligned(64)));

static uint64_t lrsc_add(uint64_t *at, uint64_t n)
{
    uint64_t old, failed;
    do {
        asm volatile("lr.d.aq %0, (%2)\n add %1, %0, %3\n sc.d.rl %1, %1, (%2)"
                     : "=&r"(old), "=&r"(failed)
                     : "r"(at), "r"(n)
                     : "memory");
    } while (failed);
    return old;
}

static void work(uint64_t id)
{
    for (unsigned i = 0; i < COUNT; i++) {
        asm volatile("amoadd.d zero, %0, (%1)" : : "r"((uint64_t)1), "r"(&shared.amo) : "memory");
        asm volatile("amoadd.w zero, %0, (%1)" : : "r"(1), "r"(&shared.amo32[id & 1]) : "memory");
        lrsc_add(&shared.lrsc, id + 1);
        uint64_t taken;
        do {
            asm volatile("amoswap.d.aq %0, %1, (%2)"
                         : "=r"(taken)
                         : "r"((uint64_t)1), "r"(&shared.lock)
                         : "memory");
        } while (taken);
        shared.plain++;
        asm volatile("amoswap.d.rl zero, zero, (%0)" : : "r"(&shared.lock) : "memory");
    }
    __atomic_fetch_add(&shared.done, 1, __ATOMIC_SEQ_CST);
}

void hart_main(uint64_t id)
{
    work(id);
}

int main(void)
{
    uint64_t word = 1, failed;
    no_fault();
    asm volatile("lr.d %0, (%1)\n sd zero, (%1)\n" : "=&r"(failed) : "r"(&word) : "memory");
    asm volatile("lr.d t0, (%1)\n sc.d %0, zero, (%2)"
                 : "=&r"(failed)
                 : "r"(&word), "r"(&shared.swapped)
                 : "t0", "memory");
    check("sc elsewhere fails", failed != 0, 1);
    start_harts();
    work(0);
    while (__atomic_load_n(&shared.done, __ATOMIC_SEQ_CST) != N)
        ;
    check("amoadd.d", shared.amo, COUNT * N);
    check("amoadd.w, low", shared.amo32[0], COUNT * 2);
    check("amoadd.w, high", shared.amo32[1], COUNT * 2);
    check("lr and sc", shared.lrsc, COUNT * 10);
    check("under a lock", shared.plain, COUNT * N);
    check_fault("no fault", NO_FAULT, 0);
    return (int)failures();
}

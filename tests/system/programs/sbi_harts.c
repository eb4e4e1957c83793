/*
 * Firmware's functions for several harts: start, stop, start again, IPIs, remote fences that are
 * done when the call returns, suspend.
 *
 * firmware: yes
 * machine: -smp 4
 */
#include "sbi.h"

enum { VIRTUAL = 0x40000000, N = 4 };
static struct space space;
static struct {
    volatile uint64_t arrived, given, rounds, stop, count[N];
} hart[HARTS];

/* Runs until asked to stop, reading through a mapping that the first hart changes. */
void hart_main(uint64_t id)
{
    hart[id].arrived++;
    csr_write(satp, space_satp(&space, (unsigned)id));
    sfence();
    csr_set(sie, 2);
    csr_set(sstatus, 2);
    while (!hart[id].stop) {
        uint64_t which = *(volatile uint64_t *)VIRTUAL;
        hart[id].count[which]++;
        hart[id].given = which;
        hart[id].rounds++;
        asm volatile("pause");
    }
    csr_write(satp, 0);
    sbi(HSM, 1, 0, 0, 0, 0, 0);
}

static void wait_state(uint64_t id, uint64_t state)
{
    while (sbi(HSM, 2, id, 0, 0, 0, 0).value != state)
        ;
}

/* All others have gone round the loop at least once more. */
static void wait_rounds(uint64_t first)
{
    for (uint64_t id = 0; id < N; id++) {
        uint64_t now = hart[id].rounds;
        while (id != first && hart[id].rounds < now + 2)
            asm volatile("pause");
    }
}

int main(int self, char *tree)
{
    uint64_t first = (uint64_t)self, *pages[2], stale = 0;
    (void)tree;
    space_create(&space, SV39);
    map_program(&space, 0);
    for (unsigned i = 0; i < 2; i++) {
        pages[i] = page_new();
        pages[i][0] = i;
    }
    map(&space, VIRTUAL, (uint64_t)pages[0], PTE_V | PTE_R | PTE_W | PTE_AD, 0);
    for (uint64_t id = 0; id < N; id++) {
        if (id == first)
            continue;
        check("stopped", sbi(HSM, 2, id, 0, 0, 0, 0).value, 1);
        check("start", (uint64_t)sbi(HSM, 0, id, (uint64_t)hart_entry, id, 0, 0).error, 0);
    }
    wait_rounds(first);
    for (unsigned i = 1; i <= 12; i++) {
        *entry(&space, VIRTUAL, 0) =
            (uint64_t)pages[i & 1] >> 12 << 10 | PTE_V | PTE_R | PTE_W | PTE_AD;
        if (i % 3)
            sbi(RFENCE, 1, 15, 0, VIRTUAL, PAGE, 0);
        else
            sbi(RFENCE, 1, 0, UINT64_MAX, 0, UINT64_MAX, 0);
        wait_rounds(first);
        for (uint64_t id = 0; id < N; id++)
            stale += id != first && hart[id].given != (i & 1);
    }
    check("stale after a remote fence", stale, 0);
    for (uint64_t id = 0; id < N; id++) {
        if (id == first)
            continue;
        *entry(&space, VIRTUAL, 0) =
            (uint64_t)pages[1] >> 12 << 10 | PTE_V | PTE_R | PTE_W | PTE_AD;
        sbi(RFENCE, 2, 1, id, VIRTUAL, PAGE, id);
        wait_rounds(first);
        check("fence of the hart's ASID", hart[id].given, 1);
    }

    uint64_t before = interrupts[1];
    sbi(IPI, 0, 14 & ~(UINT64_C(1) << first), 0, 0, 0, 0);
    uint64_t others = 0;
    for (uint64_t id = 1; id < N; id++)
        others += id != first;
    while (interrupts[1] < before + others)
        ;
    check("IPIs arrived", interrupts[1] - before == others, 1);

    for (unsigned again = 0; again < 3; again++) {
        uint64_t id = first == 1 ? 2 : 1, arrived = hart[id].arrived;
        hart[id].stop = 1;
        wait_state(id, 1);
        check("stopped", sbi(HSM, 2, id, 0, 0, 0, 0).value, 1);
        hart[id].stop = 0;
        check("start again", (uint64_t)sbi(HSM, 0, id, (uint64_t)hart_entry, 0, 0, 0).error, 0);
        while (hart[id].arrived == arrived)
            ;
        check("started", sbi(HSM, 2, id, 0, 0, 0, 0).value, 0);
        wait_rounds(first);
    }
    check("start one that runs",
          (uint64_t)sbi(HSM, 0, first == 3 ? 2 : 3, (uint64_t)hart_entry, 0, 0, 0).error,
          (uint64_t)ALREADY_AVAILABLE);
    check("start at no memory",
          (uint64_t)sbi(HSM, 0, first == 3 ? 2 : 3, 0x1000, 0, 0, 0).error != 0, 1);
    return (int)failures();
}

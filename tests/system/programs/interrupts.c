/*
 * Interrupts: which are taken at which privilege by mie, mstatus and mideleg; the CLINT's timer and
 * software interrupt, Sstc's timer; wfi ends with one that is pending and enabled, whatever mstatus
 * says.
 *
 * qemu: -cpu rv64,sstc=on
 */
#include "program.h"

enum { SSI = 2, MSI = 8, STI = 32, MTI = 128, MIE = 8, SIE = 2 };
#define CLINT        ((volatile uint32_t *)0x2000000)
#define MTIMECMP     ((volatile uint64_t *)0x2004000)
#define MTIME        ((volatile uint64_t *)0x200bff8)
#define MENVCFG_STCE (UINT64_C(1) << 63)

static bool comes(volatile uint64_t *count)
{
    for (uint64_t end = *MTIME + 10000000; !*count && *MTIME < end;)
        asm volatile("pause");
    return *count;
}

static void machine_interrupts(void)
{
    *MTIMECMP = UINT64_MAX;
    csr_write(mie, MSI | MTI);
    csr_set(mstatus, MIE);
    CLINT[0] = 1;
    check("software interrupt", comes(&interrupts[3]), 1);
    check("pending as long as it is set", csr_read(mip) & MSI, MSI);
    CLINT[0] = 0;
    check("cleared", csr_read(mip) & MSI, 0);
    uint64_t now = *MTIME;
    *MTIMECMP = now + 20000;
    check("timer is not pending", csr_read(mip) & MTI, 0);
    check("timer", comes(&interrupts[7]), 1);
    check("not too early", *MTIME >= now + 20000, 1);
    *MTIMECMP = UINT64_MAX;
    check("timer is not pending again", csr_read(mip) & MTI, 0);
    check("each came once", interrupts[3] * 10 + interrupts[7], 11);

    csr_clear(mstatus, MIE);
    csr_write(mie, MTI);
    *MTIMECMP = *MTIME + 20000;
    asm volatile("wfi");
    check("wfi while mstatus.MIE is clear", csr_read(mip) & MTI, MTI);
    check("was not taken", interrupts[7], 1);
    *MTIMECMP = UINT64_MAX;
}

/* At a lower privilege, until the interrupt has come. */
static uint64_t wait_machine(uint64_t which)
{
    for (uint64_t i = 0; i < 100000000 && !interrupts[which]; i++)
        asm volatile("pause");
    return interrupts[which];
}

static uint64_t wait_supervisor(uint64_t which)
{
    for (uint64_t i = 0; i < 100000000 && !supervisor_interrupts[which]; i++)
        asm volatile("pause");
    return supervisor_interrupts[which];
}

static void lower_privileges(void)
{
    interrupts[3] = 0;
    csr_clear(mstatus, MIE);
    csr_write(mie, MSI);
    CLINT[0] = 1;
    check("machine interrupt in supervisor mode, MIE clear",
          run_as(SUPERVISOR, 0, (void *)wait_machine, 3), 1);
    CLINT[0] = 0;

    csr_write(stvec, (uint64_t)supervisor_trap_entry);
    csr_write(sscratch, (uint64_t)page_new() + PAGE);
    csr_write(mideleg, SSI | STI);
    csr_write(mie, SSI);
    csr_set(mip, SSI);
    csr_set(mstatus, SIE | MIE);
    check("delegated: not in machine mode", supervisor_interrupts[1] + interrupts[1], 0);
    check("delegated: in supervisor mode", run_as(SUPERVISOR, 0, (void *)wait_supervisor, 1), 1);
    csr_clear(mstatus, SIE);
    csr_write(mie, SSI);
    supervisor_interrupts[1] = 0;
    check("delegated: in user mode, SIE clear", run_as(USER, 0, (void *)wait_supervisor, 1), 1);
    csr_clear(mip, SSI);
    csr_write(mideleg, 0);
    csr_clear(mstatus, MIE);
    csr_write(mie, SSI);
    csr_set(mip, SSI);
    check("not delegated: to machine mode", run_as(SUPERVISOR, 0, (void *)wait_machine, 1), 1);
    csr_clear(mip, SSI);
}

static uint64_t supervisor_timer(uint64_t ticks)
{
    uint64_t now = csr_read(time);
    csr_write(0x14d, now + ticks); /* stimecmp */
    csr_set(sie, STI);
    csr_set(sstatus, SIE);
    wait_supervisor(5);
    return csr_read(time) >= now + ticks;
}

static void sstc(void)
{
    csr_set(0x30a, MENVCFG_STCE); /* menvcfg */
    csr_write(mcounteren, 7);
    csr_write(mideleg, STI);
    check("stimecmp: not too early", run_as(SUPERVISOR, 0, (void *)supervisor_timer, 20000), 1);
    check("stimecmp: came", supervisor_interrupts[5], 1);
    check("pending", csr_read(mip) & STI, STI);
    csr_write(0x14d, -1);
    check("not pending", csr_read(mip) & STI, 0);
}

int main(void)
{
    pmp_open();
    no_fault();
    machine_interrupts();
    lower_privileges();
    sstc();
    check_fault("no fault", NO_FAULT, 0);
    return (int)failures();
}

/*
 * Firmware's base, timer, reset and console functions for one hart, and what calls that do not
 * exist answer.
 *
 * firmware: yes
 * qemu: none its OpenSBI has other identities, extensions and banners
 */
#include "sbi.h"

static void base(void)
{
    check("specification 2.0 at least", sbi(BASE, 0, 0, 0, 0, 0, 0).value >= 0x2000000, 1);
    static const uint32_t there[] = {BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN};
    for (unsigned i = 0; i < sizeof there / sizeof there[0]; i++)
        check("probed", sbi(BASE, 3, there[i], 0, 0, 0, 0).value, 1);
    for (unsigned i = 0; i < 9; i++)
        check("legacy", sbi(BASE, 3, i, 0, 0, 0, 0).value, 1);
    check("probed, not there", sbi(BASE, 3, 0x99999, 0, 0, 0, 0).value, 0);
    check("no such extension", (uint64_t)sbi(0x99999, 0, 0, 0, 0, 0, 0).error,
          (uint64_t)NOT_SUPPORTED);
    check("no such function", (uint64_t)sbi(BASE, 77, 0, 0, 0, 0, 0).error,
          (uint64_t)NOT_SUPPORTED);
}

static bool wait_for(unsigned interrupt)
{
    uint64_t end = csr_read(time) + 20000000;
    while (!interrupts[interrupt] && csr_read(time) < end)
        ;
    return interrupts[interrupt];
}

static void timer(uint64_t extension)
{
    uint64_t now = csr_read(time);
    csr_clear(sie, 32);
    interrupts[5] = 0;
    sbi(extension, 0, UINT64_MAX, 0, 0, 0, 0);
    check("far away: not pending", csr_read(sip) & 32, 0);
    sbi(extension, 0, now + 50000, 0, 0, 0, 0); /* 5 ms */
    csr_set(sie, 32);
    check("comes", wait_for(5), 1);
    check("not before its time", csr_read(time) >= now + 50000, 1);
    check("pending still", csr_read(sip) & 32, 32);
    sbi(extension, 0, csr_read(time) + 50000, 0, 0, 0, 0);
    check("not pending after it is set anew", csr_read(sip) & 32, 0);
    interrupts[5] = 0;
    csr_clear(sstatus, 2);
    csr_set(sie, 32);
    asm volatile("wfi");
    check("wfi ends with it", csr_read(sip) & 32, 32);
    csr_set(sstatus, 2);
    check("then it is taken", wait_for(5), 1);
}

static void console(void)
{
    static const char text[] = "written by DBCN\n";
    struct sbi r = sbi(DBCN, 0, sizeof text - 1, (uint64_t)text, 0, 0, 0);
    check("write", (uint64_t)r.error, 0);
    check("bytes", r.value, sizeof text - 1);
    check("write byte", (uint64_t)sbi(DBCN, 2, '!', 0, 0, 0, 0).error, 0);
    check("legacy putchar", (uint64_t)sbi(1, 0, '?', 0, 0, 0, 0).error, 0);
    check("nothing to read", sbi(DBCN, 1, 16, (uint64_t)page_new(), 0, 0, 0).value, 0);
    check("nothing to get", (uint64_t)sbi(2, 0, 0, 0, 0, 0, 0).error, UINT64_MAX);
    check("no memory there", (uint64_t)sbi(DBCN, 0, 16, 0x1000000, 0, 0, 0).error,
          (uint64_t)INVALID_PARAM);
    check("beyond the end",
          (uint64_t)sbi(DBCN, 0, UINT64_C(1) << 40, (uint64_t)text, 0, 0, 0).error,
          (uint64_t)INVALID_PARAM);
    check("high part", (uint64_t)sbi(DBCN, 0, 1, (uint64_t)text, 1, 0, 0).error,
          (uint64_t)INVALID_PARAM);
}

static void harts(uint64_t hart)
{
    check("started", sbi(HSM, 2, hart, 0, 0, 0, 0).value, 0);
    check("status of no hart", (uint64_t)sbi(HSM, 2, 7, 0, 0, 0, 0).error, (uint64_t)INVALID_PARAM);
    check("start no hart", (uint64_t)sbi(HSM, 0, 7, (uint64_t)hart_entry, 0, 0, 0).error,
          (uint64_t)INVALID_PARAM);
    check("start a hart that runs",
          (uint64_t)sbi(HSM, 0, hart, (uint64_t)hart_entry, 0, 0, 0).error,
          (uint64_t)ALREADY_AVAILABLE);
    check("IPI to no hart", (uint64_t)sbi(IPI, 0, 2, 0, 0, 0, 0).error, (uint64_t)INVALID_PARAM);
    check("IPI to no hart, by base", (uint64_t)sbi(IPI, 0, 1, 5, 0, 0, 0).error,
          (uint64_t)INVALID_PARAM);
    check("suspend of a reserved type", (uint64_t)sbi(HSM, 3, 1, 0, 0, 0, 0).error,
          (uint64_t)INVALID_PARAM);
    check("reset of a reserved type", (uint64_t)sbi(SRST, 0, 7, 0, 0, 0, 0).error,
          (uint64_t)INVALID_PARAM);
    interrupts[1] = 0;
    sbi(IPI, 0, 1, hart, 0, 0, 0);
    check("IPI to itself", csr_read(sip) & 2, 2);
    csr_set(sie, 2);
    check("is taken", wait_for(1), 1);
    csr_clear(sip, 2);
    check("and cleared", csr_read(sip) & 2, 0);
    sbi(TIME, 0, csr_read(time) + 30000, 0, 0, 0, 0);
    csr_set(sie, 32);
    csr_clear(sstatus, 2);
    check("suspend", (uint64_t)sbi(HSM, 3, 0, 0, 0, 0, 0).error, 0);
    check("ended by the timer", csr_read(sip) & 32, 32);
}

int main(int hart, char *tree)
{
    check("the device tree is there", *(volatile uint32_t *)tree, 0xedfe0dd0);
    check("satp", csr_read(satp), 0);
    csr_set(sstatus, 2);
    base();
    timer(TIME);
    timer(0);
    console();
    harts((uint64_t)hart);
    return (int)failures();
}

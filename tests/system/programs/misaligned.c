/*
 * Misaligned loads and stores work; misaligned atomics trap and change nothing.
 *
 * qemu: none 7.2 has load-address-misaligned for AMOs
 */
#include "program.h"

int main(void)
{
    uint64_t *page = page_new(), at = (uint64_t)page + 1;
    pmp_open();
    no_fault();
    page[0] = 0x1122334455667788;
    page[1] = 0x99;
    check("load", load8(at), 0x9911223344556677);
    check("load of 4", load4(at + 1), 0x33445566);
    store8(at, 0xa1a2a3a4a5a6a7a8);
    check("store, low", page[0], 0xa2a3a4a5a6a7a888);
    check("store, high", page[1], 0xa1);
    check_fault("no fault", NO_FAULT, 0);
    add8(at, 1);
    check_fault("amoadd.d", 6, at);
    asm volatile(".option push\n.option norvc\nlr.w t0, (%0)\n.option pop"
                 :
                 : "r"(at)
                 : "t0", "memory");
    check_fault("lr.w", 4, at);
    asm volatile(".option push\n.option norvc\nsc.w t0, t0, (%0)\n.option pop"
                 :
                 : "r"(at)
                 : "t0", "memory");
    check_fault("sc.w", 6, at);
    check("unchanged", page[0], 0xa2a3a4a5a6a7a888);
    return (int)failures();
}

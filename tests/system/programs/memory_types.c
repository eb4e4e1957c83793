/*
 * Svpbmt: memory types are reserved bits until menvcfg.PBMTE is set; then types 1 and 2 are allowed
 * in leaves.
 *
 * qemu: none 7.2 takes the reserved type 3
 */
#include "program.h"

int main(void)
{
    struct space s;
    uint64_t virtual = 0x40000000, *data = page_new();
    pmp_open();
    no_fault();
    space_create(&s, SV39);
    map_program(&s, 0);
    data[0] = 7;
    csr_set(menvcfg, MENVCFG_PBMTE);
    check("menvcfg.PBMTE can be set", csr_read(menvcfg) >> 62 & 1, 1);
    sfence();
    for (unsigned type = 0; type < 4; type++) {
        map(&s, virtual, (uint64_t)data, PTE_V | PTE_RWX | PTE_AD | PTE_PBMT(type), 0);
        sfence();
        uint64_t seen = load_as(SUPERVISOR, &s, virtual);
        if (type < 3)
            check("load", seen, 7);
        check_fault("type", type < 3 ? NO_FAULT : LOAD_PAGE, virtual);
    }
    return (int)failures();
}

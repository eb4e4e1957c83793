/* Page table entries and satp (RISC-V privileged manual, chapters 10.1.11 and 10.3 to 10.6). */
#ifndef FERRY_SOFTMMU_SYSTEM_RISCV_PTE_H
#define FERRY_SOFTMMU_SYSTEM_RISCV_PTE_H

#include <stdint.h>

enum {
    PTE_V = 1 << 0,
    PTE_R = 1 << 1,
    PTE_W = 1 << 2,
    PTE_X = 1 << 3,
    PTE_U = 1 << 4,
    PTE_G = 1 << 5,
    PTE_A = 1 << 6,
    PTE_D = 1 << 7,
    PTE_SIZE = 8,
    LEVEL_BITS = 9,
    NAPOT_BITS = 16, /* the only size there is: 64 KiB */
};
#define PTE_PPN           UINT64_C(0x003ffffffffffc00)
#define PTE_RESERVED      UINT64_C(0x1fc0000000000000)
#define PTE_PBMT          UINT64_C(0x6000000000000000)
#define PTE_PBMT_RESERVED PTE_PBMT
#define PTE_N             UINT64_C(0x8000000000000000)

#define SATP_PPN          UINT64_C(0x00000fffffffffff)
enum { SATP_ASID_SHIFT = 44 };

#endif

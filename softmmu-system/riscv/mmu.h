/*
 * Address translation and its fences (RISC-V privileged manual 20240411, chapters 10.3 to 10.6 and
 * those on Svnapot, Svpbmt, Svadu and Svade).
 *
 * A walk's effective privilege is its space's: whoever handles mstatus selects spaces by privilege,
 * MPRV and SUM, and flushes the softmmu when MXR changes.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_RISCV_MMU_H
#define FERRY_SOFTMMU_SYSTEM_RISCV_MMU_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "softmmu-system/softmmu.h"

struct riscv_hart;

enum rv_satp_mode { RV_SATP_BARE = 0, RV_SATP_SV39 = 8, RV_SATP_SV48 = 9, RV_SATP_SV57 = 10 };

/* riscv_walk and rv_satp_write, too, are in mmu.c: riscv_hart.h. */

/*
 * sfence.vma, sinval.vma and the SBI's remote fences: what was read from page tables before is
 * forgotten, for one page or all (`address` NULL), one address space or all (`asid` NULL). Own
 * thread only.
 */
void riscv_fence(struct riscv_hart *h, const uint64_t *address, const uint64_t *asid);

/*
 * The access fault and page fault of an access: exception codes 1, 5, 7 and 12, 13, 15.
 */
unsigned rv_access_fault(enum softmmu_access access);
unsigned rv_page_fault(enum softmmu_access access);

/* arch.print_map. */
void riscv_print_map(struct hart *h, FILE *out);

#endif

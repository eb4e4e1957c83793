/*
 * Physical memory protection (RISC-V privileged manual 20240411, chapter 3.7): 16 entries, of 4
 * bytes' granularity. The hart's structure holds a struct rv_pmp; CSR instructions change it, page
 * walks ask it.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_RISCV_PMP_H
#define FERRY_SOFTMMU_SYSTEM_RISCV_PMP_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RV_PMP_ENTRIES = 16,
    RV_CSR_PMPCFG0 = 0x3a0,
    RV_CSR_PMPADDR0 = 0x3b0,
    RV_PMP_CSRS = 64, /* pmpaddr CSRs that exist; beyond the entries they are read-only zero */
};

/* Fields of an entry's configuration byte. */
enum { RV_PMP_R = 1, RV_PMP_W = 2, RV_PMP_X = 4, RV_PMP_A = 0x18, RV_PMP_L = 0x80 };
enum rv_pmp_match { RV_PMP_OFF, RV_PMP_TOR, RV_PMP_NA4, RV_PMP_NAPOT };

struct rv_pmp {
    uint8_t config[RV_PMP_ENTRIES];
    uint64_t address[RV_PMP_ENTRIES]; /* as the CSRs read: bits 55 to 2 */
    /* What these say: bytes [first, last] of the entries that match anything, most urgent first. */
    unsigned nranges;
    struct rv_pmp_range {
        uint64_t first, last;
        uint8_t config;
    } ranges[RV_PMP_ENTRIES];
};

/* Power-on state: all entries off and unlocked. */
void rv_pmp_reset(struct rv_pmp *p);

/* One entry that lets everything pass, as firmware leaves behind when it has nothing to hide. */
void rv_pmp_open(struct rv_pmp *p);

/* Number of a CSR is pmpcfg0 to pmpcfg14 (even ones) or pmpaddr0 to pmpaddr63. */
bool rv_pmp_is_csr(unsigned csr);
uint64_t rv_pmp_read(const struct rv_pmp *p, unsigned csr);
/* True if anything has changed: TLBs must be flushed. */
bool rv_pmp_write(struct rv_pmp *p, unsigned csr, uint64_t value);

/*
 * What may be done to bytes [address, address + size) by an access of that privilege (machine: M
 * mode): a sum of enum softmmu_access. An access that a range covers in part may do nothing.
 */
uint8_t rv_pmp_allowed(const struct rv_pmp *p, uint64_t address, uint64_t size, bool machine);

/* True if all bytes of the page that holds `address` are treated alike. */
bool rv_pmp_page_uniform(const struct rv_pmp *p, uint64_t address);

#endif

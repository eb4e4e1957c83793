/*
 * The page walk: see mmu.h. The steps are numbered as in the privileged manual's chapter 10.3.2,
 * "Virtual Address Translation Process".
 */
#include "softmmu-system/riscv/mmu.h"

#include <stdatomic.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/pte.h"
#include "softmmu-system/riscv/riscv_hart.h"

unsigned rv_access_fault(enum softmmu_access access)
{
    return access == SOFTMMU_EXECUTE ? 1 : access == SOFTMMU_READ ? 5 : 7;
}

unsigned rv_page_fault(enum softmmu_access access)
{
    return access == SOFTMMU_EXECUTE ? 12 : access == SOFTMMU_READ ? 13 : 15;
}

static bool page_fault(struct softmmu_walk *w)
{
    w->cause = rv_page_fault(w->access);
    return false;
}

static bool access_fault(struct softmmu_walk *w)
{
    w->cause = rv_access_fault(w->access);
    return false;
}

/*
 * The physical address is known, and *w holds what the page tables allow: protection by PMP. The
 * access is judged by its own bytes where the page is not all alike.
 */
static bool protect(struct riscv_hart *h, struct softmmu_walk *w)
{
    bool machine = w->space == RV_SPACE_MACHINE;
    uint64_t first = w->physical, size = w->size ? w->size : 1;
    w->once = !rv_pmp_page_uniform(&h->pmp, w->physical);
    uint8_t allowed = rv_pmp_allowed(&h->pmp, first, size, machine);
    if (!(allowed & w->access))
        return access_fault(w);
    w->allowed &= allowed;
    return true;
}

static bool walk_bare(struct riscv_hart *h, struct softmmu_walk *w)
{
    w->physical = w->address;
    w->allowed = SOFTMMU_READ | SOFTMMU_WRITE | SOFTMMU_EXECUTE;
    w->page_bits = SOFTMMU_PAGE_BITS;
    w->global = true; /* whatever satp says */
    return protect(h, w);
}

/* Where an entry of a page table lies, if the hart may reach it there by `access`; else NULL. */
static _Atomic uint64_t *entry_host(struct riscv_hart *h, uint64_t address,
                                    enum softmmu_access access)
{
    if (!(rv_pmp_allowed(&h->pmp, address, PTE_SIZE, false) & access))
        return NULL;
    return (_Atomic uint64_t *)memory_host(&h->hart.machine->memory, address, PTE_SIZE,
                                           access == SOFTMMU_WRITE);
}

/* Steps 3 and 4, as far as they do not depend on the access: is it an entry at all, and of which
 * kind? */
static bool entry_valid(const struct riscv_hart *h, uint64_t pte, int level, bool *leaf)
{
    if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W || pte & PTE_RESERVED)
        return false;
    *leaf = pte & (PTE_R | PTE_X);
    if (!*leaf)
        return level > 0 && !(pte & (PTE_D | PTE_A | PTE_U | PTE_PBMT | PTE_N));
    if (pte & PTE_PBMT &&
        (!(h->menvcfg & RV_ENVCFG_PBMTE) || (pte & PTE_PBMT) == PTE_PBMT_RESERVED))
        return false;
    uint64_t ppn = (pte & PTE_PPN) >> 10;
    if (pte & PTE_N) /* Svnapot: the number's low bits are the size */
        return level == 0 && (ppn & 15) == 8 && cpu_has(h->config, RV_FEATURE_Svnapot);
    return (ppn & ((UINT64_C(1) << LEVEL_BITS * level) - 1)) == 0;
}

/* Step 5: what a leaf allows in a space, whether or not it has been accessed yet. */
static uint8_t leaf_allowed(const struct riscv_hart *h, unsigned space, uint64_t pte)
{
    uint8_t allowed = 0;
    if (pte & PTE_R || (pte & PTE_X && h->mxr))
        allowed |= SOFTMMU_READ;
    if (pte & PTE_W)
        allowed |= SOFTMMU_WRITE;
    if (pte & PTE_X)
        allowed |= SOFTMMU_EXECUTE;
    if (space == RV_SPACE_USER)
        return pte & PTE_U ? allowed : 0;
    if (!(pte & PTE_U))
        return allowed;
    return space == RV_SPACE_SUPERVISOR_SUM ? allowed & (uint8_t)~SOFTMMU_EXECUTE : 0;
}

/*
 * Step 7: the leaf at `address` has been read as *pte; sets its accessed and dirty bits. False:
 * *again says whether it has changed meanwhile, else there is a fault.
 */
static bool mark(struct riscv_hart *h, struct softmmu_walk *w, uint64_t address, uint64_t *pte,
                 bool *again)
{
    uint64_t want = *pte | PTE_A | (w->access == SOFTMMU_WRITE ? PTE_D : 0);
    *again = false;
    if (want == *pte || w->probe)
        return true;
    if (!(h->menvcfg & RV_ENVCFG_ADUE))
        return page_fault(w);
    _Atomic uint64_t *host = entry_host(h, address, SOFTMMU_WRITE);
    if (!host)
        return access_fault(w);
    uint64_t old = *pte;
    if (!atomic_compare_exchange_strong(host, &old, want)) {
        *again = true;
        return false;
    }
    *pte = want;
    return true;
}

/* Steps 5 to 8 for a leaf. */
static bool walk_leaf(struct riscv_hart *h, struct softmmu_walk *w, uint64_t address, uint64_t pte,
                      int level, bool *again)
{
    *again = false;
    w->allowed = leaf_allowed(h, w->space, pte);
    if (!(w->allowed & w->access))
        return page_fault(w);
    if (!mark(h, w, address, &pte, again))
        return false;
    if (!(pte & PTE_D)) /* the first write must come by here */
        w->allowed &= (uint8_t)~SOFTMMU_WRITE;
    w->page_bits = pte & PTE_N ? NAPOT_BITS : (uint8_t)(SOFTMMU_PAGE_BITS + LEVEL_BITS * level);
    uint64_t mask = (UINT64_C(1) << w->page_bits) - 1;
    w->physical = ((pte & PTE_PPN) << 2 & ~mask) | (w->address & mask);
    w->global |= (pte & PTE_G) != 0;
    return protect(h, w);
}

/* Steps 1 to 4, from the root down. */
static bool walk_tables(struct riscv_hart *h, struct softmmu_walk *w, int levels, bool *again)
{
    uint64_t table = (h->satp & SATP_PPN) << 12;
    w->global = false;
    *again = false;
    for (int level = levels - 1;; level--) {
        unsigned index = w->address >> (SOFTMMU_PAGE_BITS + LEVEL_BITS * level) & 511;
        uint64_t address = table + index * PTE_SIZE;
        _Atomic uint64_t *host = entry_host(h, address, SOFTMMU_READ);
        if (!host)
            return access_fault(w);
        uint64_t pte = atomic_load(host);
        bool leaf;
        if (!entry_valid(h, pte, level, &leaf))
            return page_fault(w);
        if (leaf)
            return walk_leaf(h, w, address, pte, level, again);
        w->global |= (pte & PTE_G) != 0;
        table = (pte & PTE_PPN) << 2;
    }
}

/* Levels of a mode; 0: there are no tables. */
static int satp_levels(uint64_t satp)
{
    switch (satp >> RV_SATP_MODE_SHIFT) {
    case RV_SATP_SV39:
        return 3;
    case RV_SATP_SV48:
        return 4;
    case RV_SATP_SV57:
        return 5;
    default:
        return 0;
    }
}

bool riscv_walk(struct hart *hart, struct softmmu_walk *w)
{
    struct riscv_hart *h = riscv_hart(hart);
    if (w->space == RV_SPACE_MACHINE || w->space == RV_SPACE_BARE)
        return walk_bare(h, w);
    int levels = satp_levels(h->satp);
    if (!levels) /* a space that is not in force */
        return page_fault(w);
    unsigned unused = 64 - (SOFTMMU_PAGE_BITS + LEVEL_BITS * (unsigned)levels);
    if ((uint64_t)((int64_t)(w->address << unused) >> unused) != w->address)
        return page_fault(w);
    bool again, good;
    do {
        good = walk_tables(h, w, levels, &again);
    } while (again);
    return good;
}

/* Does -cpu offer the mode? */
static bool mode_exists(const struct riscv_hart *h, uint64_t satp)
{
    switch (satp >> RV_SATP_MODE_SHIFT) {
    case RV_SATP_BARE:
        return true;
    case RV_SATP_SV39:
        return cpu_has(h->config, RV_FEATURE_Sv39);
    case RV_SATP_SV48:
        return cpu_has(h->config, RV_FEATURE_Sv48);
    case RV_SATP_SV57:
        return cpu_has(h->config, RV_FEATURE_Sv57);
    default:
        return false;
    }
}

void rv_satp_write(struct riscv_hart *h, uint64_t value)
{
    if (value == h->satp || !mode_exists(h, value))
        return;
    h->satp = value;
    softmmu_set_tag(&h->hart, value);
}

/* A tag is the value of satp. */
static bool tag_has_asid(uint64_t tag, uint64_t asid)
{
    return (uint16_t)(tag >> SATP_ASID_SHIFT) == (uint16_t)asid;
}

void riscv_fence(struct riscv_hart *h, const uint64_t *address, const uint64_t *asid)
{
    if (address)
        softmmu_flush_page(&h->hart, *address);
    else if (asid)
        softmmu_flush_tags(&h->hart, tag_has_asid, *asid);
    else
        softmmu_flush(&h->hart);
}

/* Physical memory protection: see pmp.h. "Chapter 3.7" is of the RISC-V privileged manual,
 * 20240411. */
#include "softmmu-system/riscv/pmp.h"

#include <assert.h>
#include <string.h>

#include "softmmu-system/softmmu.h"

/* The rows of table "Encoding of A field" and what they cover; false: nothing. */
static bool entry_range(const struct rv_pmp *p, unsigned i, struct rv_pmp_range *out)
{
    uint64_t address = p->address[i] << 2;
    *out = (struct rv_pmp_range){.first = address, .config = p->config[i]};
    switch ((p->config[i] & RV_PMP_A) >> 3) {
    case RV_PMP_OFF:
        return false;
    case RV_PMP_TOR:
        out->first = i ? p->address[i - 1] << 2 : 0;
        out->last = address - 1;
        return out->first < address;
    case RV_PMP_NA4:
        out->last = address + 3;
        return true;
    default: { /* NAPOT: the ones at the end say how long */
        uint64_t low = p->address[i] ^ (p->address[i] + 1);
        out->first = (p->address[i] & ~low) << 2;
        out->last = out->first + (low << 2 | 3);
        return true;
    }
    }
}

static void find_ranges(struct rv_pmp *p)
{
    p->nranges = 0;
    for (unsigned i = 0; i < RV_PMP_ENTRIES; i++)
        p->nranges += entry_range(p, i, &p->ranges[p->nranges]);
}

void rv_pmp_reset(struct rv_pmp *p)
{
    memset(p, 0, sizeof *p);
}

void rv_pmp_open(struct rv_pmp *p)
{
    rv_pmp_reset(p);
    p->address[0] = (UINT64_C(1) << 54) - 1;
    p->config[0] = RV_PMP_R | RV_PMP_W | RV_PMP_X | RV_PMP_NAPOT << 3;
    find_ranges(p);
}

bool rv_pmp_is_csr(unsigned csr)
{
    if (csr >= RV_CSR_PMPCFG0 && csr < RV_CSR_PMPADDR0)
        return csr % 2 == 0; /* the odd ones are RV32's */
    return csr >= RV_CSR_PMPADDR0 && csr < RV_CSR_PMPADDR0 + RV_PMP_CSRS;
}

uint64_t rv_pmp_read(const struct rv_pmp *p, unsigned csr)
{
    if (csr >= RV_CSR_PMPADDR0) {
        unsigned i = csr - RV_CSR_PMPADDR0;
        return i < RV_PMP_ENTRIES ? p->address[i] : 0;
    }
    uint64_t value = 0;
    unsigned first = (csr - RV_CSR_PMPCFG0) * 4;
    for (unsigned i = 0; i < 8 && first + i < RV_PMP_ENTRIES; i++)
        value |= (uint64_t)p->config[first + i] << 8 * i;
    return value;
}

/* Locked itself, or the start of a locked range. */
static bool address_locked(const struct rv_pmp *p, unsigned i)
{
    if (p->config[i] & RV_PMP_L)
        return true;
    return i + 1 < RV_PMP_ENTRIES && p->config[i + 1] & RV_PMP_L &&
           (p->config[i + 1] & RV_PMP_A) >> 3 == RV_PMP_TOR;
}

static void write_config(struct rv_pmp *p, unsigned i, uint8_t value)
{
    if (p->config[i] & RV_PMP_L)
        return;
    value &= RV_PMP_L | RV_PMP_A | RV_PMP_X | RV_PMP_W | RV_PMP_R;
    if (!(value & RV_PMP_R)) /* writable only is reserved */
        value &= (uint8_t)~RV_PMP_W;
    p->config[i] = value;
}

bool rv_pmp_write(struct rv_pmp *p, unsigned csr, uint64_t value)
{
    uint64_t old = rv_pmp_read(p, csr);
    if (csr >= RV_CSR_PMPADDR0) {
        unsigned i = csr - RV_CSR_PMPADDR0;
        if (i < RV_PMP_ENTRIES && !address_locked(p, i))
            p->address[i] = value & ((UINT64_C(1) << 54) - 1);
    } else {
        unsigned first = (csr - RV_CSR_PMPCFG0) * 4;
        for (unsigned i = 0; i < 8 && first + i < RV_PMP_ENTRIES; i++)
            write_config(p, first + i, (uint8_t)(value >> 8 * i));
    }
    find_ranges(p);
    return rv_pmp_read(p, csr) != old;
}

uint8_t rv_pmp_allowed(const struct rv_pmp *p, uint64_t address, uint64_t size, bool machine)
{
    enum { ALL = SOFTMMU_READ | SOFTMMU_WRITE | SOFTMMU_EXECUTE };
    static_assert((int)RV_PMP_R == SOFTMMU_READ && (int)RV_PMP_W == SOFTMMU_WRITE &&
                      (int)RV_PMP_X == SOFTMMU_EXECUTE,
                  "a configuration's permissions are accesses");
    uint64_t last = address + size - 1;
    for (unsigned i = 0; i < p->nranges; i++) {
        const struct rv_pmp_range *r = &p->ranges[i];
        if (last < r->first || address > r->last)
            continue;
        if (address < r->first || last > r->last)
            return 0;
        return machine && !(r->config & RV_PMP_L) ? ALL : r->config & ALL;
    }
    return machine ? ALL : 0;
}

bool rv_pmp_page_uniform(const struct rv_pmp *p, uint64_t address)
{
    uint64_t first = address & -(uint64_t)SOFTMMU_PAGE, last = first | (SOFTMMU_PAGE - 1);
    for (unsigned i = 0; i < p->nranges; i++) {
        const struct rv_pmp_range *r = &p->ranges[i];
        if (last < r->first || first > r->last)
            continue;
        return first >= r->first && last <= r->last;
    }
    return true;
}

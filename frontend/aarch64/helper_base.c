/*
 * What base instructions do in C at run time. Helpers run with the guest's MXCSR live in the host's
 * register.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "frontend/aarch64/system.h"
#include "ir/fp.h"

/* ---- counter, random numbers --------------------------------------------------------------- */

uint64_t a64_helper_counter(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    struct timespec now;
    (void)cpu, (void)a, (void)b, (void)c;
    static_assert(A64_COUNTER_FREQUENCY == 1000000000, "nanoseconds");
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * A64_COUNTER_FREQUENCY + (uint64_t)now.tv_nsec;
}

uint64_t a64_helper_random(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t number;
    (void)cpu, (void)a, (void)b, (void)c;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        abort(); /* eight bytes are never cut short once the pool is initialised */
    return number;
}

void a64_new_pac_keys(struct cpu *cpu, unsigned keys)
{
    for (unsigned i = 0; i < PAC_KEYS; i++)
        if (keys >> i & 1) {
            uint64_t key = a64_helper_random(cpu, 0, 0, 0);
            memcpy(cpu->state + A64_STATE_pac_ia + 8 * i, &key, sizeof key);
        }
}
static_assert(A64_STATE_pac_ga == A64_STATE_pac_ia + 8 * PAC_GA, "as enum a64_pac_key has them");

/* The address of an announced change of code, for the runtime. */
uint64_t a64_helper_note_address(struct cpu *cpu, uint64_t address, uint64_t b, uint64_t c)
{
    (void)b, (void)c;
    cpu->exit_info = address;
    return 0;
}

/* ---- FPCR and FPSR ------------------------------------------------------------------------- */

static uint64_t *slot(struct cpu *cpu, unsigned offset)
{
    return (uint64_t *)(cpu->state + offset);
}

/*
 * Makes `fpcr` what the guest has: slot, mode bits, rounding. Returns the new MXCSR. In flush
 * mode MXCSR's bit for denormal operands is IDC's; outside it means nothing, so what has accrued
 * moves to the slot on the way out.
 */
static uint32_t apply_fpcr(struct cpu *cpu, uint32_t mxcsr, uint32_t fpcr)
{
    /* nearest, up, down, zero; the host's control has nearest, down, up, zero */
    static const uint8_t control[4] = {0, 2, 1, 3};
    if (cpu->mode & A64_MODE_FZ && mxcsr & IR_EXC_DENORMAL)
        *slot(cpu, A64_STATE_idc) = 1;
    mxcsr &= ~(uint32_t)IR_EXC_DENORMAL;
    *slot(cpu, A64_STATE_fpcr) = fpcr;
    cpu->mode &= ~(uint32_t)(A64_MODE_DN | A64_MODE_FZ | A64_MODE_FZ16 | A64_MODE_AHP);
    cpu->mode |= (fpcr & A64_FPCR_DN ? A64_MODE_DN : 0u) | (fpcr & A64_FPCR_FZ ? A64_MODE_FZ : 0u) |
                 (fpcr & A64_FPCR_FZ16 ? A64_MODE_FZ16 : 0u) |
                 (fpcr & A64_FPCR_AHP ? A64_MODE_AHP : 0u);
    return (mxcsr & ~(3u << FP_MXCSR_ROUND_SHIFT)) |
           (uint32_t)control[fpcr >> 22 & 3] << FP_MXCSR_ROUND_SHIFT;
}

uint64_t a64_helper_set_fpcr(struct cpu *cpu, uint64_t fpcr, uint64_t b, uint64_t c)
{
    (void)b, (void)c;
    fp_set_mxcsr(apply_fpcr(cpu, fp_get_mxcsr(), (uint32_t)fpcr));
    return 0;
}

/* From now on the thread's code raises underflow exactly as Arm does. */
uint64_t a64_helper_watch_underflow(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)a, (void)b, (void)c;
    cpu->mode |= A64_MODE_UNDERFLOW;
    return 0;
}

uint32_t a64_get_fpcr(const struct cpu *cpu)
{
    return (uint32_t)*(const uint64_t *)(cpu->state + A64_STATE_fpcr);
}

void a64_set_fpcr(struct cpu *cpu, uint32_t fpcr)
{
    uint32_t mask = A64_FPCR_AHP | A64_FPCR_DN | A64_FPCR_FZ | A64_FPCR_RMODE | A64_FPCR_FZ16;
    cpu->mxcsr = apply_fpcr(cpu, cpu->mxcsr, fpcr & mask);
}

enum { FPSR_QC = 1 << 27, FPSR_IDC = 1 << 7, FPSR_IOC = 1 << 0, FPSR_OTHERS = 0x1e };

uint32_t a64_get_fpsr(const struct cpu *cpu)
{
    const uint64_t *qc = (const uint64_t *)(cpu->state + A64_STATE_qc);
    bool idc = *(const uint64_t *)(cpu->state + A64_STATE_idc) ||
               (cpu->mode & A64_MODE_FZ && cpu->mxcsr & IR_EXC_DENORMAL);
    return (cpu->mxcsr & FPSR_IOC) | (cpu->mxcsr >> 1 & FPSR_OTHERS) | (idc ? FPSR_IDC : 0u) |
           (qc[0] | qc[1] ? FPSR_QC : 0u);
}

void a64_set_fpsr(struct cpu *cpu, uint32_t fpsr)
{
    uint64_t *qc = slot(cpu, A64_STATE_qc);
    qc[0] = fpsr & FPSR_QC ? 1 : 0;
    qc[1] = 0;
    *slot(cpu, A64_STATE_idc) = fpsr & FPSR_IDC ? 1 : 0;
    cpu->mxcsr = (cpu->mxcsr & ~0x3fu) | (fpsr & FPSR_IOC) | (fpsr & FPSR_OTHERS) << 1;
}

/* The default; the runtime puts its own function into cpu.helper to serve its vDSO. */
uint64_t a64_helper_hostcall(struct cpu *cpu, uint64_t number, uint64_t b, uint64_t c)
{
    (void)cpu, (void)number, (void)b, (void)c;
    return 0;
}

/* System registers: what system.c has in common with flags.c, cpu.c and the helpers. */
#ifndef FERRY_FRONTEND_AARCH64_SYSTEM_H
#define FERRY_FRONTEND_AARCH64_SYSTEM_H

#include "frontend/aarch64/aarch64.h"

/* FPCR (Arm ARM C5.2.8). */
enum {
    A64_FPCR_FZ16 = 1 << 19,
    A64_FPCR_RMODE = 3 << 22, /* nearest, up, down, zero */
    A64_FPCR_FZ = 1 << 24,
    A64_FPCR_DN = 1 << 25,
    A64_FPCR_AHP = 1 << 26,
};

/* CTR_EL0: lines of 64 bytes, data need not be cleaned before instructions are invalidated (IDC),
 * but those must be (no DIC). */
#define A64_CTR                                                                                    \
    (UINT64_C(1) << 31 | 1 << 28 | A64_LOG_LINE_WORDS << 24 | A64_LOG_LINE_WORDS << 20 |           \
     A64_LOG_LINE_WORDS << 16 | 3 << 14 | A64_LOG_LINE_WORDS)

/* MRS and MSR of NZCV (flags.c). */
ir_ref a64_read_nzcv(struct translation *t);
void a64_write_nzcv(struct translation *t, ir_ref value);

/* An identification register of the model, op0 - 2:op1:CRn:CRm:op2; 0 if we have nothing to say. */
uint64_t a64_identification(const struct cpu_config *config, unsigned number);

#endif

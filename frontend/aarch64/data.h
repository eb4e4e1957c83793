/* Operands of data processing that both data.c and flags.c have. */
#ifndef FERRY_FRONTEND_AARCH64_DATA_H
#define FERRY_FRONTEND_AARCH64_DATA_H

#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"

/* Rm shifted by an immediate: `shift` is kind:amount. False if the amount is reserved. */
bool a64_shifted(struct translation *t, uint32_t sf, uint32_t rm, uint32_t shift, ir_ref *value);

/* A register extended and shifted: `ext` is rm:option:amount. False if the amount is reserved. */
bool a64_extended(struct translation *t, uint32_t sf, uint32_t ext, ir_ref *value);

#endif

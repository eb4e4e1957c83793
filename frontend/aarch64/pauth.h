/* Pointer authentication: what branches share with the instructions of pauth.c. */
#ifndef FERRY_FRONTEND_AARCH64_PAUTH_H
#define FERRY_FRONTEND_AARCH64_PAUTH_H

#include "frontend/aarch64/decode.h"

/* The register that the modifier operand names (31 is sp), or zero for -1. */
ir_ref a64_pac_modifier(struct translation *t, int32_t r);

/* `pointer` signed, or authenticated, which is the same (see pauth.c), with an enum a64_pac_key. */
ir_ref a64_pac_value(struct translation *t, int key, ir_ref pointer, ir_ref modifier);

#endif

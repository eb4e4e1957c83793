/*
 * The C functions of Advanced SIMD on integers: X(name, arguments, effects); see enum
 * ir_helper_effect. They are for callv.
 */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_SIMD_H
#define FERRY_FRONTEND_AARCH64_HELPER_SIMD_H

#define A64_SIMD_HELPERS(X)                                                                        \
    X(urecpe, 2, IR_HELPER_PURE)                                                                   \
    X(ursqrte, 2, IR_HELPER_PURE)

#endif

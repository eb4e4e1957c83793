/*
 * The C functions of floating point: X(name, arguments, effects); see enum ir_helper_effect. Those
 * for callv take vectors, and the number that a64_fp_number makes.
 */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_FP_H
#define FERRY_FRONTEND_AARCH64_HELPER_FP_H

#define A64_FP_HELPERS(X)                                                                          \
    X(fjcvtzs, 2, IR_HELPER_PURE)                                                                  \
    X(int_to_half, 3, IR_HELPER_PURE)                                                              \
    X(round_int, 3, IR_HELPER_PURE)                                                                \
    X(bfcvt, 3, IR_HELPER_PURE)                                                                    \
    X(mulx, 3, IR_HELPER_PURE)                                                                     \
    X(recip_estimate, 3, IR_HELPER_PURE)                                                           \
    X(recip_exponent, 3, IR_HELPER_PURE)                                                           \
    X(recip_step, 3, IR_HELPER_PURE)                                                               \
    X(rsqrt_estimate, 3, IR_HELPER_PURE)                                                           \
    X(rsqrt_step, 3, IR_HELPER_PURE)                                                               \
    X(fma_half, 3, IR_HELPER_PURE)                                                                 \
    X(bfdot, 3, IR_HELPER_PURE)                                                                    \
    X(bfmmla, 3, IR_HELPER_PURE)

#endif

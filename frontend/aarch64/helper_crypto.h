/*
 * The C functions of the cryptographic extensions: X(name, arguments, effects); see enum
 * ir_helper_effect. All are for callv: v[0] is the result, v[1] to v[3] the operands as the
 * manual's pseudocode reads them (d, n, m; of SM4 the state and the keys).
 */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_CRYPTO_H
#define FERRY_FRONTEND_AARCH64_HELPER_CRYPTO_H

#define A64_CRYPTO_HELPERS(X)                                                                      \
    X(sm3tt1a, 2, IR_HELPER_PURE)                                                                  \
    X(sm3tt1b, 2, IR_HELPER_PURE)                                                                  \
    X(sm3tt2a, 2, IR_HELPER_PURE)                                                                  \
    X(sm3tt2b, 2, IR_HELPER_PURE)                                                                  \
    X(sm3partw1, 2, IR_HELPER_PURE)                                                                \
    X(sm3partw2, 2, IR_HELPER_PURE)                                                                \
    X(sm4e, 2, IR_HELPER_PURE)                                                                     \
    X(sm4ekey, 2, IR_HELPER_PURE)

#endif

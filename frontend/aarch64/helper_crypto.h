/* The C functions of the cryptographic extensions: X(name, arguments, effects); see enum ir_helper_effect. Those for callv take vectors. */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_CRYPTO_H
#define FERRY_FRONTEND_AARCH64_HELPER_CRYPTO_H

#define A64_CRYPTO_HELPERS(X)

#endif

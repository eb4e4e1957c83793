/* The C functions of floating point: X(name, arguments, effects); see enum ir_helper_effect. Those for callv take vectors. */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_FP_H
#define FERRY_FRONTEND_AARCH64_HELPER_FP_H

#define A64_FP_HELPERS(X)

#endif

/* The C functions of base instructions: X(name, arguments, effects); see enum ir_helper_effect. Those for callv take vectors. */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_BASE_H
#define FERRY_FRONTEND_AARCH64_HELPER_BASE_H

#define A64_BASE_HELPERS(X)

#endif

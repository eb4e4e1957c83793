/* The guests of this build. */
#include "frontend/frontend.h"

const struct frontend *const frontends[] = {&frontend_riscv64, &frontend_aarch64, NULL};

/* To come. */
#include "frontend/aarch64/decode.h"

/* Hints, barriers, system registers, cache maintenance (Arm ARM C4.1, "Branches, Exception Generating and System instructions"). */
#include "frontend/aarch64/decode.h"

bool a64_hint(struct translation *t)
{
    (void)t;
    return true;
}

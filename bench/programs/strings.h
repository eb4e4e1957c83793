/* What the string programs share: sizes from a byte to a page, as programs have them. */
#ifndef STRINGS_H
#define STRINGS_H

#include "bench.h"

static const int sizes[] = {1, 3, 7, 8, 15, 16, 31, 60, 100, 250, 1000, 4000};
enum { SIZES = sizeof sizes / sizeof *sizes, ROOM = 8192 };

/* Calls body() for each size so often that each size moves about `bytes` bytes. */
#define EACH_SIZE(bytes, n, ...)                                                                   \
    for (int s_ = 0; s_ < SIZES; s_++)                                                             \
        for (int n = sizes[s_], k_ = (bytes) / (n + 20); k_ > 0; k_--) { __VA_ARGS__; }

#endif

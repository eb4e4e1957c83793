/* The bytecode that interp_switch.c and interp_threaded.c run: two nested loops that hash. */
#ifndef INTERP_H
#define INTERP_H

#include "bench.h"

enum { PUSH, LOAD, STORE, ADD, SUB, MUL, XOR, SHR, LESS, JUMP, JUMPZ, HALT };

static inline uint64_t interp_work(uint64_t (*run)(const uint8_t *))
{
    /* l0 = hash, l1 = outer, l2 = inner. Jumps count from their operand's own place. */
    static const uint8_t code[] = {
        PUSH, 0,  STORE, 1,                               /*  0 outer = 0              */
        LOAD, 1,  PUSH, 200, PUSH, 250, MUL, LESS,        /*  4 while outer < 50000    */
        JUMPZ, 52,                                        /* 12                        */
        PUSH, 0,  STORE, 2,                               /* 14   inner = 0            */
        LOAD, 2,  PUSH, 250, LESS, JUMPZ, 32,             /* 18   while inner < 250    */
        LOAD, 0,  PUSH, 7, SHR, LOAD, 0, XOR,             /* 25     h ^ h >> 7         */
        LOAD, 2,  LOAD, 1, XOR, PUSH, 31, ADD, ADD,       /* 33     + (inner ^ outer) + 31 */
        PUSH, 131, MUL, LOAD, 2, SUB, STORE, 0,           /* 42     * 131 - inner      */
        LOAD, 2,  PUSH, 1, ADD, STORE, 2, JUMP, 0,        /* 50     inner++            */
        LOAD, 1,  PUSH, 1, ADD, STORE, 1, JUMP, 0,        /* 59   outer++              */
        HALT,                                             /* 68                        */
    };
    uint8_t text[sizeof code];
    memcpy(text, code, sizeof code);
    text[13] = 68 - 14;
    text[24] = 59 - 25;
    text[58] = (uint8_t)(18 - 59);
    text[67] = (uint8_t)(4 - 68);
    return run(text);
}

#endif

/* Calls of firmware, for programs that run under it (start_sbi.S). */
#ifndef SBI_H
#define SBI_H

#include "program.h"

enum {
    BASE = 0x10,
    TIME = 0x54494d45,
    IPI = 0x735049,
    RFENCE = 0x52464e43,
    HSM = 0x48534d,
    SRST = 0x53525354,
    DBCN = 0x4442434e,
};
enum {
    SUCCESS = 0,
    NOT_SUPPORTED = -2,
    INVALID_PARAM = -3,
    INVALID_ADDRESS = -5,
    ALREADY_AVAILABLE = -6,
};

struct sbi {
    int64_t error;
    uint64_t value;
};

static inline struct sbi sbi(uint64_t extension, uint64_t function, uint64_t p0, uint64_t p1,
                             uint64_t p2, uint64_t p3, uint64_t p4)
{
    register uint64_t a0 asm("a0") = p0, a1 asm("a1") = p1, a2 asm("a2") = p2, a3 asm("a3") = p3,
                         a4 asm("a4") = p4, a6 asm("a6") = function, a7 asm("a7") = extension;
    asm volatile("ecall"
                 : "+r"(a0), "+r"(a1)
                 : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                 : "memory");
    return (struct sbi){(int64_t)a0, a1};
}

extern char hart_entry[];

#endif

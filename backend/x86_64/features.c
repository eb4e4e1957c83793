/* What this host has beyond x86-64-v2: CPUID leaves 1, 7 and 80000001h, and XGETBV for register state. */
#include "backend/backend.h"

#include <cpuid.h>

static uint64_t enabled_state(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

uint32_t backend_host_features(void)
{
    enum { YMM_STATE = 0x06, ZMM_STATE = 0xe6 };
    uint32_t a, b, c, d, b7 = 0, c7 = 0, features = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    uint32_t c1 = c;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        b7 = b, c7 = c;
    uint32_t extended = __get_cpuid(0x80000001, &a, &b, &c, &d) ? c : 0;
    uint64_t state = c1 & bit_OSXSAVE ? enabled_state() : 0;
    bool ymm = (state & YMM_STATE) == YMM_STATE && c1 & bit_AVX;
    bool zmm = (state & ZMM_STATE) == ZMM_STATE;
    uint32_t avx512 = bit_AVX512F | bit_AVX512CD | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
    /* BMI's instructions are VEX-encoded and need no AVX state. */
    features |= b7 & bit_BMI ? HOST_BMI1 : 0;
    features |= b7 & bit_BMI2 ? HOST_BMI2 : 0;
    features |= extended & bit_LZCNT ? HOST_LZCNT : 0;
    features |= c1 & bit_PCLMUL ? HOST_PCLMUL : 0;
    features |= c1 & bit_MOVBE ? HOST_MOVBE : 0;
    features |= c7 & bit_GFNI ? HOST_GFNI : 0;
    if (ymm) {
        features |= HOST_AVX;
        features |= c1 & bit_FMA ? HOST_FMA : 0;
        features |= c1 & bit_F16C ? HOST_F16C : 0;
        features |= b7 & bit_AVX2 ? HOST_AVX2 : 0;
        features |= zmm && (b7 & avx512) == avx512 ? HOST_AVX512 : 0;
    }
    return features;
}

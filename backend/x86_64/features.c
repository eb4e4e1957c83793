/*
 * What this host has beyond x86-64-v2, and the kernel keeps the registers of. From the C library's
 * copy of CPUID: under a hypervisor the instruction itself traps and would cost more than all else
 * that happens at start.
 */
#include "backend/backend.h"

#include <sys/platform/x86.h>

/* The header's own test shifts a bit into the sign, which the sanitizer objects to. */
static bool active(unsigned feature)
{
    const unsigned word = 32, leaf = 4 * word; /* bits */
    unsigned bit = feature % leaf;
    return __x86_get_cpuid_feature_leaf(feature / leaf)->active_array[bit / word] >> bit % word & 1;
}

uint32_t backend_host_features(void)
{
    uint32_t features = 0;
    features |= active(x86_cpu_BMI1) ? HOST_BMI1 : 0;
    features |= active(x86_cpu_BMI2) ? HOST_BMI2 : 0;
    features |= active(x86_cpu_LZCNT) ? HOST_LZCNT : 0;
    features |= active(x86_cpu_PCLMULQDQ) ? HOST_PCLMUL : 0;
    features |= active(x86_cpu_SHA) ? HOST_SHA : 0;
    features |= active(x86_cpu_AES) ? HOST_AES : 0;
    features |= active(x86_cpu_MOVBE) ? HOST_MOVBE : 0;
    features |= active(x86_cpu_GFNI) ? HOST_GFNI : 0;
    features |= active(x86_cpu_AVX) ? HOST_AVX : 0;
    features |= active(x86_cpu_FMA) ? HOST_FMA : 0;
    features |= active(x86_cpu_F16C) ? HOST_F16C : 0;
    features |= active(x86_cpu_AVX2) ? HOST_AVX2 : 0;
    if (active(x86_cpu_AVX512F) && active(x86_cpu_AVX512CD) && active(x86_cpu_AVX512BW) &&
        active(x86_cpu_AVX512DQ) && active(x86_cpu_AVX512VL))
        features |= HOST_AVX512 | (active(x86_cpu_AVX512_VNNI) ? HOST_VNNI : 0) |
                    (active(x86_cpu_AVX512_BITALG) ? HOST_BITALG : 0);
    return features;
}

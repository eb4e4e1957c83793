/*
 * What this host has beyond x86-64-v2, and the kernel keeps the registers of. From the C library's
 * copy of CPUID: under a hypervisor the instruction itself traps and would cost more than all else
 * that happens at start.
 */
#include "backend/backend.h"

#include <sys/platform/x86.h>

uint32_t backend_host_features(void)
{
    uint32_t features = 0;
    features |= CPU_FEATURE_ACTIVE(BMI1) ? HOST_BMI1 : 0;
    features |= CPU_FEATURE_ACTIVE(BMI2) ? HOST_BMI2 : 0;
    features |= CPU_FEATURE_ACTIVE(LZCNT) ? HOST_LZCNT : 0;
    features |= CPU_FEATURE_ACTIVE(PCLMULQDQ) ? HOST_PCLMUL : 0;
    features |= CPU_FEATURE_ACTIVE(MOVBE) ? HOST_MOVBE : 0;
    features |= CPU_FEATURE_ACTIVE(GFNI) ? HOST_GFNI : 0;
    features |= CPU_FEATURE_ACTIVE(AVX) ? HOST_AVX : 0;
    features |= CPU_FEATURE_ACTIVE(FMA) ? HOST_FMA : 0;
    features |= CPU_FEATURE_ACTIVE(F16C) ? HOST_F16C : 0;
    features |= CPU_FEATURE_ACTIVE(AVX2) ? HOST_AVX2 : 0;
    if (CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512CD) &&
        CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512DQ) &&
        CPU_FEATURE_ACTIVE(AVX512VL))
        features |= HOST_AVX512;
    return features;
}

/*
 * The firmware that is built in: what its files share. "SBI" is the RISC-V Supervisor Binary
 * Interface Specification 2.0.
 *
 * There is no M mode under it: an ecall from S mode is served here, in the hart's own thread, with
 * all slots at home. To add a function: its row in sbi.def, and sbi_NAME in the file of its
 * extension.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_RISCV_SBI_H
#define FERRY_SOFTMMU_SYSTEM_RISCV_SBI_H

#include "softmmu-system/riscv/riscv_hart.h"

/* Extensions by number (a7): their names in ASCII. */
enum sbi_extension {
    SBI_LEGACY_LAST = 0x0f, /* up to here numbers are of the legacy extensions */
    SBI_BASE = 0x10,
    SBI_TIME = 0x54494d45,
    SBI_IPI = 0x735049,
    SBI_RFENCE = 0x52464e43,
    SBI_HSM = 0x48534d,
    SBI_SRST = 0x53525354,
    SBI_DBCN = 0x4442434e,
};

/* SBI chapter 3, table 1. */
enum sbi_error {
    SBI_SUCCESS = 0,
    SBI_ERR_FAILED = -1,
    SBI_ERR_NOT_SUPPORTED = -2,
    SBI_ERR_INVALID_PARAM = -3,
    SBI_ERR_DENIED = -4,
    SBI_ERR_INVALID_ADDRESS = -5,
    SBI_ERR_ALREADY_AVAILABLE = -6,
    SBI_ERR_ALREADY_STARTED = -7,
    SBI_ERR_ALREADY_STOPPED = -8,
};

struct sbi_result {
    int64_t error;  /* a0: enum sbi_error; of a legacy function, the result */
    uint64_t value; /* a1 */
    bool none; /* a0 and a1 stay as they are: the hart is elsewhere */
};

/* `a` are a0 to a5. */
typedef struct sbi_result sbi_fn(struct riscv_hart *r, const uint64_t a[6]);

#define SBI(extension, function, name) sbi_fn sbi_##name;
#define SBI_LEGACY(extension, name)    sbi_fn sbi_##name;
#include "softmmu-system/riscv/sbi.def"
#undef SBI
#undef SBI_LEGACY

static inline struct sbi_result sbi_value(uint64_t value)
{
    return (struct sbi_result){.value = value};
}

static inline struct sbi_result sbi_error(int64_t error)
{
    return (struct sbi_result){.error = error};
}

/*
 * A legacy function's set of harts: `address` is the virtual address of a bit vector, 0 for all.
 * False if it cannot be read.
 */
bool sbi_legacy_mask(struct riscv_hart *r, uint64_t address, uint64_t *mask);

#endif

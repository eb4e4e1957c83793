/* SBI: finding a function; the base, timer and legacy extensions (chapters 4 to 6). See sbi.h. */
#include "softmmu-system/riscv/sbi.h"

#include "softmmu-system/machine.h"

/* What get_impl_id and get_impl_version answer: "Ferr", which nobody has registered, and 1.0. */
enum { SPEC_VERSION = 2 << 24 | 0, IMPLEMENTATION = 0x46657272, IMPLEMENTATION_VERSION = 1 << 16 };

static const struct sbi_row {
    uint32_t extension, function;
    sbi_fn *run;
} rows[] = {
#define SBI(extension, function, name) {extension, function, sbi_##name},
#define SBI_LEGACY(extension, name)    {extension, 0, sbi_##name},
#include "softmmu-system/riscv/sbi.def"
#undef SBI
#undef SBI_LEGACY
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct sbi_row *find(uint64_t extension, uint64_t function)
{
    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].extension == extension &&
            (rows[i].function == function || extension <= SBI_LEGACY_LAST))
            return &rows[i];
    }
    return NULL;
}

bool rv_sbi_call(struct riscv_hart *r)
{
    uint64_t *a = riscv_slot(r, RV_SLOT_a0);
    uint64_t extension = a[7], function = a[6];
    const struct sbi_row *row = find(extension, function);
    struct sbi_result result = row ? row->run(r, a) : sbi_error(SBI_ERR_NOT_SUPPORTED);
    if (result.none)
        return true;
    a[0] = (uint64_t)result.error;
    if (extension > SBI_LEGACY_LAST)
        a[1] = result.value;
    return true;
}

/* ---- base ------------------------------------------------------------------------------------ */

struct sbi_result sbi_get_spec_version(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(SPEC_VERSION);
}

struct sbi_result sbi_get_impl_id(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(IMPLEMENTATION);
}

struct sbi_result sbi_get_impl_version(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(IMPLEMENTATION_VERSION);
}

struct sbi_result sbi_probe_extension(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r;
    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].extension == a[0])
            return sbi_value(1);
    }
    return sbi_value(0);
}

/* Machine CSRs that say nothing: all zero, as the manual lets them be. */
struct sbi_result sbi_get_mvendorid(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(0);
}

struct sbi_result sbi_get_marchid(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(0);
}

struct sbi_result sbi_get_mimpid(struct riscv_hart *r, const uint64_t a[6])
{
    (void)r, (void)a;
    return sbi_value(0);
}

/* ---- timer ----------------------------------------------------------------------------------- */

struct sbi_result sbi_set_timer(struct riscv_hart *r, const uint64_t a[6])
{
    riscv_set_timer(r, a[0]);
    return sbi_value(0);
}

/* ---- legacy ---------------------------------------------------------------------------------- */

struct sbi_result sbi_legacy_set_timer(struct riscv_hart *r, const uint64_t a[6])
{
    return sbi_set_timer(r, a);
}

struct sbi_result sbi_legacy_console_putchar(struct riscv_hart *r, const uint64_t a[6])
{
    return sbi_debug_console_write_byte(r, a);
}

struct sbi_result sbi_legacy_console_getchar(struct riscv_hart *r, const uint64_t a[6])
{
    (void)a;
    uint8_t byte;
    if (!machine_console_read(r->hart.machine, &byte, 1))
        return sbi_error(SBI_ERR_FAILED);
    return sbi_error(byte);
}

struct sbi_result sbi_legacy_clear_ipi(struct riscv_hart *r, const uint64_t a[6])
{
    (void)a;
    riscv_set_pending(r, UINT64_C(1) << RV_IRQ_SSI, false);
    return sbi_value(0);
}

bool sbi_legacy_mask(struct riscv_hart *r, uint64_t address, uint64_t *mask)
{
    *mask = UINT64_MAX;
    if (!address)
        return true;
    unsigned space = r->satp >> RV_SATP_MODE_SHIFT ? RV_SPACE_SUPERVISOR_SUM : RV_SPACE_BARE;
    return softmmu_peek(&r->hart, space, address, mask, sizeof *mask);
}

struct sbi_result sbi_legacy_shutdown(struct riscv_hart *r, const uint64_t a[6])
{
    (void)a;
    return sbi_system_reset(r, (uint64_t[6]){0});
}

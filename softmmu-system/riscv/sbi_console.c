/* SBI: the debug console (chapter 12) and system reset (chapter 10). See sbi.h. */
#include <stdatomic.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/sbi.h"

/* The most that one call takes: callers go on with the rest. */
enum { CONSOLE_CHUNK = 4096 };

/* num_bytes, base_addr_lo, base_addr_hi; NULL: not all of it is RAM. */
static uint8_t *console_buffer(struct riscv_hart *r, const uint64_t a[6], bool write)
{
    return a[2] ? NULL : memory_host(&r->hart.machine->memory, a[1], a[0], write);
}

static size_t console_size(const uint64_t a[6])
{
    return a[0] < CONSOLE_CHUNK ? a[0] : CONSOLE_CHUNK;
}

struct sbi_result sbi_debug_console_write(struct riscv_hart *r, const uint64_t a[6])
{
    const uint8_t *bytes = console_buffer(r, a, false);
    if (!bytes && a[0])
        return sbi_error(SBI_ERR_INVALID_PARAM);
    size_t size = console_size(a);
    machine_console_write(r->hart.machine, bytes, size);
    return sbi_value(size);
}

struct sbi_result sbi_debug_console_read(struct riscv_hart *r, const uint64_t a[6])
{
    uint8_t *bytes = console_buffer(r, a, true);
    if (!bytes && a[0])
        return sbi_error(SBI_ERR_INVALID_PARAM);
    size_t size = machine_console_read(r->hart.machine, bytes, console_size(a));
    memory_written(&r->hart.machine->memory, bytes, size);
    return sbi_value(size);
}

struct sbi_result sbi_debug_console_write_byte(struct riscv_hart *r, const uint64_t a[6])
{
    machine_console_write(r->hart.machine, &(uint8_t){(uint8_t)a[0]}, 1);
    return sbi_value(0);
}

/* ---- system reset ---------------------------------------------------------------------------- */

enum { RESET_SHUTDOWN, RESET_COLD, RESET_WARM };
enum { REASON_NONE, REASON_FAILURE };

struct sbi_result sbi_system_reset(struct riscv_hart *r, const uint64_t a[6])
{
    struct machine *m = r->hart.machine;
    uint32_t type = (uint32_t)a[0], reason = (uint32_t)a[1];
    if (type > RESET_WARM || reason > REASON_FAILURE)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (type == RESET_SHUTDOWN && reason == REASON_FAILURE)
        machine_exit(m, 1);
    else
        machine_request(m, type == RESET_SHUTDOWN ? RUN_SHUTDOWN : RUN_RESET);
    atomic_store(&r->hart.off, true); /* until the event loop has seen it */
    return (struct sbi_result){.none = true};
}

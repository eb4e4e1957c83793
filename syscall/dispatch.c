/*
 * From a guest's call number to its row, and from the row to the host.
 *
 * The fast paths are those of rows `raw` and `wait` of 64-bit guests: one load from the number table,
 * the six arguments, the system call instruction. Everything else a row has is looked up only when it
 * is needed. The tables are constants made from syscall.def.
 */
#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>

#include "syscall/host_number.h"
#include "syscall/table.h"
#include "util/log.h"

/* ---- the tables ---- */

#define HOST_raw(name)  SYS_##name
#define HOST_wait(name) SYS_##name
#define HOST_conv(name) SYS_##name
#define HOST_fn(name)   0
#define HOST_user(name) 0
#define HOST_none(name) 0

#define FUNCTION_raw(name)  NULL
#define FUNCTION_wait(name) NULL
#define FUNCTION_conv(name) NULL
#define FUNCTION_fn(name)   sys_##name
#define FUNCTION_user(name) sys_##name
#define FUNCTION_none(name) NULL

enum {
#define A(kind) +(KIND_##kind != KIND_nothing)
#define SYS(name, generic, arm32, ret, how, args, note) NARGS_##name = 0 args,
#include "syscall/syscall.def"
#undef SYS
#undef A
};

const struct row syscall_rows[ROW_COUNT] = {
#define A(kind) KIND_##kind,
#define SYS(row_name, generic, arm32, ret, row_how, args, row_note)                                \
    [ROW_##row_name] = {                                                                           \
        .name = #row_name,                                                                         \
        .note = row_note,                                                                          \
        .function = FUNCTION_##row_how(row_name),                                                  \
        .number = {generic, arm32},                                                                \
        .host = HOST_##row_how(row_name),                                                          \
        .how = HOW_##row_how,                                                                      \
        .result = RETURN_##ret,                                                                    \
        .nargs = NARGS_##row_name,                                                                 \
        .kind = {args},                                                                            \
    },
#include "syscall/syscall.def"
#undef SYS
#undef A
};

/* What the fast path needs of a row. The numbers a column has no call for have row 0 = none. */
struct quick {
    uint16_t row; /* index + 1 */
    uint16_t host;
    uint8_t how;
};

enum {
    NUMBERS = 480, /* above every number of the columns */
    COLUMNS = 2,
};

/* Rows that a column lacks (-1) go behind the numbers, each to a place of its own. */
#define PLACE(number, name) ((number) >= 0 ? (number) : NUMBERS + ROW_##name)
#define QUICK(name, how)    {ROW_##name + 1, HOST_##how(name), HOW_##how}

static const struct quick numbers[COLUMNS][NUMBERS + ROW_COUNT] = {
    {
#define SYS(name, generic, arm32, ret, how, args, note) [PLACE(generic, name)] = QUICK(name, how),
#include "syscall/syscall.def"
#undef SYS
    },
    {
#define SYS(name, generic, arm32, ret, how, args, note) [PLACE(arm32, name)] = QUICK(name, how),
#include "syscall/syscall.def"
#undef SYS
    },
};

#define SYS(name, generic, arm32, ret, how, args, note)                                            \
    _Static_assert((generic) < NUMBERS && (arm32) < NUMBERS, "raise NUMBERS");
#include "syscall/syscall.def"
#undef SYS

/* ---- names ---- */

const struct row *syscall_row(const struct guest_abi *abi, uint64_t number)
{
    if (number >= NUMBERS || !numbers[abi->column][number].row)
        return NULL;
    return &syscall_rows[numbers[abi->column][number].row - 1];
}

const char *syscall_name(const struct guest_abi *abi, uint64_t number)
{
    const struct row *row = syscall_row(abi, number);
    return row ? row->name : NULL;
}

bool syscall_always_restarts(const struct guest_abi *abi, uint64_t number, const uint64_t args[6])
{
    const struct row *row = syscall_row(abi, number);
    if (!row || row - syscall_rows != ROW_futex)
        return false;
    int op = (int)args[1] & FUTEX_CMD_MASK;
    return op == FUTEX_LOCK_PI || op == FUTEX_LOCK_PI2 || op == FUTEX_WAIT_REQUEUE_PI;
}

/* ---- service ---- */

static int64_t raw_call(long number, const uint64_t args[6])
{
    return host_syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

static int64_t not_there(const struct row *row, uint64_t number)
{
    if (log_on(LOG_UNIMP)) {
        if (row)
            log_print("system call %s: not implemented: %s\n", row->name, row->note);
        else
            log_print("system call %llu: unknown\n", (unsigned long long)number);
    }
    return -ENOSYS;
}

int64_t syscall_serve(struct task *task, const struct row *row, const uint64_t args[6])
{
    bool narrow = task_abi(task)->word != 8;
    uint64_t wide[6];
    switch ((enum how)row->how) {
    case HOW_raw:
        return narrow ? convert_call(task, row, args, false) : raw_call(row->host, args);
    case HOW_wait:
        return narrow ? convert_call(task, row, args, true)
                      : safe_syscall(task_attention(task), row->host, args);
    case HOW_conv:
        return convert_call(task, row, args, true);
    case HOW_fn:
    case HOW_user:
        if (!narrow)
            return row->function(task, args);
        convert_widen(row, args, wide);
        return row->function(task, wide);
    case HOW_none:
        break;
    }
    return not_there(row, 0);
}

void syscall_untag(const struct guest_abi *abi, uint64_t number, uint64_t args[6])
{
    const struct row *row = syscall_row(abi, number);
    for (unsigned i = 0; row && i < row->nargs; i++) {
        enum pass pass = syscall_kinds[row->kind[i]].pass;
        if (pass == PASS_pointer || pass == PASS_path || pass == PASS_in || pass == PASS_out ||
            pass == PASS_inout)
            args[i] = (uint64_t)((int64_t)(args[i] << 8) >> 8);
    }
}

long syscall_quick(const struct guest_abi *abi, uint64_t number)
{
    if (number >= NUMBERS || log_on(LOG_STRACE) || abi->word != 8)
        return -1;
    const struct quick *quick = &numbers[abi->column][number];
    return quick->how == HOW_raw && quick->row ? quick->host : -1;
}

int64_t syscall_dispatch(struct task *task, uint64_t number, const uint64_t args[6])
{
    const struct guest_abi *abi = task_abi(task);
    if (number >= NUMBERS || !numbers[abi->column][number].row) {
        if (log_on(LOG_STRACE))
            return strace_call(task, NULL, number, args);
        return not_there(NULL, number);
    }
    const struct quick *quick = &numbers[abi->column][number];
    if (log_on(LOG_STRACE))
        return strace_call(task, &syscall_rows[quick->row - 1], number, args);
    if (abi->word == 8 && quick->how == HOW_wait)
        return safe_syscall(task_attention(task), quick->host, args);
    return syscall_serve(task, &syscall_rows[quick->row - 1], args);
}

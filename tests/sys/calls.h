/* Every row of syscall.def with this architecture's number, for tests that go through them all. */
#ifndef FERRY_TESTS_SYS_CALLS_H
#define FERRY_TESTS_SYS_CALLS_H

#include "guest.h"
#include "../../syscall/host_number.h"

#ifndef SYS_renameat
#define SYS_renameat -1 /* riscv64 has renameat2 only */
#endif
#ifndef SYS_riscv_hwprobe
#define SYS_riscv_hwprobe -1
#endif
#ifndef SYS_riscv_flush_icache
#define SYS_riscv_flush_icache -1
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret -1
#endif
#ifndef SYS_map_shadow_stack
#define SYS_map_shadow_stack -1
#endif
#ifndef SYS_mseal
#define SYS_mseal -1
#endif

/* A number of -1: this architecture has no such call. `kinds` are the arguments', a space behind
 * each. */
static const struct {
    const char *name, *how, *kinds;
    int number;
} calls[] = {
#define A(kind) #kind " "
#define SYS(name, generic, arm32, ret, how, args, note) {#name, #how, "" args, SYS_##name},
#include "../../syscall/syscall.def"
#undef SYS
#undef A
};

static inline bool is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

#endif

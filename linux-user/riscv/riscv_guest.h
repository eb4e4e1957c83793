/* What the files of linux-user/riscv share: the registers of a task by their numbers. */
#ifndef FERRY_LINUX_USER_RISCV_GUEST_H
#define FERRY_LINUX_USER_RISCV_GUEST_H

#include "frontend/riscv/riscv.h"
#include "linux-user/guest.h"
#include "linux-user/task.h"
#include "linux-user/vdso_call.h"

enum { RV_RA = 1, RV_SP = 2, RV_TP = 4, RV_FP = 8, RV_A0 = 10, RV_A7 = 17 };

/* Offset of the home of register x1 to x31. */
#define RV_HOME(n) (RV_STATE_X1 + ((n) - 1) * 8)

/* Home of register x1 to x31. */
static inline uint64_t *rv_x(struct cpu *cpu, unsigned n)
{
    return (uint64_t *)(cpu->state + RV_STATE_X1) + n - 1;
}

static inline uint64_t rv_get(const struct cpu *cpu, unsigned n)
{
    return ((const uint64_t *)(cpu->state + RV_STATE_X1))[n - 1];
}

/* Where the general registers begin in a signal frame. */
enum { RV_FRAME_GREGSET = 304 };

int riscv_push_frame(struct task *task, const struct frame_request *request);
int riscv_pop_frame(struct task *task, uint64_t *mask, uint64_t altstack[3]);

/* What __vdso_* functions that need no kernel call; replaces the frontend's helper. */
uint64_t riscv_hostcall(struct cpu *cpu, uint64_t function, uint64_t b, uint64_t c);

/* riscv_hwprobe(2). */
int64_t riscv_probe(struct task *task, const uint64_t args[6]);

enum { VDSO_HWPROBE = VDSO_CALL_OWN };

#endif

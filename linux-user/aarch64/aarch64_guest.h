/* What the files of linux-user/aarch64 share: the registers of a task by their numbers. */
#ifndef FERRY_LINUX_USER_AARCH64_GUEST_H
#define FERRY_LINUX_USER_AARCH64_GUEST_H

#include "frontend/aarch64/aarch64.h"
#include "linux-user/guest.h"
#include "linux-user/task.h"
#include "linux-user/vdso_call.h"

enum { A64_FP = 29, A64_LR = 30, A64_SP = 31 };

/* Home of register x0 to x30, or of sp. */
static inline uint64_t *a64_x(struct cpu *cpu, unsigned n)
{
    return (uint64_t *)(cpu->state + A64_STATE_x0) + n;
}

static inline uint64_t a64_get(const struct cpu *cpu, unsigned n)
{
    return ((const uint64_t *)(cpu->state + A64_STATE_x0))[n];
}
static_assert((int)A64_STATE_sp == (int)A64_STATE_x0 + 8 * A64_SP, "state.def");

int a64_push_frame(struct task *task, const struct frame_request *request);
int a64_pop_frame(struct task *task, uint64_t *mask, uint64_t altstack[3]);

/* Bytes of a signal frame with its frame record, and where its general registers begin. */
enum { A64_FRAME_SIZE = 4704, A64_FRAME_GREGSET = 312 };

#endif

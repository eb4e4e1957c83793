/*
 * Signal frames of RISC-V Linux (arch/riscv/kernel/signal.c): siginfo and ucontext on the handler's
 * stack, the trampoline in the vDSO as return address.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "linux-user/riscv/riscv_guest.h"

/* arch/riscv/include/uapi/asm/{ptrace,sigcontext,ucontext}.h */
struct rv_sigcontext {
    uint64_t pc, x[31];
    /* union __riscv_fp_state: the D state, padded to the Q state's size */
    uint64_t f[32];
    uint32_t fcsr;
    uint8_t q_rest[512 - 256 - 4];
    uint32_t q_fcsr, reserved[3]; /* extensions would start here; a zero header ends their list */
};

struct rv_ucontext {
    uint64_t flags, link;
    uint64_t stack_sp;
    uint32_t stack_flags, stack_pad;
    uint64_t stack_size;
    uint64_t mask;
    uint8_t unused[1024 / 8 - 8];
    _Alignas(16) struct rv_sigcontext context;
};

struct rv_frame {
    uint8_t info[128];
    struct rv_ucontext uc;
};
static_assert(sizeof(struct rv_sigcontext) == 256 + 528, "struct sigcontext");
static_assert(offsetof(struct rv_ucontext, mask) == 40, "struct ucontext");
static_assert(offsetof(struct rv_ucontext, context) == 176, "struct ucontext");
static_assert(offsetof(struct rv_frame, uc.context) == RV_FRAME_GREGSET, "gregset_layout");
static_assert(sizeof(siginfo_t) == 128, "the guest's siginfo is the host's");

int riscv_push_frame(struct task *t, const struct frame_request *r)
{
    struct cpu *cpu = &t->vcpu->cpu;
    struct rv_frame f;
    uint64_t at = (r->sp - sizeof f) & ~UINT64_C(15);
    /* A nested handler must not run over the alternate stack's end into whatever lies below. */
    if (r->on_altstack && at - r->altstack[0] >= r->altstack[2])
        return -EFAULT;
    memset(&f, 0, sizeof f);
    memcpy(f.info, r->info, sizeof f.info);
    f.uc.stack_sp = r->altstack[0];
    f.uc.stack_flags = (uint32_t)r->altstack[1];
    f.uc.stack_size = r->altstack[2];
    f.uc.mask = r->saved_mask;
    f.uc.context.pc = cpu->exit_pc;
    memcpy(f.uc.context.x, cpu->state + RV_STATE_X1, sizeof f.uc.context.x);
    memcpy(f.uc.context.f, cpu->state + RV_STATE_F0, sizeof f.uc.context.f);
    f.uc.context.fcsr = riscv_get_fcsr(cpu);
    if (copy_out(t, at, &f, sizeof f) != 0)
        return -EFAULT;
    *rv_x(cpu, RV_RA) = t->process->program->vdso_sigreturn;
    *rv_x(cpu, RV_SP) = at;
    *rv_x(cpu, RV_A0) = (uint64_t)r->signal;
    *rv_x(cpu, RV_A0 + 1) = at;
    *rv_x(cpu, RV_A0 + 2) = at + offsetof(struct rv_frame, uc);
    cpu->exit_pc = r->action->handler & ~UINT64_C(1);
    return 0;
}

int riscv_pop_frame(struct task *t, uint64_t *mask, uint64_t altstack[3])
{
    struct cpu *cpu = &t->vcpu->cpu;
    struct rv_frame f;
    if (copy_in(t, &f, rv_get(cpu, RV_SP), sizeof f) != 0)
        return -EFAULT;
    /* The kernel refuses a context with extensions that it does not know. */
    if (f.uc.context.reserved[0] || f.uc.context.reserved[1] || f.uc.context.reserved[2])
        return -EFAULT;
    *mask = f.uc.mask;
    altstack[0] = f.uc.stack_sp;
    altstack[1] = f.uc.stack_flags;
    altstack[2] = f.uc.stack_size;
    cpu->exit_pc = f.uc.context.pc & ~UINT64_C(1);
    memcpy(cpu->state + RV_STATE_X1, f.uc.context.x, sizeof f.uc.context.x);
    memcpy(cpu->state + RV_STATE_F0, f.uc.context.f, sizeof f.uc.context.f);
    riscv_set_fcsr(cpu, f.uc.context.fcsr);
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
    return 0;
}

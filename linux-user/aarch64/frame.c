/*
 * Signal frames of arm64 Linux (arch/arm64/kernel/signal.c): siginfo and ucontext on the handler's
 * stack, above them a frame record; what is beyond the base registers stands in a list of records
 * inside the sigcontext.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "linux-user/aarch64/aarch64_guest.h"

/* arch/arm64/include/uapi/asm/{sigcontext,ucontext}.h */
struct a64_record {
    uint32_t magic, size;
};

enum { FPSIMD_MAGIC = 0x46508001, ESR_MAGIC = 0x45535201, EXTRA_MAGIC = 0x45585401 };

struct a64_fpsimd {
    struct a64_record head;
    uint32_t fpsr, fpcr;
    uint8_t v[32][16];
};

struct a64_esr {
    struct a64_record head;
    uint64_t esr;
};

enum {
    A64_RECORDS_END = 16, /* a header of zeros, and what keeps the next thing aligned */
    A64_RECORDS_OURS = sizeof(struct a64_fpsimd) + sizeof(struct a64_esr) + A64_RECORDS_END,
};

/* Mode, width and interrupt masks: another exception level's, which no frame may ask for. */
enum { PSTATE_NOT_USER = 0x3df };

struct a64_extra {
    struct a64_record head;
    uint64_t datap;
    uint32_t size, reserved[3];
};

struct a64_sigcontext {
    uint64_t fault_address, x[31], sp, pc, pstate;
    _Alignas(16) uint8_t records[4096];
};

struct a64_ucontext {
    uint64_t flags, link;
    uint64_t stack_sp;
    uint32_t stack_flags, stack_pad;
    uint64_t stack_size;
    uint64_t mask;
    uint8_t unused[1024 / 8 - 8];
    _Alignas(16) struct a64_sigcontext context;
};

struct a64_frame {
    uint8_t info[128];
    struct a64_ucontext uc;
    uint64_t next[2]; /* the frame record */
};
static_assert(offsetof(struct a64_sigcontext, records) == 288, "struct sigcontext");
static_assert(offsetof(struct a64_ucontext, context) == 176, "struct ucontext");
static_assert(sizeof(struct a64_frame) <= A64_FRAME_SIZE, "AT_MINSIGSTKSZ");
static_assert(offsetof(struct a64_frame, uc.context.x) == A64_FRAME_GREGSET, "gregset_layout");
static_assert(sizeof(siginfo_t) == 128, "the guest's siginfo is the host's");

/* ESR_EL1 of a data abort from EL0: class, 32-bit instruction, store, why (Arm ARM D24.2.40). */
static uint64_t data_abort(const siginfo_t *info, bool write)
{
    enum { CLASS = 0x24, LEVEL3_TRANSLATION = 0x07, LEVEL3_PERMISSION = 0x0f, EXTERNAL = 0x10 };
    unsigned why = info->si_signo == SIGBUS            ? EXTERNAL
                   : info->si_code == SEGV_ACCERR ? LEVEL3_PERMISSION
                                                  : LEVEL3_TRANSLATION;
    return (uint64_t)CLASS << 26 | 1u << 25 | (write ? 1u << 6 : 0u) | why;
}

static bool is_memory_fault(const siginfo_t *info)
{
    return (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) && info->si_code > 0 &&
           info->si_code != SI_KERNEL;
}

/* Returns how many bytes of records there are. */
static size_t save_context(const struct cpu *cpu, const struct frame_request *r,
                           struct a64_sigcontext *c)
{
    uint8_t *record = c->records;
    struct a64_fpsimd fp = {.head = {FPSIMD_MAGIC, sizeof fp},
                            .fpsr = a64_get_fpsr(cpu),
                            .fpcr = a64_get_fpcr(cpu)};
    memcpy(c->x, cpu->state + A64_STATE_x0, sizeof c->x);
    c->sp = a64_get(cpu, A64_SP);
    c->pc = cpu->exit_pc;
    c->pstate = a64_get_nzcv(cpu);
    memcpy(fp.v, cpu->state + A64_STATE_v0, sizeof fp.v);
    memcpy(record, &fp, sizeof fp);
    record += sizeof fp;
    if (is_memory_fault(r->info)) {
        struct a64_esr esr = {{ESR_MAGIC, sizeof esr}, data_abort(r->info, r->write)};
        c->fault_address = (uint64_t)(uintptr_t)r->info->si_addr;
        memcpy(record, &esr, sizeof esr);
        record += sizeof esr;
    }
    memset(record, 0, A64_RECORDS_END); /* a record of zeros ends the list */
    return (size_t)(record - c->records) + A64_RECORDS_END;
}

int a64_push_frame(struct task *t, const struct frame_request *r)
{
    enum { GUEST_SA_RESTORER = 0x04000000 };
    struct cpu *cpu = &t->vcpu->cpu;
    struct a64_frame f;
    uint64_t next = (r->sp - sizeof f.next) & ~UINT64_C(15);
    uint64_t at = next - offsetof(struct a64_frame, next);
    static_assert(offsetof(struct a64_frame, next) % 16 == 0, "the stack stays aligned");
    /* A nested handler must not run over the alternate stack's end into whatever lies below. */
    if (r->on_altstack && at - r->altstack[0] >= r->altstack[2])
        return -EFAULT;
    memset(&f, 0, offsetof(struct a64_frame, uc.context.records));
    memcpy(f.info, r->info, sizeof f.info);
    f.uc.stack_sp = r->altstack[0];
    f.uc.stack_flags = (uint32_t)r->altstack[1];
    f.uc.stack_size = r->altstack[2];
    f.uc.mask = r->saved_mask;
    size_t used = save_context(cpu, r, &f.uc.context);
    f.next[0] = a64_get(cpu, A64_FP);
    f.next[1] = a64_get(cpu, A64_LR);
    /* As in the kernel the rest of the place for records stays what it was. */
    if (copy_out(t, at, &f, offsetof(struct a64_frame, uc.context.records) + used) != 0 ||
        copy_out(t, next, f.next, sizeof f.next) != 0)
        return -EFAULT;
    *a64_x(cpu, 0) = (uint64_t)r->signal;
    *a64_x(cpu, 1) = at;
    *a64_x(cpu, 2) = at + offsetof(struct a64_frame, uc);
    *a64_x(cpu, A64_FP) = next;
    *a64_x(cpu, A64_LR) = r->action->flags & GUEST_SA_RESTORER
                              ? r->action->restorer
                              : t->process->program->vdso_sigreturn;
    *a64_x(cpu, A64_SP) = at;
    cpu->exit_pc = r->action->handler;
    return 0;
}

/* What the records of a frame say. */
struct parsed {
    struct a64_fpsimd fp;
    bool has_fp;
};

/* One list of records; `extra` gets the continuation, or size 0. False: not a list that we wrote. */
static bool parse_records(const uint8_t *at, size_t size, struct parsed *p, struct a64_extra *extra)
{
    for (size_t i = 0; i + sizeof(struct a64_record) <= size;) {
        struct a64_record head;
        memcpy(&head, at + i, sizeof head);
        if (!head.magic)
            return head.size == 0;
        if (head.size < sizeof head || head.size % 16 || head.size > size - i)
            return false;
        switch (head.magic) {
        case FPSIMD_MAGIC:
            if (p->has_fp || head.size != sizeof p->fp)
                return false;
            memcpy(&p->fp, at + i, sizeof p->fp);
            p->has_fp = true;
            break;
        case ESR_MAGIC:
            break;
        case EXTRA_MAGIC:
            if (extra->size || head.size < sizeof *extra)
                return false;
            memcpy(extra, at + i, sizeof *extra);
            break;
        default:
            return false;
        }
        i += head.size;
    }
    return false; /* no end */
}

/* A long context goes on behind the frame; we write none, but a program may. */
static bool parse_extra(struct task *t, const struct a64_extra *extra, struct parsed *p)
{
    uint8_t more[4096];
    struct a64_extra none = {.size = 1}; /* there is no third part */
    return extra->size <= sizeof more && extra->size % 16 == 0 &&
           copy_in(t, more, extra->datap, extra->size) == 0 &&
           parse_records(more, extra->size, p, &none);
}

/* A frame with `size` bytes of records. False: not readable, or no list that ends in them. */
static bool read_frame(struct task *t, uint64_t sp, struct a64_frame *f, size_t size,
                       struct parsed *p, struct a64_extra *extra)
{
    *p = (struct parsed){.has_fp = false};
    *extra = (struct a64_extra){.size = 0};
    return copy_in(t, f, sp, offsetof(struct a64_frame, uc.context.records) + size) == 0 &&
           parse_records(f->uc.context.records, size, p, extra);
}

int a64_pop_frame(struct task *t, uint64_t *mask, uint64_t altstack[3])
{
    struct cpu *cpu = &t->vcpu->cpu;
    const uint64_t sp = a64_get(cpu, A64_SP);
    struct a64_frame f;
    struct parsed p;
    struct a64_extra extra;
    const struct a64_sigcontext *c = &f.uc.context;
    /* Our own records are few; a program may have put more there. */
    if (sp % 16 || (!read_frame(t, sp, &f, A64_RECORDS_OURS, &p, &extra) &&
                    !read_frame(t, sp, &f, sizeof c->records, &p, &extra)) ||
        (extra.size && !parse_extra(t, &extra, &p)) || !p.has_fp)
        return -EFAULT;
    if (c->pstate & PSTATE_NOT_USER)
        return -EFAULT;
    *mask = f.uc.mask;
    altstack[0] = f.uc.stack_sp;
    altstack[1] = f.uc.stack_flags;
    altstack[2] = f.uc.stack_size;
    memcpy(cpu->state + A64_STATE_x0, c->x, sizeof c->x);
    *a64_x(cpu, A64_SP) = c->sp;
    cpu->exit_pc = c->pc;
    a64_set_nzcv(cpu, (uint32_t)c->pstate);
    memcpy(cpu->state + A64_STATE_v0, p.fp.v, sizeof p.fp.v);
    a64_set_fpcr(cpu, p.fp.fpcr);
    a64_set_fpsr(cpu, p.fp.fpsr);
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
    return 0;
}

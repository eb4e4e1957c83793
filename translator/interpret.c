/*
 * -accel interp: guest programs run by the IR interpreter. It is the oracle that the backend is
 * held against, so it shares the frontend and nothing else with translated code.
 */
#include "translator/internal.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "ir/fp.h"
#include "util/log.h"

enum { INTERPRETER_BLOCKS = 256 };

/* A thread's recently used blocks, direct-mapped by pc. */
struct interpreter {
    uint64_t invalidations; /* the translator's count when `known` was last valid */
    jmp_buf fault;
    volatile sig_atomic_t active;
    struct {
        struct block_key key;
        bool valid;
    } known[INTERPRETER_BLOCKS];
    struct ir_block block[INTERPRETER_BLOCKS];
};

/* Not inlined: setjmp's caller keeps no variable of it. */
__attribute__((noinline)) static struct interpreter *interpreter_of(struct translator_thread *th)
{
    if (!th->interpreter) {
        void *p = mmap(NULL, sizeof *th->interpreter, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED)
            die("out of memory for the interpreter");
        th->interpreter = p;
    }
    return th->interpreter;
}

void interpreter_destroy(struct translator_thread *th)
{
    if (th->interpreter)
        munmap(th->interpreter, sizeof *th->interpreter);
}

/* NULL: the pc cannot be fetched. */
static const struct ir_block *block_for(struct translator *t, struct interpreter *in, struct vcpu *v)
{
    struct block_key key;
    uint64_t invalidations = atomic_load(&t->invalidations);
    if (invalidations != in->invalidations) {
        for (unsigned i = 0; i < INTERPRETER_BLOCKS; i++)
            in->known[i].valid = false;
        in->invalidations = invalidations;
    }
    if (!current_key(t, v, &key))
        return NULL;
    unsigned i = (unsigned)(key.pc >> 1) % INTERPRETER_BLOCKS;
    struct block_key *known = &in->known[i].key;
    struct ir_block *b = &in->block[i];
    if (in->known[i].valid && known->pc == key.pc && known->backing == key.backing && known->mode == key.mode)
        return b;
    translate_ir(t, v, b, key.pc, key.mode, 0);
    *known = key;
    /* What leaves the page may find another one behind it the next time. */
    in->known[i].valid = !t->options.machine || (b->hi - 1) >> PAGE_BITS == b->pc >> PAGE_BITS;
    v->thread->stats.blocks++;
    v->thread->stats.guest_insns += b->nguest;
    return t->options.machine && cannot_be_fetched(b) ? NULL : b;
}

enum ir_exit interpreter_run(struct vcpu *v)
{
    struct translator *t = v->translator;
    struct translator_thread *th = v->thread;
    struct cpu *cpu = &v->cpu;
    struct interpreter *in = interpreter_of(th);
    if (setjmp(in->fault)) {
        mxcsr_to_host(cpu);
        return IR_EXIT_FAULT;
    }
    for (;;) {
        if (__atomic_load_n(&cpu->attention, __ATOMIC_RELAXED))
            return IR_EXIT_NONE;
        const struct ir_block *b = block_for(t, in, v);
        if (!b)
            return IR_EXIT_FETCH;
        if (log_on(LOG_EXEC))
            log_print("Trace: interp [%016llx/%08x]\n", (unsigned long long)b->pc, b->mode);
        mxcsr_to_guest(cpu);
        in->active = 1;
        enum ir_exit reason = ir_interpret(b, cpu);
        in->active = 0;
        mxcsr_to_host(cpu);
        if (reason != IR_EXIT_NONE && reason != IR_EXIT_LOOKUP &&
            !translator_serve_flush(t, cpu, reason))
            return reason;
    }
}

/* Where a fault of the guest's goes on: on the interpreter's own stack, outside the handler. */
static void land(struct interpreter *in)
{
    in->active = 0;
    longjmp(in->fault, 1);
}

_Noreturn void interpreter_miss_fault(struct vcpu *v)
{
    v->cpu.exit_reason = IR_EXIT_FAULT;
    land(v->thread->interpreter);
    __builtin_unreachable();
}

bool interpreter_fault(struct vcpu *v, void *ucontext)
{
    struct interpreter *in = v->thread->interpreter;
    if (!in || !in->active)
        return false;
    greg_t *gregs = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
    v->cpu.exit_reason = IR_EXIT_FAULT;
    gregs[REG_RDI] = (greg_t)(uintptr_t)in;
    gregs[REG_RSP] = (greg_t)((((uintptr_t)gregs[REG_RSP] - 256) & ~(uintptr_t)15) - 8);
    gregs[REG_RIP] = (greg_t)(uintptr_t)land;
    return true;
}

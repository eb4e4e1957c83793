/*
 * The translator: finds or makes host code for guest pcs and runs it. Shared by all threads of a
 * process. Running and finding code takes no lock; see cache.c and link.c for how.
 */
#ifndef FERRY_TRANSLATOR_TRANSLATOR_H
#define FERRY_TRANSLATOR_TRANSLATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "frontend/frontend.h"
#include "ir/cpu.h"

struct translator;
struct translator_thread; /* a thread's part: code chunk, scratch, epoch */
struct translator_view;   /* a jump table and a return stack: see view.c */

/* One guest thread as the runtime sees it. Allocate with translator_vcpu_create. */
struct vcpu {
    struct cpu cpu; /* first: generated code addresses it */
    struct translator *translator;
    struct translator_thread *thread;
    void *owner; /* the linux-user thread or the system's hart */
};

/*
 * A machine's memory. Guest addresses go through the TLB, and what a pc leads to may change:
 * translations are kept by the host address of the guest's code beside its pc.
 */
struct translator_machine {
    /*
     * The host address of the code at `pc` as the vcpu sees it now, and in *size how many bytes
     * from there lie in the same page; NULL: the fetch faults, and translator_run returns
     * IR_EXIT_FETCH. If `translate`, the code is about to be read: from now on, changes of that
     * page must be told to translator_invalidate.
     */
    const uint8_t *(*fetch)(struct vcpu *v, uint64_t pc, size_t *size, bool translate);
    /* As struct cpu's. Where the guest faults, it ends in translator_miss_fault. */
    uint32_t (*miss)(struct cpu *cpu);
    /* cpu.mode has changed: selects the view for it. */
    void (*mode_changed)(struct vcpu *v);
};

struct translator_options {
    const struct frontend *frontend;
    struct cpu_config config;
    struct code_source source;                /* of a process */
    const struct translator_machine *machine; /* NULL: a process */
    /*
     * Offered each system call (IR_EXIT_SYSCALL, IR_EXIT_SYSTEM) first: serves it and returns true,
     * and the guest goes on at once; or false, and translator_run returns. The guest's FP mode is
     * in force, and a flush waits for its end: only for calls that are over soon. NULL: none.
     */
    bool (*call)(struct vcpu *v);
    size_t cache_size;        /* bytes of host code at most; 0: the default */
    bool interpret;           /* -accel interp */
    bool single_insn;         /* -one-insn-per-tb */
    bool no_chain;            /* -d nochain */
    int int_pins, float_pins; /* -1: defaults */
    uint32_t host_features;   /* mask over backend_host_features(); UINT32_MAX: all */
};

/* Makes the process's translator. Ends the process with a message when memory is short. */
struct translator *translator_create(const struct translator_options *options);

/* What its blocks are translated for. */
const struct cpu_config *translator_config(const struct translator *t);

/* A vcpu for the calling or a future thread: reset state, not yet running. NULL with errno on
 * failure. */
struct vcpu *translator_vcpu_create(struct translator *t);
/* Gives a vcpu back; the thread must not be in translated code. */
void translator_vcpu_destroy(struct vcpu *v);

/*
 * Runs guest code from v->cpu.exit_pc until something needs the caller: returns the reason; the pc
 * to continue at is in v->cpu.exit_pc and every slot is at home. IR_EXIT_NONE: attention was asked
 * for; the caller clears cpu.attention before it looks for what it was asked for. IR_EXIT_LOOKUP
 * and the two IR_EXIT_FLUSH are handled inside and never returned.
 */
enum ir_exit translator_run(struct vcpu *v);

/*
 * Gives back the vcpu of a process that shared our memory and the calling thread's thread-local
 * storage (vfork) and that has ended, killed at any point perhaps.
 */
void translator_vcpu_bury(struct vcpu *v);

/* Says that translator_run has been left by longjmp, out of code_source.window. */
void translator_escaped(struct vcpu *v);

/* Asks a running vcpu to leave soon. Any thread, async-signal-safe. */
void translator_kick(struct vcpu *v);

/*
 * From a host signal handler of the vcpu's own thread. If the interrupted pc is in translated code,
 * or in a helper or load of the interpreter on behalf of the guest, writes the precise guest state
 * home, sets exit_reason to IR_EXIT_FAULT and changes the ucontext so that returning from the
 * handler leaves translator_run with it. Returns false if the fault is not the guest's. Also mends
 * faults that are the translator's own business (shadow stack overflow): then returns true and the
 * guest just goes on, with *handled true.
 */
bool translator_fault(struct vcpu *v, void *ucontext, bool *handled);

/*
 * After translator_fault found a fault of the guest's: leaves translator_run at once, which saves
 * the host's sigreturn. The caller has set the host's signal mask back. Returns where that is not
 * possible (-accel interp); then returning from the handler does it.
 */
void translator_fault_leave(struct vcpu *v, const void *ucontext);

/*
 * From translator_machine.miss: the access faults. Leaves translator_run with IR_EXIT_FAULT, the
 * guest's state at home as before the instruction.
 */
_Noreturn void translator_miss_fault(struct vcpu *v);

/*
 * Views: what a machine's vcpu believes about where pcs lead, a jump table and predictions of
 * returns. A vcpu has one from the start; a machine makes more, for privileges, address spaces and
 * modes that take turns, and keeps in order what each believes. Only the vcpu's own thread uses
 * these. NULL: no memory.
 */
struct translator_view *translator_view_create(struct vcpu *v);
struct translator_view *translator_view_first(struct vcpu *v);
void translator_view_select(struct vcpu *v, struct translator_view *view);
/* Forgets all, or what concerns the page of guest address `page`. */
void translator_view_forget(struct vcpu *v, struct translator_view *view);
void translator_view_forget_page(struct vcpu *v, struct translator_view *view, uint64_t page);

/* True if the host pc is inside translated code or stubs. Async-signal-safe. */
bool translator_owns(const struct translator *t, uintptr_t host_pc);

/*
 * The guest's code in [start, start+size) has changed or gone: forgets all translations of it.
 * Guest addresses in a process, host addresses in a machine.
 */
void translator_invalidate(struct translator *t, uint64_t start, uint64_t size);

/* Guest address range of Ferry's own memory (code cache); for the address space's reserved list. */
void translator_reserved(const struct translator *t, uintptr_t *start, size_t *size);

/*
 * Around a fork that copies memory (not vfork or CLONE_VM, which share the translator rightly).
 * Code memory is mapped shared, so the child needs a copy of its own: made before the fork while
 * only one vcpu exists; with several, the child starts with an empty cache. Call
 * translator_before_fork, fork, then translator_after_fork on both sides, in the child with child =
 * true: there only `self` is left. The token is what translator_before_fork returned. In between
 * the list of vcpus is locked.
 */
int translator_before_fork(struct translator *t);
void translator_after_fork(struct translator *t, struct vcpu *self, int token, bool child);

/* Counters for -d stats. */
struct translator_stats {
    uint64_t blocks, guest_insns, host_bytes, flushes, lookups, invalidated;
    uint64_t translate_ns;
};
void translator_stats(const struct translator *t, struct translator_stats *out);

#endif

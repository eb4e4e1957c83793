/*
 * What differs from guest to guest in running a process: where the calling convention keeps things,
 * what a signal frame looks like, what the processor calls itself. One folder and one `struct
 * guest` each (linux-user/riscv/…); nothing else in linux-user knows a register.
 */
#ifndef FERRY_LINUX_USER_GUEST_H
#define FERRY_LINUX_USER_GUEST_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "frontend/frontend.h"
#include "ir/cpu.h"
#include "loader/vdso.h"
#include "syscall/syscall.h"

struct task;

/* An action as rt_sigaction of every 64-bit guest keeps it. */
struct guest_action {
    uint64_t handler; /* 0: default, 1: ignore */
    uint64_t flags;
    uint64_t mask;
    uint64_t restorer; /* where the guest has one */
};

/* Everything a frame needs. */
struct frame_request {
    int signal;
    const siginfo_t *info;
    const struct guest_action *action;
    uint64_t saved_mask;  /* what sigreturn restores */
    uint64_t sp;          /* where the frame goes below: the interrupted or the alternate stack */
    uint64_t altstack[3]; /* sp, flags, size as saved in the frame */
    bool on_altstack;     /* already: a frame that does not fit must not be written */
    bool write;           /* of a memory fault: the access was a store */
};

enum { GREGSET_MAX = 34, FPREGSET_MAX = 528 };

/*
 * The general registers as the kernel's elf_gregset_t has them, which core files, unwinders and
 * debuggers share: 64-bit words, of which the first 32 are DWARF's registers, but for the pc.
 */
struct gregset_layout {
    uint8_t words;         /* in all */
    uint8_t pc, sp, fp, ra; /* which word */
    int8_t frame_record;   /* {caller's fp, return address} is this many bytes from fp */
    uint16_t in_frame;     /* the same words in a signal frame: bytes from its sp */
};

/*
 * Where the registers of a system call have their homes: offsets in cpu->state. Data, not functions,
 * as behind a host's system call the processor has forgotten where indirect calls lead.
 */
struct guest_call {
    uint16_t number, args, result; /* the six arguments in a row */
    uint8_t number_size;           /* bytes of the number that count */
};

struct guest {
    const struct frontend *frontend;
    struct guest_abi abi;
    struct vdso_spec vdso;
    const char *platform;   /* AT_PLATFORM, NULL: none */
    uint64_t address_limit; /* first address that no mapping may reach */
    unsigned address_bits;  /* of the kernel's layout that this guest sees; see aspace.h */
    int extra_prot;         /* PROT_* besides the generic ones, as mprotect takes them */
    unsigned signal_stack;  /* AT_MINSIGSTKSZ: bytes that a signal frame may take */
    unsigned min_altstack;  /* the smallest alternate stack, MINSIGSTKSZ */
    bool has_restorer;      /* struct sigaction has sa_restorer, between flags and mask */
    bool bad_frame_at_sp;   /* SIGSEGV for a bad frame names the stack pointer; else it is bare */

    /* Auxiliary vector: AT_HWCAP and AT_HWCAP2 for a configuration. */
    uint64_t (*hwcap)(const struct cpu_config *config);
    uint64_t (*hwcap2)(const struct cpu_config *config);

    /* A fresh program: everything but pc, which is v->cpu.exit_pc. */
    void (*start)(struct cpu *cpu, uint64_t sp);

    uint64_t (*stack_pointer)(const struct cpu *cpu);
    struct guest_call call;
    /* Goes back to the call instruction with its first argument restored. */
    void (*restart)(struct cpu *cpu, uint64_t first_arg);
    /* The child of a clone: returns 0, on `sp` and with `tls` unless these are 0 or not asked for.
     */
    void (*child)(struct cpu *cpu, uint64_t sp, bool set_tls, uint64_t tls);

    /* Builds a frame and points the registers at the handler. 0 or -EFAULT, changing nothing. */
    int (*push_frame)(struct task *task, const struct frame_request *request);
    /* Takes the topmost frame: registers, mask and alternate stack. 0 or -EFAULT. */
    int (*pop_frame)(struct task *task, uint64_t *mask, uint64_t altstack[3]);

    /*
     * A fault at a non-canonical host address: true if the guest's addresses may carry tags and the
     * access is to be made again, from now on without them. NULL: they never do.
     */
    bool (*strip_tags)(struct cpu *cpu);

    /* prctl(2)'s options that only this guest has: a result, or -EINVAL. NULL: none. */
    int64_t (*prctl)(struct task *task, const uint64_t args[6]);

    struct gregset_layout gregset;
    void (*get_gregset)(const struct cpu *cpu, uint64_t words[GREGSET_MAX]);
    /* The registers of NT_PRFPREG, at most FPREGSET_MAX bytes. Returns how many. */
    size_t (*get_fpregset)(const struct cpu *cpu, uint8_t bytes[FPREGSET_MAX]);

    /* One line-oriented dump of the registers for reports, into `text`. */
    void (*print_registers)(const struct cpu *cpu, char *text, size_t size);

    /* /proc/cpuinfo of one processor. Returns its length. */
    size_t (*cpuinfo)(const struct cpu_config *config, unsigned number, char *text, size_t size);
};

static inline uint64_t guest_call_number(const struct guest *g, const struct cpu *cpu)
{
    uint64_t number;
    memcpy(&number, cpu->state + g->call.number, sizeof number);
    return g->call.number_size == 4 ? (uint32_t)number : number;
}

static inline void guest_call_args(const struct guest *g, const struct cpu *cpu, uint64_t args[6])
{
    memcpy(args, cpu->state + g->call.args, 6 * sizeof args[0]);
}

static inline void guest_set_result(const struct guest *g, struct cpu *cpu, int64_t result)
{
    memcpy(cpu->state + g->call.result, &result, sizeof result);
}

extern const struct guest guest_riscv64, guest_aarch64;

/* All guests of this build, NULL-terminated. */
extern const struct guest *const guests[];

/* The guest that runs programs of an ELF machine, class and byte order, or has a name; or NULL. */
const struct guest *guest_for_elf(unsigned machine, unsigned elf_class, unsigned data);
const struct guest *guest_by_name(const char *name, size_t length);

#endif

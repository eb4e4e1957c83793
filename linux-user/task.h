/*
 * A running guest: struct process, what its threads share, and struct task, one thread of it. A
 * guest thread is a host thread with a vcpu.
 *
 * Who may touch what:
 *   - a task belongs to its thread; other threads only walk the list of tasks, under process->lock;
 *   - host signal handlers touch the task's queue and fault, nothing else (signal_host.c);
 *   - process->lock, a ring's (uring.h) and the address space's are the only locks, taken in this
 *     order, never held while guest code runs or while a call blocks, and held over fork.
 *
 * A child of vfork (or any clone that shares memory but is another process) runs as a task with a
 * struct process of its own whose address space and translator are its parent's.
 */
#ifndef FERRY_LINUX_USER_TASK_H
#define FERRY_LINUX_USER_TASK_H

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "linux-user/aspace.h"
#include "linux-user/guest.h"
#include "linux-user/options.h"
#include "syscall/syscall.h"
#include "translator/translator.h"

enum {
    SIGNALS = 64,
    SIGRTMIN_KERNEL = 32, /* from here on each is queued; below, one of a number is pending at most */
    TASK_QUEUE = 16,   /* signals received and not yet delivered; the rest waits in the kernel */
    TASK_HISTORY = 32, /* calls remembered for the crash report, a power of two */
    TASK_STACK = 256 * 1024,
    TASK_ALTSTACK = 64 * 1024,
};

/* Signals the host has handed over. An entry is written by the handler while free, by the thread
 * while used. */
struct signal_queue {
    volatile uint64_t waiting;           /* whose: what signal_bit says */
    volatile uint32_t newest;            /* counts those that came */
    volatile uint32_t order[TASK_QUEUE]; /* 0: free; else first come, first served */
    siginfo_t info[TASK_QUEUE];
};

struct past_call {
    uint64_t number, args[6];
    int64_t result;
};

struct signal_state {
    uint64_t mask;  /* the guest's */
    bool suspended; /* in sigsuspend or its like: temporary mask below */
    uint64_t suspend_mask;
    uint64_t alt_sp, alt_size; /* alternate stack */
    uint32_t alt_flags;        /* as sigaltstack got them */
    struct signal_queue queue;
    volatile uint64_t host_mask;     /* what the host's mask is, */
    volatile bool host_mask_known;   /* if this says so */
    bool sent;      /* the thread has sent itself a signal that it takes at the end of the call: */
    siginfo_t own;
    siginfo_t fault; /* of the last IR_EXIT_FAULT */
    bool fault_write; /* it was a store */
};

struct exec_request;

struct task {
    struct vcpu *vcpu;
    struct process *process;
    struct task *next, *previous; /* of process->tasks */
    int tid;
    bool leader; /* runs on the process's first host thread */
    struct signal_state signal;
    uint8_t seccomp_mode;           /* SECCOMP_MODE_*; see seccomp.h */
    struct seccomp_filter *seccomp; /* the newest filter */
    struct uring *registered_rings[16]; /* by IORING_REGISTER_RING_FDS; see uring.h */
    bool restart; /* the last call was interrupted before it had an effect, */
    bool unmade;  /* even before it was made */
    jmp_buf escape;            /* out of a translation whose guest code cannot be read after all */
    volatile bool in_run;      /* in translator_run */
    unsigned escapes;          /* since translator_run last returned by itself */
    uint64_t escape_address;
    bool leaving; /* the thread shall end; status in exit_code */
    int exit_code;
    const struct past_call *call; /* being served; the newest of: */
    struct past_call history[TASK_HISTORY];
    unsigned ncalls;
    struct exec_request *exec; /* of the execve being made (exec.c) */
    uint8_t *memory; /* mapping that holds this task and its stacks; NULL for the first */
    uint8_t *altstack;
};

/* What one program of the process is; replaced never, execve starts anew. */
struct program {
    char path[PATH_MAX];       /* as the host opens it */
    char guest_path[PATH_MAX]; /* absolute, as the guest knows it: /proc/self/exe */
    char comm[16];
    int argc;
    char **argv;
    uint64_t entry, phdr, interp_base, load_bias, start_code, end_code, start_data, end_data;
    uint64_t stack_sp, arg_start, arg_end, env_start, env_end, auxv, auxv_size;
    uint64_t vdso, vdso_sigreturn;
    dev_t device; /* of its file */
    ino_t inode;
    unsigned phnum;
    bool executable_stack;     /* PT_GNU_STACK says so: for trampolines of nested functions */
};

struct process {
    const struct guest *guest;
    struct options *options;
    struct cpu_config config;
    struct translator *translator;
    struct aspace *as;
    struct program *program;
    uint32_t lock;
    struct task *tasks;
    unsigned ntasks;
    struct guest_action actions[SIGNALS + 1];
    uint64_t actions_known; /* bit SIG-1: the entry above has been read from the host or set */
    uint32_t personality;
    bool identity_shown; /* the host's kernel knows arguments, environment and auxiliary vector */
    struct seccomp_filter *seccomp_all; /* what SECCOMP_FILTER_FLAG_TSYNC gave to every thread */
    bool tagged_addresses; /* PR_SET_TAGGED_ADDR_CTRL */
    bool watch_deaths;  /* a report or a core file may be wanted: see signal_watch_deaths */
    struct task *dying; /* the thread that all others have been stopped for */
};

extern __thread struct task *current_task;

/* Futex locks, see aspace_lock for why not pthread's. */
void process_lock(struct process *p);
void process_unlock(struct process *p);

/* Adds a task to, or takes it from, the list of its process. */
void task_link(struct task *t);
void task_unlink(struct task *t);

/* Runs guest code until the task shall end. */
void cpu_loop(struct task *t);

/* translator_options.call: serves a call of a raw row without leaving the translator. */
bool quick_call(struct vcpu *v);

/* Starts a task's host side: alternate stack for handlers, thread-local pointer. */
void task_enter(struct task *t);

/* Ends the process as exit_group does. */
_Noreturn void process_exit(struct task *t, int status);

/* After cpu_loop: ends the thread, and with the last one the process. Returns only in threads. */
void task_finish(struct task *t);

/*
 * Stops all other threads of a process that is about to die, so that what is told of them holds: they
 * leave translated code and wait for the end. Of two threads that call it one goes on.
 */
void process_stop_others(struct task *t);

/* In a thread that was asked for attention: does not return if its process dies. */
void task_wait_if_dying(struct task *t);

/* After fork, in the child: forgets the other threads, makes the locks anew. */
void process_after_fork(struct task *t);

static inline const struct guest *task_guest(const struct task *t)
{
    return t->process->guest;
}

static inline uint64_t signal_bit(int signal)
{
    return UINT64_C(1) << (signal - 1);
}

#endif

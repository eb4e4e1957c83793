/*
 * Harts: the processors of a machine, each on its own host thread.
 *
 * hart.c is the same for every guest: threads, sleeping, stopping, requests from other threads, the
 * loop around translator_run. What the architecture says is in `struct arch`, one a guest (riscv/,
 * ...).
 *
 * A hart's own state (registers, CSRs, TLB) is touched by its thread only, unless it is stopped.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_HART_H
#define FERRY_SOFTMMU_SYSTEM_HART_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "softmmu-system/softmmu.h"
#include "translator/translator.h"

struct machine;
struct hart;

/* One request to a hart's thread. */
struct hart_work {
    void (*run)(struct hart *h, void *argument);
    void *argument;
    struct hart_work *next;
    _Atomic unsigned *left; /* not done yet; the work is on the asker's stack. NULL: allocated */
};

/* A processor architecture as a machine runs it. */
struct arch {
    const struct frontend *frontend;
    size_t hart_size;     /* of the structure that begins with struct hart */
    const struct softmmu_space *spaces; /* for softmmu_create */
    unsigned nspaces;

    /* Once, when the hart has been made: h->id, h->machine, h->vcpu are set. */
    void (*create)(struct hart *h);
    /* Power-on state; where to start is the machine's to say (`start`). The hart is stopped. */
    void (*reset)(struct hart *h);

    /*
     * Serves an exit of translated code (not FLUSH, LOOKUP): traps, privileged instructions,
     * waiting. All slots are at home; sets cpu.exit_pc where to go on. For IR_EXIT_FAULT, the fault
     * is what `walk` or softmmu reported: see softmmu.h.
     */
    void (*serve)(struct hart *h, enum ir_exit reason);

    /*
     * Offered IR_EXIT_SYSCALL and IR_EXIT_SYSTEM first: as `serve` and then `interrupt`, if it is
     * over soon and waits for no hart and no event; else false, with nothing done. Computes nothing
     * in floating point, as the guest's mode is in force. NULL: all are `serve`'s.
     */
    bool (*quick)(struct hart *h, enum ir_exit reason);

    /*
     * Called with nothing running, whenever attention was asked for and after each `serve`: takes
     * the most urgent interrupt that is pending and enabled, if any.
     */
    void (*interrupt)(struct hart *h);

    /*
     * True if waiting must end: an interrupt is pending and enabled one by one (whatever the global
     * enable).
     */
    bool (*wakes)(struct hart *h);

    /* The page walk; see softmmu.h. */
    softmmu_walk_fn *walk;

    /* `info registers`. The hart is stopped. */
    void (*print)(struct hart *h, FILE *out);
    /* `info mem`: what is mapped. The hart is stopped. NULL: cannot say. */
    void (*print_map)(struct hart *h, FILE *out);
};

extern const struct arch arch_riscv64;

struct hart {
    struct vcpu *vcpu;     /* owner points back */
    const struct arch *arch;
    struct machine *machine;
    struct softmmu *mmu;
    unsigned id;           /* from 0 */
    pthread_t thread;

    /* Interrupt inputs by the architecture's number, set by devices. */
    _Atomic uint64_t lines;

    /* A fault that softmmu reports, until `serve` takes it: valid at IR_EXIT_FAULT. */
    struct softmmu_fault fault;

    /* hart.c's own, under `mutex` */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct hart_work *work, **last_work; /* requested, in order */
    bool stop_wanted, stopped, quit;
    _Atomic bool signalled;              /* one of the above has changed */
    _Atomic bool sleeps;                 /* waits for `wake` */

    /*
     * Not started yet, or stopped by firmware: serves requests only. Changed by the hart's own
     * thread (in `serve` or a request) or while it is stopped.
     */
    _Atomic bool off;
};

static inline struct hart *hart_of(struct vcpu *v)
{
    return v->owner;
}

static inline struct cpu *hart_cpu(struct hart *h)
{
    return &h->vcpu->cpu;
}

/* Makes a hart; its thread is made by hart_run. Ends the program when memory is short. */
struct hart *hart_create(struct machine *m, const struct arch *arch, struct translator *t,
                         unsigned id);

/* For translator_options.call: arch->quick. */
bool hart_call(struct vcpu *v);

/* Starts the thread. All harts begin stopped until hart_resume_all. */
void hart_run(struct hart *h);

/*
 * Sets or clears an interrupt input; wakes or interrupts the hart if that changes anything. Any
 * thread.
 */
void hart_set_line(struct hart *h, unsigned number, bool level);

/* Makes the hart look at its interrupts soon, and ends its sleep. Any thread. */
void hart_kick(struct hart *h);

/*
 * Sleeps until arch->wakes, a request, or machine_clock reaches `deadline` (ns; INT64_MAX: never).
 * Own thread only, from arch->serve.
 */
void hart_wait(struct hart *h, int64_t deadline);

/*
 * Has `run` called in the thread of each hart of `mask` (bit = id), at a moment when it runs no
 * guest code, and returns when all have done it. From a hart's own thread (which serves its own
 * requests meanwhile, so two may ask each other) or from the event loop's. The machine's lock must
 * not be held.
 */
void hart_ask(struct machine *m, uint64_t mask, void (*run)(struct hart *h, void *argument),
              void *argument);

/* Has `run` called in the hart's thread, sometime soon; nobody waits. Any thread. */
void hart_tell(struct hart *h, void (*run)(struct hart *h, void *argument), void *argument);

/*
 * Stops all harts (returns when none runs guest code), lets them go on, ends their threads. Event
 * loop only.
 */
void hart_stop_all(struct machine *m);
void hart_resume_all(struct machine *m);
void hart_quit_all(struct machine *m);

#endif

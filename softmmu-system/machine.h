/*
 * A machine: harts, memory, devices, and the state of the whole. A machine is one file (virt.c)
 * that lists devices, addresses and interrupt lines, and a row in machine.def.
 *
 * Threads: each hart has one; the main thread runs the event loop (loop.h); block.c has workers.
 * One lock, machine_lock, guards all devices and everything below that says so. A hart's thread
 * takes it for register accesses; the event loop holds it while it calls back. It is never held
 * while guest code runs or anything blocks.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_MACHINE_H
#define FERRY_SOFTMMU_SYSTEM_MACHINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "softmmu-system/device.h"
#include "softmmu-system/memory.h"

struct hart;
struct arch;
struct cpu_config;
struct fdt;
struct chardev;

enum { MACHINE_HARTS = 64, MACHINE_SERIALS = 4 };

/* What -kernel and its friends name; paths, NULL: not given. */
struct boot_options {
    const char *bios; /* -bios; "default" and NULL: the SBI that is built in; "none": nothing */
    const char *kernel, *initrd, *append, *dtb;
};

struct machine_class {
    const char *name; /* -M NAME */
    const char *text;
    const struct arch *arch;
    const char *cpu; /* the default of -cpu; NULL: the frontend's */
    uint64_t ram;    /* the default of -m, bytes */
    unsigned max_harts;
    uint64_t ram_base;
    /*
     * Makes memory, devices and wires; all fields of struct machine above `created` are set. False
     * with a one-line reason.
     */
    bool (*create)(struct machine *m, char *error, size_t error_size);
    /*
     * Loads firmware, kernel, initrd and device tree and sets where the harts start; again at each
     * reset. False with a one-line reason (at the first time only).
     */
    bool (*boot)(struct machine *m, char *error, size_t error_size);
};

enum run_state {
    RUN_RUNNING,
    RUN_STOPPED,  /* `stop`, -S */
    RUN_RESET,    /* asked for: the event loop does it */
    RUN_SHUTDOWN, /* asked for by the guest: as RUN_QUIT, or RUN_STOPPED with -no-shutdown */
    RUN_QUIT,     /* asked for by the user (`quit`, a signal): the event loop ends */
};

struct machine {
    const struct machine_class *class;
    const struct arch *arch;
    struct boot_options boot;
    uint64_t ram_size; /* bytes */
    unsigned nharts;
    const struct cpu_config *cpu; /* what -cpu chose */
    bool no_reboot;               /* -no-reboot: a reset ends the program */
    bool no_shutdown;
    bool start_stopped;  /* -S */
    int64_t rtc_offset;  /* of the guest's calendar clock from UTC, s (-rtc) */
    const char *dumpdtb; /* -M dumpdtb=: writes the device tree there and ends; NULL: no */
    struct chardev *serial[MACHINE_SERIALS]; /* -serial, in order; NULL: none */

    struct memory memory;
    struct hart *harts[MACHINE_HARTS];
    struct device *devices; /* list */
    struct fdt *fdt;        /* the device tree while it is made; then its blob is in memory */

    pthread_mutex_t mutex;
    _Atomic int state;         /* RUN_RUNNING or RUN_STOPPED */
    _Atomic unsigned requests; /* bit = enum run_state */
    _Atomic int exit_status;   /* of the program, when the guest chose one (test device) */
    int64_t clock_offset;      /* machine_clock's: lock held to change */
    int64_t clock_stopped;     /* when it stopped, ns; 0: it runs */
    void *controller;          /* the class's own: interrupt controllers, power button */
    struct device *console;    /* the first serial port (ns16550.h) */
};

static inline void machine_lock(struct machine *m)
{
    pthread_mutex_lock(&m->mutex);
}

static inline void machine_unlock(struct machine *m)
{
    pthread_mutex_unlock(&m->mutex);
}

/* Sets up the lock and the clock, which stands until machine_run. */
void machine_init(struct machine *m);

/* Guest time, ns since start; stands while the machine is stopped. Any thread, no lock. */
int64_t machine_clock(const struct machine *m);

/* The first machine of that name; NULL: unknown. */
const struct machine_class *machine_class_find(const char *name);
void machine_print_classes(FILE *out);

/*
 * Requests, from any thread and device; the event loop serves them soon.
 * machine_request(RUN_STOPPED) stops all harts before it returns to the event loop; RUN_RUNNING
 * lets them go on.
 */
void machine_request(struct machine *m, enum run_state state);

/*
 * The lines the machine's firmware writes and reads, which are its first serial port's. Both take
 * the machine's lock, and return at once; read gives how many bytes there were.
 */
void machine_console_write(struct machine *m, const uint8_t *bytes, size_t n);
size_t machine_console_read(struct machine *m, uint8_t *bytes, size_t n);

/* The guest asks for an end with a status (the test device's); otherwise the program's is 0. */
void machine_exit(struct machine *m, int status);

/*
 * Powers it on, stopped: devices and harts are reset, kernel and firmware loaded. Ends the program
 * where they cannot be. From now on signals that end the program end the machine.
 */
void machine_start(struct machine *m);

/*
 * Runs the machine in the calling thread until it ends: starts the harts' threads, runs the event
 * loop, serves requests. Returns the program's exit status.
 */
int machine_run(struct machine *m);

/* The first device of a class; NULL: none. `name` may be NULL with `id` given. */
struct device *machine_find_device(struct machine *m, const char *name, const char *id);

#endif

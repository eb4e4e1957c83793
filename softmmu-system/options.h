/*
 * The command line of ferry-system; rows in option.def. Options are only noted here, in the order
 * given: what they ask for is made by main.c, when all are known.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_OPTIONS_H
#define FERRY_SOFTMMU_SYSTEM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "softmmu-system/machine.h"

/* Arguments of an option that may be given often. */
struct option_list {
    const char **items;
    unsigned n;
};

struct settings {
    const struct machine_class *class;
    struct machine *machine; /* what options say of it is set there at once */
    const char *cpu;         /* NULL: the class's */
    bool interpret, one_insn, snapshot, nographic, nodefaults, daemonize;
    size_t cache_size; /* bytes; 0: the default */
    const char *pidfile;
    struct option_list chardevs, serials, monitors, drives, netdevs, nics, devices;
};

/* Reads the command line; ends the program for -help and the like, and for mistakes (status 1). */
void settings_parse(struct settings *s, struct machine *m, int argc, char **argv);

#endif

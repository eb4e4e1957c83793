/*
 * What monitor.c and the files of its commands share. To add a command: a function, and a row in
 * monitor.def.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_MONITOR_KIND_H
#define FERRY_SOFTMMU_SYSTEM_MONITOR_KIND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/monitor.h"
#include "softmmu-system/monitor_line.h"

/* A command as it runs. */
struct monitor_call {
    struct machine *machine;
    struct monitor *monitor;
    struct hart *hart;     /* chosen by `cpu`; NULL: the machine has none yet */
    const char *arguments; /* what follows the name, without blanks around it */
    FILE *out;
};

/* Prints its result, or one line that says what is wrong, into c->out. */
typedef void monitor_command_fn(struct monitor_call *c);
#define COMMAND(name, alias, arguments, harts, function, text) monitor_command_fn function;
#define INFO(name, arguments, harts, function, text)           monitor_command_fn function;
#include "softmmu-system/monitor.def"

/* Chooses another hart. */
void monitor_choose(struct monitor *m, unsigned index);
const struct line_editor *monitor_line(const struct monitor *m);

/*
 * The value of an expression: numbers, + - * / % & | ^ ~ ( ), $register of c->hart. Steps *text
 * behind it; false with a line in c->out: it is none.
 */
bool monitor_expression(struct monitor_call *c, const char **text, uint64_t *value);

#endif

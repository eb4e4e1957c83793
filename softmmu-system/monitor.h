/*
 * The human monitor: a line editor on a character device, and the commands of monitor.def.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_MONITOR_H
#define FERRY_SOFTMMU_SYSTEM_MONITOR_H

#include <stdbool.h>

struct chardev;
struct machine;

/* Puts a monitor on `c` (of a mux: behind what else it serves). False: somebody else has it. */
bool monitor_start(struct machine *m, struct chardev *c);

#endif

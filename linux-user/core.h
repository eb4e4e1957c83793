/*
 * Core files in the guest's format, as its kernel would write them: gdb for the guest opens them.
 *
 * Where one goes is what the host's core_pattern says of files (core(5)), or -core; limits, the
 * dumpable attribute and coredump_filter are honoured. If the pattern is a pipe, the kernel gives
 * the program behind it the host's view, and only -core brings a guest's.
 */
#ifndef FERRY_LINUX_USER_CORE_H
#define FERRY_LINUX_USER_CORE_H

#include <signal.h>
#include <stdbool.h>

struct process;
struct task;

/* Remembers the pattern of -core, or NULL. */
void core_start(const char *pattern);

/* True if a death by signal would leave a core file now; cheap, asks the limit only. */
bool core_possible(const struct process *p);

/* True for the signals whose default action dumps core (signal(7)). */
bool core_signal(int signal);

/*
 * The guest dies of `info` in thread `t`: writes the core file if there shall be one. Other threads
 * have been stopped. Afterwards the host's kernel, which is about to dump Ferry, cannot overwrite it.
 */
void core_dump(struct task *t, const siginfo_t *info);

#endif

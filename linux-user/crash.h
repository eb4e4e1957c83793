/*
 * What is said of a death.
 *
 * A guest that dies by a signal leaves a report if one was asked for: -report FILE or FERRY_REPORT
 * appends it to a file ("-": stderr). Unasked, nothing is printed: the guest's stderr is its own.
 * An internal error of Ferry always reports, on stderr (and the file), with the host's backtrace.
 */
#ifndef FERRY_LINUX_USER_CRASH_H
#define FERRY_LINUX_USER_CRASH_H

#include <signal.h>

struct task;
struct options;

/* Remembers where reports go; installs the hook of bug(). */
void crash_start(const struct options *options);

/* The guest dies by the signal in `info`. Prints if a report was asked for. */
void crash_report(struct task *t, const siginfo_t *info);

/* Ferry itself has failed; inside a signal handler. Does not return. */
_Noreturn void crash_internal(struct task *t, const siginfo_t *info, void *ucontext);

/* The counters of -d stats. */
void crash_stats(struct task *t);

#endif

/*
 * seccomp: the guest's filters, judged here. A filter is a program about the guest's call numbers
 * and architecture, so the host's kernel never sees it: Ferry runs it before it serves a call.
 *
 * Filters belong to a thread and are inherited by its children and by the programs it executes. A
 * program of the host that the guest executes runs without them: it makes the host's calls.
 */
#ifndef FERRY_LINUX_USER_SECCOMP_H
#define FERRY_LINUX_USER_SECCOMP_H

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "linux-user/task.h"

/* Numbers up to here are remembered as allowed. */
enum { SECCOMP_NUMBERS = 512 };

/*
 * A filter of a chain; the newest is what tasks point to. Immutable but for `references` and
 * `allowed`, and freed with the last task or newer filter that refers to it.
 */
struct seccomp_filter {
    uint32_t references;
    uint32_t length; /* instructions */
    uint32_t count;  /* filters of the chain, this one included */
    uint32_t total;  /* what the kernel counts of the chain: instructions and 4 a filter */
    bool log;        /* SECCOMP_FILTER_FLAG_LOG */
    bool listener;   /* SECCOMP_FILTER_FLAG_NEW_LISTENER */
    uint32_t allowed[SECCOMP_NUMBERS / 32]; /* the whole chain allows it whatever the arguments */
    struct seccomp_filter *older;
    struct sock_filter code[];
};

/*
 * Judges the call in t->call. True: it is to be made. False: it is not, and *result
 * is what the guest gets, or SYSCALL_NO_RETURN. May end the thread or the process.
 */
bool seccomp_judge(struct task *t, int64_t *result);

/* A new task gets its parent's filters; one that ends gives them back. */
void seccomp_inherit(struct task *t, const struct task *parent);
void seccomp_release(struct task *t);
/* Under process->lock, when a task joins its list: what SECCOMP_FILTER_FLAG_TSYNC did meanwhile. */
void seccomp_joined(struct task *t);

/* prctl's two options. */
int64_t seccomp_prctl_set(struct task *t, uint64_t mode, uint64_t filter);
int64_t seccomp_prctl_get(const struct task *t);

/* For /proc/PID/status: mode, and how many filters. */
unsigned seccomp_count(const struct task *t);

/*
 * For execve: *fd becomes a descriptor, inherited, that holds the thread's filters, or -1 if it has
 * none. Returns 0 or -errno. seccomp_import reads and closes it in the new program; false: it is
 * damaged.
 */
int64_t seccomp_export(const struct task *t, int *fd);
bool seccomp_import(struct task *t, int fd);

/*
 * seccomp_notify.c. seccomp_listen makes a listener for this thread, or with TSYNC for all, with
 * the kernel's flags: a descriptor or -errno. seccomp_ask has the supervisor answer the call in
 * t->call: true if it is to be made, else with its result.
 */
int64_t seccomp_listen(uint64_t flags);
bool seccomp_ask(struct task *t, int64_t *result);

/* seccomp_bpf.c: would the kernel take this program? */
bool seccomp_valid(const struct sock_filter *code, unsigned length);
/*
 * Runs a valid program. *looked: it has read something of `data` besides number and architecture.
 */
uint32_t seccomp_run(const struct sock_filter *code, const struct seccomp_data *data, bool *looked);

#endif

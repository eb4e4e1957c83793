/*
 * Ways back to two files whose names may stop meaning anything: Ferry's own, which executes the
 * guest's programs, and the guest's program, which is /proc/self/exe. As long as nothing changes
 * what paths mean they go by name and cost nothing. Before a call that does (chroot, pivot_root,
 * mount, setns: task_names_change) both are opened and kept, out of the guest's sight.
 */
#ifndef FERRY_LINUX_USER_SELF_H
#define FERRY_LINUX_USER_SELF_H

#include "linux-user/task.h"

/* Takes over a descriptor of Ferry's file that the exec'ing Ferry has handed on. */
void self_inherit(int fd);

/* The program has no name that could be opened later (a memfd, deleted): keeps a copy of `fd`. */
void self_keep_program(int fd);

/* The descriptors kept, or -1. */
int self_fd(void);
int self_program_fd(void);

#endif

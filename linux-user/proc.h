/*
 * Paths and /proc as the guest sees them: the -L root, /proc/self and its kin, the process's name.
 */
#ifndef FERRY_LINUX_USER_PROC_H
#define FERRY_LINUX_USER_PROC_H

#include "linux-user/task.h"

/*
 * `path` (absolute) under `root`, if something is there, or nothing yet in a directory that the
 * host does not have: in `buffer` (PATH_MAX bytes). Otherwise, or without a root, NULL: the path is
 * the host's. Symbolic links inside the root are resolved inside it; the last one only with
 * `follow`.
 */
const char *proc_under_root(const char *root, const char *path, bool follow, char *buffer);

/* The program has been opened at fd: remembers its paths and name. */
void proc_program_opened(struct process *p, int fd);

/*
 * Tells the host's kernel where arguments, environment and auxiliary vector are and what the
 * process is called, so that ps, /proc/PID/cmdline and the like show the guest's, to everybody.
 */
void proc_take_identity(struct process *p);

struct proc_place;

/* procfile.c: what a file of /proc contains for the guest. A descriptor, or -1 if it is the host's.
 */
int proc_file(struct task *t, const struct proc_place *place);

/* The same for /proc/self/maps. */
int proc_own_maps(struct task *t);

/* Is there a file of /proc of this name that proc_file makes? */
bool proc_has_file(const char *name);

/* Writes the guest's memory map into the log. */
void proc_log_maps(struct task *t);

#endif

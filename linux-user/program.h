/*
 * Starting a program: from a path to a task that stands at its first instruction.
 */
#ifndef FERRY_LINUX_USER_PROGRAM_H
#define FERRY_LINUX_USER_PROGRAM_H

#include "linux-user/task.h"

enum { EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

/*
 * Loads what the options name and prepares `t`, the first task. Ends the process with one line and
 * status 126 or 127 when it cannot run.
 */
void program_start(struct process *p, struct task *t);

/* A kind of executable file. */
enum program_kind {
    PROGRAM_GUEST,  /* ELF for one of our guests */
    PROGRAM_OTHER,  /* anything else: the host's business */
    PROGRAM_SCRIPT, /* #! */
};

/* Looks at the start of an executable open at fd. For a script, reads its first line. */
enum program_kind program_probe(int fd, char *line, size_t size, const struct guest **guest);

/*
 * What execve says of a guest program open at fd, whose interpreter is looked for under `root` (or
 * NULL): 0, or -errno if it could not be started.
 */
int64_t program_check(const char *root, int fd);

#endif

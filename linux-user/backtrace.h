/*
 * Backtraces of a guest thread: by call frame information where the program has it, by frame records
 * where not, through signal frames. For reports: it allocates memory and reads files.
 */
#ifndef FERRY_LINUX_USER_BACKTRACE_H
#define FERRY_LINUX_USER_BACKTRACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task;

/* Where a guest address lies. */
struct place {
    bool mapped;
    char path[PATH_MAX]; /* as the host opens it; "" for what is no file */
    uint64_t offset;     /* in the file */
    uint64_t link;       /* its link address by the file's program headers; 0: none */
};

/* Asks the host's kernel. Returns place->mapped. */
bool backtrace_place(struct task *t, uint64_t address, struct place *place);

struct backtrace_entry {
    uint64_t pc;
    bool exact; /* it stopped there; else it is where a call returns to, perhaps another function's */
};

/*
 * The stopped thread `t` and its callers, innermost first: at most `max`. Returns how many;
 * *complete tells whether the outermost was reached.
 */
size_t backtrace(struct task *t, struct backtrace_entry *entries, size_t max, bool *complete);

#endif

/*
 * Errors, and the log that -d selects and -D redirects.
 *
 * Nothing is ever printed on the guest's stderr unasked, except the one line that says why Ferry
 * itself cannot go on. Log output is written with one write(2) per call of log_print, so that lines
 * of several threads and processes do not mix.
 */
#ifndef FERRY_UTIL_LOG_H
#define FERRY_UTIL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What -d can select; one row an item: name of the bit, name on the command line, help. */
#define LOG_ITEMS(X)                                                                               \
    X(IN_ASM, "in_asm", "guest instructions of each block as it is translated")                    \
    X(OP, "op", "IR of each block as the frontend made it")                                        \
    X(OP_OPT, "op_opt", "IR of each block as the backend gets it")                                 \
    X(OUT_ASM, "out_asm", "host code of each block")                                               \
    X(EXEC, "exec", "each entry into translated code from the dispatcher")                         \
    X(CPU, "cpu", "guest registers at each entry into translated code")                            \
    X(NOCHAIN, "nochain", "do not link blocks, so that exec and cpu see every block")              \
    X(STRACE, "strace", "each system call of the guest")                                           \
    X(UNIMP, "unimp", "instructions, calls and options that are not implemented")                  \
    X(GUEST_ERRORS, "guest_errors", "what the guest does that no correct program does")            \
    X(PAGE, "page", "the guest's memory map at start and after changes")                           \
    X(INT, "int", "exceptions and interrupts of a machine's harts")                                \
    X(STATS, "stats", "counts and times of translation, printed at exit")

enum log_index {
#define X(bit, name, help) LOG_INDEX_##bit,
    LOG_ITEMS(X)
#undef X
        LOG_INDEX_COUNT
};

enum log_item {
#define X(bit, name, help) LOG_##bit = 1u << LOG_INDEX_##bit,
    LOG_ITEMS(X)
#undef X
};

extern uint32_t log_mask;

static inline bool log_on(uint32_t items)
{
    return __builtin_expect(log_mask & items, 0);
}

/*
 * Selects items from a comma-separated list as given to -d ("help" is the caller's business).
 * Returns NULL, or a pointer to the first unknown name inside `list`.
 */
const char *log_select(const char *list);

/* Sends the log to a file; "%d" in the name becomes the process id. Returns 0 or an errno value. */
int log_open(const char *path);
/* The same, keeping what the file holds: for a program that continues another one's log. */
int log_append(const char *path);
/* The log's descriptor has been moved to another number by its owner. */
void log_move(int fd);

/*
 * Limits what is logged about code to guest addresses in a comma-separated list of ranges:
 * start..end, start+size or start-size. Returns false if the list is malformed or too long.
 */
bool log_set_filter(const char *list);

/* True if the log wants to hear about code at a guest address. */
bool log_in_filter(uint64_t address);

/* Descriptor of the log (stderr unless log_open was called). */
int log_fd(void);

/* Formats and writes one piece of log, whatever the mask says. */
__attribute__((format(printf, 1, 2))) void log_print(const char *format, ...);

/* What messages begin with: the program's name. */
extern const char *log_program;

/* Prints log_program, a colon and the message, one line, on stderr. */
__attribute__((format(printf, 1, 2))) void warn(const char *format, ...);

/* warn(), then exit status 1: for what the user can mend. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *format, ...);

/* Called by die() after its message. */
extern void (*log_die_hook)(void);

/* Called by bug() after its message, so that the crash report follows; may not return. */
extern void (*log_bug_hook)(void);

/* An internal error: says where, then aborts through the crash report. */
#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
__attribute__((format(printf, 3, 4), noreturn)) void bug_at(const char *file, int line,
                                                            const char *format, ...);

#endif

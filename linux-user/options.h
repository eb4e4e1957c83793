/*
 * The command line and the environment variables that stand for it; rows in option.def.
 *
 * Precedence: an environment variable FERRY_X, then QEMU_X, then the command line, the last one
 * wins. A program that the guest executes gets the options by FERRY_EXEC (exec.c), which the guest
 * never sees, and then nothing else is looked at.
 */
#ifndef FERRY_LINUX_USER_OPTIONS_H
#define FERRY_LINUX_USER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "linux-user/option.def"
#undef OPTION
    OPTION_COUNT
};

enum { OPTIONS_GIVEN = 64 };

/* An option as it was given, for handing on. */
struct option_given {
    enum option_id id;
    const char *value; /* NULL: takes none */
};

struct options {
    const char *root; /* -L, without a trailing slash; NULL: none */
    const char *argv0;
    const char *cpu;
    const char *release;
    const char *report;
    const char *core;
    uint64_t stack_size; /* 0: as RLIMIT_STACK says */
    size_t cache_size;   /* 0: the default */
    bool interpret, one_insn, have_seed;
    uint64_t seed;
    bool first; /* not executed by a guest: -E, -U and argv areas are ours to apply */
    const char *set_env[OPTIONS_GIVEN], *unset_env[OPTIONS_GIVEN];
    unsigned nset_env, nunset_env;
    struct option_given given[OPTIONS_GIVEN];
    unsigned ngiven;

    const char *self; /* an absolute path of Ferry itself, for where there is no /proc; or NULL */
    bool registered;  /* binfmt_misc has started us, or one before us */
    const struct guest *pinned; /* by the name we were called by, or NULL */
    const char *program;        /* path for the host */
    const char *execfn;         /* path for the guest: AT_EXECFN */
    int program_fd;             /* already open (binfmt_misc's O flag), or -1 */
    int filters_fd;             /* seccomp filters of the program that executed us, or -1 */
    char *arguments, *arguments_end; /* where Ferry's own lie */
    char **argv;                /* the guest's, NULL-terminated */
    char **envp;                /* the guest's, before -E and -U */
};

struct guest;

/*
 * Reads the command line. Ends the process for -h, -version and mistakes (status 1). `argv` and
 * `envp` are kept; envp is compacted in place.
 */
void options_parse(struct options *o, int argc, char **argv, char **envp);

/* What an exec'ing Ferry tells the next one, besides options. */
struct options_note {
    const char *program, *execfn; /* paths for the host and for the guest */
    int program_fd, self_fd;      /* open on the program and on Ferry, or -1 */
    int filters_fd;               /* what seccomp_export made, or -1 */
};

/*
 * Writes "FERRY_EXEC=...", a variable or argv[0] of a Ferry that inherits these options, into `text`
 * of `size` bytes. Returns the length, or 0 when it does not fit.
 */
size_t options_encode(const struct options *o, const struct options_note *note, char *text,
                      size_t size);

/* The names of variables that a guest's environment never shows. */
bool options_hides(const char *variable);

#endif

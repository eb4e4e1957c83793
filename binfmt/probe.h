/*
 * The probe: a program of some hundred bytes for a guest, executed for real, that shows what
 * binfmt_misc and its interpreter made of it. It writes its initial stack, which is decoded here:
 * arguments as they arrived, and the auxiliary vector. While it waits, the kernel tells which file
 * runs it.
 */
#ifndef FERRY_BINFMT_PROBE_H
#define FERRY_BINFMT_PROBE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "binfmt/guest.h"

enum { PROBE_STATUS = 42, PROBE_BYTES = 2000, PROBE_FILE = 512, PROBE_ARGS = 8 };

/* How a probe is run. */
enum probe_way {
    PROBE_PLAIN,
    PROBE_SCRIPT,    /* by a script that names it in its first line */
    PROBE_SETUID,    /* by a file that is another user's and set-user-ID; needs root */
    PROBE_CHROOT,    /* in a directory that holds nothing else; needs CAP_SYS_CHROOT */
    PROBE_WAYS
};

struct probe_result {
    int error;  /* errno of what failed before the program ran, else 0 */
    int status; /* as of waitpid */
    bool complete; /* it ran, and what it wrote makes sense */
    bool skipped;  /* this way is not open to this user */
    int argc;
    char args[PROBE_ARGS][128];
    uint64_t uid, euid, flags, secure;
    char runner[PATH_MAX]; /* the file that ran it; " (deleted)" at its end if it is no more */
    uint64_t runner_inode; /* 0: not known */
    char said[256];        /* the first line on stderr */
};

/* What argv[0] and argv[1] are in each way; scripts: the optional argument and the script's path */
#define PROBE_ARGV0 "probe's own name"
#define PROBE_ARGV1 "an argument"

/* The ELF file. `to` has PROBE_FILE bytes. Returns its size. */
size_t probe_build(const struct binfmt_guest *g, uint8_t to[PROBE_FILE]);

/* A directory for probes where files can be executed, below TMPDIR or the usual places. NULL: none
 */
const char *probe_directory(void);
void probe_clean(void);

void probe_run(const struct binfmt_guest *g, enum probe_way way, struct probe_result *r);

#endif

/*
 * The commands of ferry-binfmt. Each gets the request read from the command line and returns the
 * exit status: 0 where all is well, 1 where something is wrong, 2 for mistakes in the options.
 */
#ifndef FERRY_BINFMT_COMMAND_H
#define FERRY_BINFMT_COMMAND_H

#include <stdbool.h>

#include "binfmt/place.h"

enum { MAX_GUESTS = 16 };

struct request {
    const char *root;        /* "" or --root */
    const char *interpreter; /* NULL: the ferry beside this program */
    const char *flags;       /* of new entries */
    const char *chroot;      /* for `run` */
    bool persistent, replace, json, quiet;
    const struct binfmt_guest *guests[MAX_GUESTS];
    unsigned nguests;
    char **words; /* for `run`: the command */
};

typedef int command_fn(const struct request *q);
command_fn command_install, command_remove, command_status, command_doctor, command_test,
    command_conf, command_run;

/* The interpreter to register: as asked for, or where this program is. In a static buffer. */
const char *request_interpreter(const struct request *q);

/*
 * What is wrong with a file as an interpreter, a phrase that continues "PATH ...", or NULL.
 * `dynamic` becomes true where it needs a dynamic linker and libraries at run time.
 */
const char *interpreter_fault(const char *path, bool *dynamic);

/* Why the instance cannot be changed (an errno of place_mount), and what to do, in a sentence. */
const char *explain_place(const struct place *p, int error);

/* True if systemd, or what does its work here, reads binfmt.d at boot. */
bool reads_binfmt_d(const struct place *p);
/* Calls `each` for every file that is in force in binfmt.d, in the order of their names. */
void each_boot_file(const struct place *p,
                    void (*each)(void *context, const char *path, const char *line), void *context);

/* Prints `text` as a JSON string. */
void print_json(const char *text);

#endif

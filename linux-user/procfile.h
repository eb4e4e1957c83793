/* The makers of /proc's files: what procfile.c and procmaps.c share. */
#ifndef FERRY_LINUX_USER_PROCFILE_H
#define FERRY_LINUX_USER_PROCFILE_H

#include <sys/mman.h>

#include "linux-user/procpath.h"

/* A file to be made. */
struct proc_request {
    struct task *task; /* who asks */
    bool own;          /* about the asking process; else about another emulated one */
    int directory;     /* open on the directory where the host has its version */
    int tid;           /* of PROC_OWN below task/: whose; else 0 */
};

/* Each appends what the guest shall read; false leaves the file to the host. */
typedef bool proc_make_fn(const struct proc_request *r, struct text *out);

proc_make_fn make_maps, make_smaps, make_smaps_rollup;

#endif

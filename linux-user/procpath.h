/*
 * What a path of /proc means: which file of which process, and what is behind "exe", for the
 * guest's own process and for other emulated ones.
 *
 * Other processes are not registered anywhere. One that runs the same file as we do is a Ferry, and
 * its auxiliary vector, which it has told the kernel to be its guest's, says where that program
 * begins; the file mapped there is the program.
 */
#ifndef FERRY_LINUX_USER_PROCPATH_H
#define FERRY_LINUX_USER_PROCPATH_H

#include <limits.h>

#include "linux-user/task.h"
#include "linux-user/text.h"

enum proc_scope {
    PROC_NONE,
    PROC_SYSTEM, /* /proc/NAME, /proc/sys/kernel/NAME */
    PROC_OWN,    /* /proc/self/NAME and its other forms */
    PROC_OTHER,  /* /proc/PID/NAME of another emulated process */
};

/* A file of /proc. */
struct proc_place {
    enum proc_scope scope;
    char name[24]; /* "exe", "maps"; of PROC_SYSTEM with directories: "sys/kernel/arch" */
    int pid, tid;  /* as the path says; tid 0: the process */
    int directory; /* open on the directory; the caller closes it */
};

/*
 * Finds what a path names, if Ferry has something to say about it. Returns false, with nothing
 * open, for everything else, which is the host's business.
 */
bool proc_find(int dirfd, const char *path, struct proc_place *place);

/* What the link "exe" of a place says. `text` has PATH_MAX bytes. */
bool proc_exe_link(struct task *t, const struct proc_place *place, char *text);

/* A host path that opens the program behind "exe", in `buffer` of PATH_MAX bytes, or NULL. */
const char *proc_exe_path(struct task *t, const struct proc_place *place, char *buffer);

/* Is `fd` open on Ferry's own file? */
bool proc_is_ferry(int fd);

/* AT_* of the process in whose directory `fd` is open; 0: not there. */
uint64_t proc_aux_value(int fd, uint64_t type);

/* One line of a maps file. */
struct maps_line {
    uint64_t start, end, offset;
    char prot[5], device[16];
    unsigned long long inode;
    const char *name; /* within the text, ending at the newline; "" if there is none */
    size_t name_length;
};

/* Reads the line at *at, moves *at behind it. False at the end. */
bool maps_next(const char **at, struct maps_line *line);

/* Is this mapping of another emulated process its guest's, as far as can be seen from outside? */
bool maps_is_guests(const struct maps_line *line);

#endif

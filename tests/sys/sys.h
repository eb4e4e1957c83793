/*
 * For the programs of this folder: each shows one promise of the kernel by printing what calls answer.
 * It runs natively and under ferry, in an empty directory, and both must print the same; so nothing is
 * printed that may differ from run to run (descriptors, addresses, times, process ids).
 */
#ifndef TESTS_SYS_SYS_H
#define TESTS_SYS_SYS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Makes the call, prints its text and its result, and gives the result. */
#define CALL(e)                                                                                    \
    ({                                                                                             \
        errno = 0;                                                                                 \
        long r_ = (long)(e);                                                                       \
        printf("%s -> %ld%s%s\n", #e, r_, r_ == -1 ? " " : "",                                     \
               r_ == -1 && errno ? strerrorname_np(errno) : "");                                   \
        fflush(stdout);                                                                            \
        r_;                                                                                        \
    })

/* The same for results that are not worth comparing: descriptors, ids, addresses. */
#define OK(e)                                                                                      \
    ({                                                                                             \
        errno = 0;                                                                                 \
        long r_ = (long)(e);                                                                       \
        printf("%s -> %s\n", #e, r_ == -1 ? strerrorname_np(errno) : "ok");                        \
        fflush(stdout);                                                                            \
        r_;                                                                                        \
    })

/* A value worth comparing. */
#define SHOW(e) (printf("%s = %lld\n", #e, (long long)(e)), fflush(stdout))
#define SHOWS(s) (printf("%s = \"%s\"\n", #s, (s)), fflush(stdout))

/* Makes a file with contents. */
static inline void write_file(const char *name, const char *contents)
{
    int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);
    if (fd < 0 || write(fd, contents, strlen(contents)) != (ssize_t)strlen(contents))
        printf("cannot write %s\n", name);
    close(fd);
}

#endif

/*
 * What every guest test includes (tests/sys, signal, thread, smc, bugs).
 *
 * A test is one C file about one promise of the kernel or the processor. It prints what it sees, as
 * facts that are the same on every machine that keeps the promise: names of errors and signals, yes
 * and no, contents; never a pid, a time, an address. tests/run-guest builds it for this machine and
 * for the guest, runs both in an empty directory of their own, and compares what they printed and
 * how they ended. So a test holds no expected values: this machine's kernel knows them.
 *
 * To add one: write the file; the driver finds it. Run it natively a few times and read what it
 * says.
 */
#ifndef FERRY_TESTS_GUEST_H
#define FERRY_TESTS_GUEST_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Prints the call's text and "ok" or the name of its error; its value is the call's. */
#define TRY(call) guest_outcome(#call, (long)(call))
/* The same for a call that must succeed for the test to make sense; quiet if it does. */
#define MUST(call) guest_must(#call, (long)(call))
/* Prints the call's text and its value or the name of its error. */
#define VALUE(call) guest_value(#call, (long)(call))
/* Print an expression and its value. */
#define SHOW(expression) printf("%s = %lld\n", #expression, (long long)(expression))
#define YES(expression) printf("%s: %s\n", #expression, (expression) ? "yes" : "no")
#define TEXT(expression) printf("%s = \"%s\"\n", #expression, (expression))

/* An address where nothing is; the compiler does not know. */
static void *volatile guest_bad_address __attribute__((unused)) = (void *)8;
#define BAD guest_bad_address

static inline const char *guest_error_name(int error)
{
    const char *name = strerrorname_np(error);
    return name ? name : "unknown error";
}

static inline const char *guest_signal_name(int number)
{
    static char buffer[24];
    const char *name = sigabbrev_np(number);
    if (name)
        snprintf(buffer, sizeof buffer, "SIG%s", name);
    else
        snprintf(buffer, sizeof buffer, "signal %d", number);
    return buffer;
}

static inline long guest_outcome(const char *what, long result)
{
    int error = errno;
    printf("%s: %s\n", what, result == -1 ? guest_error_name(error) : "ok");
    errno = error;
    return result;
}

static inline long guest_value(const char *what, long result)
{
    if (result == -1)
        return guest_outcome(what, result);
    printf("%s: %ld\n", what, result);
    return result;
}

static inline long guest_must(const char *what, long result)
{
    if (result == -1) {
        printf("cannot go on: %s: %s\n", what, guest_error_name(errno));
        exit(99);
    }
    return result;
}

/* Prints how a process ended, stopped or went on, from its wait status. */
static inline void guest_ended(const char *who, int status)
{
    if (WIFEXITED(status))
        printf("%s: exit status %d\n", who, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("%s: killed by %s%s\n", who, guest_signal_name(WTERMSIG(status)),
               WCOREDUMP(status) ? ", core" : "");
    else if (WIFSTOPPED(status))
        printf("%s: stopped by %s\n", who, guest_signal_name(WSTOPSIG(status)));
    else if (WIFCONTINUED(status))
        printf("%s: continued\n", who);
    else
        printf("%s: strange status\n", who);
}

/* An executable copy of a file. */
static inline void guest_copy_program(const char *from, const char *to)
{
    char buffer[1 << 16];
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0755);
    ssize_t n;
    while ((n = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, (size_t)n) != n)
            printf("%s: %s\n", to, guest_error_name(errno));
    if (n < 0)
        printf("%s: %s\n", from, guest_error_name(errno));
    close(in);
    close(out);
}

/* Waits for a child and prints how it ended. */
static inline int guest_reap(const char *who, pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) {
            printf("%s: %s\n", who, guest_error_name(errno));
            return -1;
        }
    guest_ended(who, status);
    return status;
}

/* For handlers: a line by write(2), in order with the lines of printf. */
static inline void guest_say(const char *line)
{
    size_t n = strlen(line);
    if (write(STDOUT_FILENO, line, n) != (ssize_t)n || write(STDOUT_FILENO, "\n", 1) != 1)
        _exit(98);
}

static inline void guest_sleep_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&t, &t) == -1 && errno == EINTR)
        ;
}

static inline int64_t guest_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A file with these contents. */
static inline void guest_file(const char *name, const char *contents)
{
    int fd = (int)MUST(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666));
    MUST(write(fd, contents, strlen(contents)));
    close(fd);
}

/* Lines leave at once and in order, forks included. */
__attribute__((constructor)) static void guest_start(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    umask(022);
}

#endif

/* What Ferry says of its own end: bug() and a fault of its own lead to a report with a backtrace. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux-user/crash.h"
#include "linux-user/options.h"
#include "linux-user/signal.h"
#include "util/log.h"

static void call_bug(void)
{
    bug("number %d", 42);
}

static void fault(void)
{
    int *volatile nowhere = (int *)8;
    *nowhere = 1;
}

/* Starts fn in a child, whose stderr is a pipe; its end to read from is *from. */
static pid_t start(void (*fn)(void), int *from)
{
    int pipe_ends[2];
    cr_assert_eq(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (!child) {
        static struct options none;
        static char stack[65536];
        dup2(pipe_ends[1], STDERR_FILENO);
        crash_start(&none);
        host_signal_altstack(stack, sizeof stack);
        host_signal_install(SIGSEGV, true, false, 0);
        fn();
        _exit(0);
    }
    close(pipe_ends[1]);
    *from = pipe_ends[0];
    return child;
}

/* Reads a child's stderr into `text`. Returns its wait status. */
static int finish(pid_t child, int from, char *text, size_t size)
{
    int status;
    size_t n = 0;
    for (ssize_t k; (k = read(from, text + n, size - 1 - n)) > 0; n += (size_t)k)
        ;
    text[n] = '\0';
    close(from);
    waitpid(child, &status, 0);
    return status;
}

static int run(void (*fn)(void), char *text, size_t size)
{
    int from;
    pid_t child = start(fn, &from);
    return finish(child, from, text, size);
}

Test(crash, bug_reports_and_aborts)
{
    static char text[65536];
    int status = run(call_bug, text, sizeof text);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    cr_assert(strstr(text, "internal error at "), "%s", text);
    cr_assert(strstr(text, "number 42"), "%s", text);
    cr_assert(strstr(text, "host backtrace"), "%s", text);
    cr_assert(strstr(text, "call_bug"), "%s", text);
}

Test(crash, own_fault_reports_and_dies_of_it)
{
    static char text[65536];
    int status = run(fault, text, sizeof text);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    cr_assert(strstr(text, "internal error: signal 11"), "%s", text);
    cr_assert(strstr(text, "address 0x8"), "%s", text);
    cr_assert(strstr(text, "fault+"), "%s", text);
}

/* The report waits until somebody reads what is in its way. */
static void fault_behind_a_full_pipe(void)
{
    static char page[4096];
    fcntl(STDERR_FILENO, F_SETPIPE_SZ, sizeof page);
    if (write(STDERR_FILENO, page, sizeof page) == sizeof page)
        fault();
}

static uint64_t blocked_signals(pid_t pid)
{
    char path[64], line[256];
    unsigned long long mask = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f) && sscanf(line, "SigBlk: %llx", &mask) != 1)
        ;
    if (f)
        fclose(f);
    return mask;
}

/* It reads the guest's memory, which may not be there. */
Test(crash, a_report_can_fault)
{
    static char text[65536];
    int from;
    pid_t child = start(fault_behind_a_full_pipe, &from);
    bool other = false, fault = true;
    for (int i = 0; i < 1000 && (fault || !other); i++) {
        uint64_t mask = blocked_signals(child);
        other = mask & signal_bit(SIGUSR1);
        fault = mask & signal_bit(SIGSEGV);
        usleep(10000);
    }
    cr_assert(other && !fault);
    int status = finish(child, from, text, sizeof text);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

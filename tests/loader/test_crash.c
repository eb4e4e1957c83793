/* What Ferry says of its own end: bug() and a fault of its own lead to a report with a backtrace. */
#include <criterion/criterion.h>
#include <signal.h>
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

/* Runs fn in a child; its stderr goes to `text`. Returns its wait status. */
static int run(void (*fn)(void), char *text, size_t size)
{
    int pipe_ends[2], status;
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
    size_t n = 0;
    for (ssize_t k; (k = read(pipe_ends[0], text + n, size - 1 - n)) > 0; n += (size_t)k)
        ;
    text[n] = '\0';
    close(pipe_ends[0]);
    waitpid(child, &status, 0);
    return status;
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

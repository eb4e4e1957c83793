/*
 * The program `ferry`: runs one foreign Linux program.
 *
 * It takes no memory and makes no system call that a short program would notice: everything the
 * first task needs is static, and tables are read when they are needed.
 */
#include <ucontext.h>

#include "linux-user/core.h"
#include "linux-user/crash.h"
#include "linux-user/proc.h"
#include "linux-user/program.h"
#include "linux-user/seccomp.h"
#include "linux-user/signal.h"
#include "util/log.h"

static struct options options;
static struct aspace space;
static struct program program;
static struct process process = {.options = &options, .as = &space, .program = &program};
static struct task first = {.process = &process, .leader = true};
static _Alignas(64) uint8_t first_altstack[TASK_ALTSTACK];

#ifdef FERRY_SANITIZERS
/* Signals, their stacks and all memory that is never given back are ours. */
const char *__asan_default_options(void)
{
    return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:"
           "use_sigaltstack=0:detect_leaks=0";
}
#endif

static void run_first(void)
{
    program_start(&process, &first);
    if (options.filters_fd >= 0 && !seccomp_import(&first, options.filters_fd))
        die("the seccomp filters of the program before cannot be read");
    task_enter(&first);
    task_link(&first);
    proc_take_identity(&process);
    signal_start(&first);
    if (log_on(LOG_PAGE))
        proc_log_maps(&first);
    cpu_loop(&first);
    task_finish(&first);
}

/*
 * The first task has a stack of our own too: the host's is as large as the limit that the guest may
 * have, or give itself.
 */
static void on_own_stack(void (*run)(void))
{
#ifdef FERRY_SANITIZERS
    run(); /* they know one stack for the first thread */
#else
    static _Alignas(64) uint8_t stack[TASK_STACK];
    static ucontext_t here, there;
    getcontext(&there);
    there.uc_stack = (stack_t){.ss_sp = stack, .ss_size = sizeof stack};
    there.uc_link = &here;
    makecontext(&there, run, 0);
    swapcontext(&here, &there);
#endif
}

int main(int argc, char **argv, char **envp)
{
    options_parse(&options, argc, argv, envp);
    crash_start(&options);
    core_start(options.core);
    first.altstack = first_altstack;
    on_own_stack(run_first);
}

/*
 * The program `ferry`: runs one foreign Linux program.
 *
 * It takes no memory and makes no system call that a short program would notice: everything the
 * first task needs is static, and tables are read when they are needed.
 */
#include "linux-user/crash.h"
#include "linux-user/proc.h"
#include "linux-user/program.h"
#include "linux-user/signal.h"

static struct options options;
static struct aspace space;
static struct program program;
static struct process process = {.options = &options, .as = &space, .program = &program};
static struct task first = {.process = &process, .leader = true};
static _Alignas(64) uint8_t first_altstack[TASK_ALTSTACK];

int main(int argc, char **argv, char **envp)
{
    options_parse(&options, argc, argv, envp);
    crash_start(&options);
    first.altstack = first_altstack;
    program_start(&process, &first);
    task_enter(&first);
    task_link(&first);
    proc_take_identity(&process);
    signal_start(&first);
    cpu_loop(&first);
    task_finish(&first);
}

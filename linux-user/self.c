/* Descriptors of Ferry and of its program. See self.h. */
#include "linux-user/self.h"

#include <fcntl.h>
#include <unistd.h>

#include "linux-user/proc.h"

static int self = -1, program = -1;

int self_fd(void)
{
    return self;
}

int self_program_fd(void)
{
    return program;
}

static int keep(int fd)
{
    int kept = fd < 0 ? fd : fd_reserve(fd);
    if (kept < 0 && fd >= 0)
        close(fd);
    return kept;
}

void self_inherit(int fd)
{
    self = keep(fd);
}

void self_keep_program(int fd)
{
    if (program < 0)
        program = keep(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

void task_names_change(struct task *t)
{
    struct process *p = t->process;
    process_lock(p);
    if (self < 0)
        self = keep(open("/proc/self/exe", O_PATH | O_CLOEXEC));
    if (self < 0 && p->options->self)
        self = keep(open(p->options->self, O_PATH | O_CLOEXEC));
    if (program < 0)
        program = keep(open(p->program->path, O_PATH | O_CLOEXEC));
    process_unlock(p);
}

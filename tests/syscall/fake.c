/* The process of fake.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/syscall/fake.h"

struct task fake;

void fake_riscv64(void)
{
    memset(&fake, 0, sizeof fake);
    fake.abi = (struct guest_abi){.name = "riscv64", .column = 0, .word = 8, .machine = "riscv64"};
}

void fake_arm32(uint64_t base)
{
    memset(&fake, 0, sizeof fake);
    fake.abi = (struct guest_abi){.name = "arm",
                                  .column = 1,
                                  .word = 4,
                                  .machine = "armv7l",
                                  .arm_oflags = true,
                                  .memory_base = base};
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)info;
    if (!copy_fault_fixup(context)) {
        static const char text[] = "a fault that is no copy's\n";
        if (write(2, text, sizeof text - 1) < 0)
            _exit(98);
        _exit(signal);
    }
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    fake.attention = 1;
    safe_syscall_rewind(context);
}

void fake_handlers(void)
{
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    struct sigaction other = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGBUS, &fault, NULL);
    sigaction(SIGUSR1, &other, NULL);
    sigaction(SIGALRM, &other, NULL);
}

const struct guest_abi *task_abi(const struct task *task)
{
    return &task->abi;
}

const volatile uint32_t *task_attention(const struct task *task)
{
    return &task->attention;
}

const char *task_path(struct task *task, int dirfd, const char *path, int flags, char *buffer,
                      int *replaced_fd)
{
    (void)dirfd, (void)flags;
    *replaced_fd = -1;
    if (task->path_from && strcmp(path, task->path_from) == 0)
        return strcpy(buffer, task->path_to);
    return path;
}

void task_names_change(struct task *task)
{
    (void)task;
}

bool task_lists_descriptors(struct task *task, int fd)
{
    (void)task, (void)fd;
    return false;
}

int64_t task_seccomp_receive(struct task *task, const uint64_t args[6])
{
    (void)task, (void)args;
    return -ENOTTY;
}

int64_t task_seccomp_answer(struct task *task, const uint64_t args[6])
{
    (void)task, (void)args;
    return -ENOTTY;
}

bool task_exe(struct task *task, int dirfd, const char *path, char *target)
{
    (void)dirfd;
    if (strcmp(path, "/proc/self/exe") != 0)
        return false;
    strcpy(target, task->exe);
    return true;
}

bool task_sigmask_enter(struct task *task, uint64_t mask, uint64_t *host)
{
    task->mask_seen = mask;
    *host = mask;
    return !task->mask_waiting;
}

int64_t task_sigmask_leave(struct task *task, int64_t result)
{
    task->mask_result = result;
    return result;
}

/* The functions of linux-user: not what is tested here. */
#define OURS_raw(name)
#define OURS_wait(name)
#define OURS_conv(name)
#define OURS_fn(name)
#define OURS_none(name)
#define OURS_user(name)                                                                            \
    int64_t sys_##name(struct task *task, const uint64_t args[6])                                  \
    {                                                                                              \
        (void)task;                                                                                \
        return (int64_t)args[1];                                                                   \
    }
#define SYS(name, generic, arm32, ret, how, args, note) OURS_##how(name)
#include "syscall/syscall.def"
#undef SYS

/*
 * The guest's Linux system calls: one row each in syscall.def, and the machinery that dispatches,
 * converts and traces them from those rows.
 *
 * A call is raw or wait (arguments and structures are the host's; wait may sleep), conv (converted
 * by the kinds of its arguments), fn or user (a function sys_NAME), or none (-ENOSYS, with a reason
 * in its note). The functions of rows about descriptors, paths, waiting, IPC and devices live in
 * this folder (fn); those about memory, processes, threads, signals and exec live in linux-user/,
 * which knows the process (user).
 *
 * Guest memory is reached through copy_in and copy_out (copy.c), which survive a fault and then
 * give -EFAULT. Blocking calls go through safe_syscall, which a signal interrupts without a race.
 */
#ifndef FERRY_SYSCALL_SYSCALL_H
#define FERRY_SYSCALL_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task; /* a guest thread: linux-user/task.h */

/* What the layouts and numbers of a guest depend on. */
struct guest_abi {
    const char *name;     /* "riscv64" */
    unsigned column;      /* number column of syscall.def: 0 generic, 1 arm32 */
    unsigned word;        /* bytes of a long: 4 or 8 */
    const char *machine;  /* uname -m */
    const char *machine32; /* the same under PER_LINUX32 (COMPAT_UTS_MACHINE) */
    bool arm_oflags;      /* O_DIRECTORY, O_NOFOLLOW, O_DIRECT, O_LARGEFILE have ARM's numbers */
    uint32_t audit_arch;  /* AUDIT_ARCH_*, as seccomp's filters know the guest */
    uint64_t memory_base; /* host address of guest address 0 */
};

/* Results that are not the guest's return value. Outside the range of errno values. */
enum {
    /* Interrupted before it had an effect: restart as the signal's action says. */
    SYSCALL_RESTART = -512,
    /* The call has set the guest's registers itself (sigreturn, execve). */
    SYSCALL_NO_RETURN = -513,
    /* Something came before it was made: the call is made again in any case, behind the handler. */
    SYSCALL_UNMADE = -514,
};

static inline bool syscall_interrupted(int64_t result)
{
    return result == SYSCALL_RESTART || result == SYSCALL_UNMADE;
}

/*
 * Takes the tags off the arguments that are addresses, for a guest whose kernel has been told to
 * accept them (Documentation/arch/arm64/tagged-address-abi.rst). Addresses in memory keep theirs.
 */
void syscall_untag(const struct guest_abi *abi, uint64_t number, uint64_t args[6]);

/*
 * Runs guest call `number` with six arguments. Returns the result or -errno, or one of the three
 * above. Traces when log_on(LOG_STRACE).
 */
int64_t syscall_dispatch(struct task *task, uint64_t number, const uint64_t args[6]);

/*
 * The host's number of a call that can be made with the guest's own arguments and cannot sleep for
 * long, or -1. Also -1 while calls are traced.
 */
long syscall_quick(const struct guest_abi *abi, uint64_t number);

/*
 * Whether the kernel makes an interrupted call again also after a handler without SA_RESTART
 * (ERESTARTNOINTR): futexes that wait in a queue for a priority-inheriting lock.
 */
bool syscall_always_restarts(const struct guest_abi *abi, uint64_t number, const uint64_t args[6]);

/* The name of a guest call, or NULL. */
const char *syscall_name(const struct guest_abi *abi, uint64_t number);

/*
 * The host's system call instruction, made so that a signal that arrives before it has taken effect
 * ends it instead of being slept over: a handler of the host calls safe_syscall_rewind with the
 * ucontext, which moves the pc out if it stands between the test of *attention and the instruction.
 * Returns the kernel's result (-errno on failure); SYSCALL_RESTART of a call that has slept and that
 * the kernel would restart; SYSCALL_UNMADE if *attention is set or becomes so before the kernel is
 * entered: a call that does not sleep is thus never interrupted.
 */
int64_t safe_syscall(const volatile uint32_t *attention, long number, const uint64_t args[6]);
bool safe_syscall_rewind(void *ucontext);

/*
 * The host's system call without further ado, for calls that cannot block: -errno on failure. Inline:
 * behind a system call the processor predicts returns badly.
 */
static inline int64_t host_syscall(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                   uint64_t e, uint64_t f)
{
    int64_t result;
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/*
 * Copies between guest memory and ours. Return 0 or -EFAULT; a fault inside is caught by
 * copy_fault_fixup, which the SIGSEGV and SIGBUS handler calls first.
 */
int copy_in(struct task *task, void *to, uint64_t guest, size_t size);
int copy_out(struct task *task, uint64_t guest, const void *from, size_t size);
/* A guest string into `to` of `size` bytes: its length, -EFAULT, or -ENAMETOOLONG. */
int64_t copy_in_string(struct task *task, char *to, uint64_t guest, size_t size);
bool copy_fault_fixup(void *ucontext);

/* Host pointer of a guest address, not checked: for arguments the host's kernel will check. */
void *guest_pointer(struct task *task, uint64_t guest);

/*
 * Descriptors of Ferry's own (log, code memory), which the guest cannot see, close or overwrite.
 * fd_reserve moves `fd` out of the guest's way, to the first free number at or above its soft limit
 * where that is possible, close-on-exec, closing `fd`. Returns the new number, or -errno and leaves
 * `fd` as it was. At most FD_RESERVED_MAX at a time; call it before there are threads, or for a
 * descriptor no other thread knows. fd_unreserve closes one. fd_reserved is what every call that
 * makes, ends or duplicates a descriptor asks first.
 */
enum { FD_RESERVED_MAX = 16 };
int fd_reserve(int fd);
void fd_unreserve(int fd);
bool fd_reserved(int fd);

/* Every fn row: int64_t sys_NAME(task, args). syscall.def generates the prototypes. */
typedef int64_t syscall_fn(struct task *task, const uint64_t args[6]);

/*
 * What this layer asks of the process it serves; implemented in linux-user/.
 */
const struct guest_abi *task_abi(const struct task *task);
const volatile uint32_t *task_attention(const struct task *task);
/*
 * Rewrites a path the guest names into the one the host shall use: the -L root, /proc/self/exe and
 * the like. Returns `path` itself, or `buffer` (PATH_MAX bytes) filled. *replaced_fd gets a
 * descriptor with invented contents (/proc/self/maps, /proc/cpuinfo …) instead, or -1; the caller
 * owns it. `flags` are the open flags, or, when the path is not being opened, whether the call means
 * what a link at its end points to or the link itself.
 */
enum { PATH_FOLLOW = -1, PATH_KEEP_LINK = -2 };
const char *task_path(struct task *task, int dirfd, const char *path, int flags, char *buffer,
                      int *replaced_fd);
/* Before a call after which paths may lead elsewhere: chroot, mount and the like. */
void task_names_change(struct task *task);
/*
 * Around a call with a temporary signal mask (ppoll, pselect6, epoll_pwait). Enter takes the
 * guest's mask and returns true with *host, the mask for the host's call; or false if a signal
 * waits already that this mask lets through: then the call is not made and its result is -EINTR.
 * Leave follows in either case with the call's result; it sees to it that a signal that came is
 * delivered under the temporary mask, and returns the result the guest gets.
 */
bool task_sigmask_enter(struct task *task, uint64_t mask, uint64_t *host);
int64_t task_sigmask_leave(struct task *task, int64_t result);
/* Is `fd` open on the list of this process's descriptors, /proc/self/fd or fdinfo? */
bool task_lists_descriptors(struct task *task, int fd);
/* SECCOMP_IOCTL_NOTIF_RECV and _SEND: the call as the guest knows it. args are ioctl's. */
int64_t task_seccomp_receive(struct task *task, const uint64_t args[6]);
int64_t task_seccomp_answer(struct task *task, const uint64_t args[6]);
/*
 * What readlink says of /proc/PID/exe of this and of other emulated processes, in `target` of
 * PATH_MAX bytes. False for every other path.
 */
bool task_exe(struct task *task, int dirfd, const char *path, char *target);

#endif

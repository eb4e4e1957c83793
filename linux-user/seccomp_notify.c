/*
 * SECCOMP_RET_USER_NOTIF: calls that another process answers. The listener is the host's own, so
 * that it can be polled, inherited and passed on like natively: with it comes a filter for the host
 * that knows nothing but numbers which no kernel uses. A guest's call that is to be answered is
 * made as such a number, which tells guest and call; the supervisor's Ferry makes the guest's call
 * of it again when the notification is received. The host's filter stays over fork and execve by
 * itself.
 */
#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "linux-user/seccomp.h"

enum {
    NUMBER_BASE = 0x20000000, /* no call of x86-64 nor x32 */
    NUMBER_END = 0x30000000,
    NUMBER_BITS = 24, /* of the guest's number; above it the guest's place in guests[] */
};

/* The result by which a supervisor has the call made after all: not an errno, nor likely a value.
 */
static const int64_t go_on = INT64_C(0x6665727279676f6e);

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE (1UL << 0)
#endif

int64_t seccomp_listen(uint64_t flags)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NUMBER_BASE, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NUMBER_END, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof code / sizeof *code, code};
    return host_syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, (uint64_t)(uintptr_t)&program,
                        0, 0, 0);
}

static unsigned place_of(const struct guest *guest)
{
    unsigned place = 0;
    while (guests[place] != guest)
        place++;
    return place;
}

bool seccomp_ask(struct task *t, int64_t *result)
{
    const uint64_t mask = (UINT64_C(1) << NUMBER_BITS) - 1;
    uint64_t place = place_of(t->process->guest);
    long number = (long)(NUMBER_BASE | place << NUMBER_BITS | (t->call->number & mask));
    *result = safe_syscall(task_attention(t), number, t->call->args);
    return *result == go_on;
}

/* What the listener tells of a call, as the guest's kernel would. */
static void as_guest(struct seccomp_data *data)
{
    unsigned number = (unsigned)data->nr;
    if (data->arch != AUDIT_ARCH_X86_64 || number < NUMBER_BASE || number >= NUMBER_END)
        return;
    unsigned wanted = (number - NUMBER_BASE) >> NUMBER_BITS, place = 0;
    while (guests[place] && place < wanted)
        place++;
    if (!guests[place])
        return;
    data->nr = (int)(number & ((1u << NUMBER_BITS) - 1));
    data->arch = guests[place]->abi.audit_arch;
    data->instruction_pointer = 0; /* it is not known on this side */
}

int64_t task_seccomp_receive(struct task *t, const uint64_t args[6])
{
    struct seccomp_notif notification;
    int64_t r = safe_syscall(task_attention(t), SYS_ioctl, args);
    if (r < 0)
        return r;
    if (copy_in(t, &notification, args[2], sizeof notification) != 0)
        return -EFAULT;
    as_guest(&notification.data);
    return copy_out(t, args[2], &notification, sizeof notification) == 0 ? r : -EFAULT;
}

int64_t task_seccomp_answer(struct task *t, const uint64_t args[6])
{
    struct seccomp_notif_resp answer;
    if (copy_in(t, &answer, args[2], sizeof answer) != 0)
        return -EFAULT;
    if (answer.flags == SECCOMP_USER_NOTIF_FLAG_CONTINUE && !answer.error && !answer.val) {
        answer.flags = 0;
        answer.val = go_on;
    }
    return host_syscall(SYS_ioctl, args[0], args[1], (uint64_t)(uintptr_t)&answer, 0, 0, 0);
}

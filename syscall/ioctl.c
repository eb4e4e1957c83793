/*
 * ioctl: the host's drivers answer, also for requests nobody here has heard of. ioctl.def names the
 * requests whose structure is of struct.def; it is converted if the guest has it differently.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "syscall/host_number.h"
#include "syscall/table.h"

enum direction { DIRECTION_none, DIRECTION_in = 1, DIRECTION_out = 2, DIRECTION_inout = 3 };

static const struct request {
    uint32_t number;
    uint8_t direction;
    uint8_t layout;
} requests[] = {
#define IOCTL(name, direction, layout) {name, DIRECTION_##direction, STRUCT_##layout},
#include "syscall/ioctl.def"
#undef IOCTL
};

/* The row of a request whose argument must be converted for this guest, or NULL. */
static const struct request *to_convert(const struct guest_abi *abi, uint32_t number)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct request *r = &requests[i];
        if (r->number == number)
            return r->direction && !syscall_structs[r->layout].same[abi->word == 8] ? r : NULL;
    }
    return NULL;
}

int64_t sys_ioctl(struct task *task, const uint64_t args[6])
{
    const struct guest_abi *abi = task_abi(task);
    uint64_t host[6] = {args[0], args[1], args[2]};
    if (fd_reserved((int)args[0]))
        return -EBADF;
    if ((uint32_t)args[1] == SECCOMP_IOCTL_NOTIF_RECV)
        return task_seccomp_receive(task, host);
    if ((uint32_t)args[1] == SECCOMP_IOCTL_NOTIF_SEND)
        return task_seccomp_answer(task, host);
    /* What the argument is only the driver knows: a number stays one where addresses are the
     * host's. */
    if (abi->word == 8)
        return safe_syscall(task_attention(task), SYS_ioctl, host);
    const struct request *r = to_convert(abi, (uint32_t)args[1]);
    uint64_t copy[STRUCT_MAX / 8];
    host[2] = (uint64_t)(uintptr_t)guest_pointer(task, args[2]);
    if (r && args[2]) {
        host[2] = (uint64_t)(uintptr_t)copy;
        if ((r->direction & DIRECTION_in) && struct_in(task, r->layout, copy, args[2]) != 0)
            return -EFAULT;
    }
    int64_t result = safe_syscall(task_attention(task), SYS_ioctl, host);
    if (r && args[2] && result >= 0 && (r->direction & DIRECTION_out))
        return struct_out(task, r->layout, args[2], copy) == 0 ? result : -EFAULT;
    return result;
}

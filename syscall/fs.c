/*
 * Calls about files that are more than a conversion: opening, links that name the guest, fcntl.
 *
 * A path that task_path answers with a descriptor (/proc/self/maps and the like) is served by that
 * descriptor; all other paths go to the host, rewritten where the process has a root of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "syscall/host_number.h"
#include "syscall/table.h"

/*
 * The descriptor for an invented file that the guest gets: opened again as it asked, so that it has the
 * lowest free number, its own flags, and no right to write.
 */
static int64_t opened_instead(int fd, uint64_t flags)
{
    const uint64_t kept = O_CLOEXEC | O_NONBLOCK | O_LARGEFILE;
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int64_t again = host_syscall(SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)(uintptr_t)name,
                                 O_RDONLY | (flags & kept), 0, 0, 0);
    if (again < 0)
        return fd;
    if (again > fd) {
        host_syscall(SYS_dup3, (uint64_t)again, (uint64_t)fd, flags & O_CLOEXEC, 0, 0, 0);
        int64_t above = again;
        again = fd;
        fd = (int)above;
    }
    host_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
    return again;
}

int64_t sys_openat(struct task *task, const uint64_t args[6])
{
    struct path_storage storage;
    int replaced;
    uint64_t flags = oflag_to_host(task_abi(task), args[2]);
    if (fd_reserved((int)args[0]))
        return -EBADF;
    const char *path = path_in(task, (int)args[0], args[1], (int)flags, &storage, &replaced);
    if (replaced >= 0)
        return opened_instead(replaced, flags);
    const uint64_t host[6] = {args[0], (uint64_t)(uintptr_t)path, flags, args[3]};
    return safe_syscall(task_attention(task), SYS_openat,
                        host); /* a FIFO waits for its other end */
}

int64_t sys_openat2(struct task *task, const uint64_t args[6])
{
    struct path_storage storage;
    struct open_how how;
    int replaced = -1;
    storage.guest[0] = 0;
    if (fd_reserved((int)args[0]))
        return -EBADF;
    uint64_t host[6] = {args[0], (uint64_t)(uintptr_t)guest_pointer(task, args[1]),
                        (uint64_t)(uintptr_t)guest_pointer(task, args[2]), args[3]};
    if (args[3] < sizeof how || struct_in(task, STRUCT_open_how, &how, args[2]) != 0)
        return host_syscall(SYS_openat2, host[0], host[1], host[2], host[3], 0, 0); /* refuses it */
    how.flags = oflag_to_host(task_abi(task), how.flags);
    /* With these the guest tells the kernel what a path may mean: it is not ours to rewrite. */
    if (!(how.resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)))
        host[1] = (uint64_t)(uintptr_t)path_in(task, (int)args[0], args[1], (int)how.flags, &storage,
                                               &replaced);
    if (replaced >= 0)
        return opened_instead(replaced, how.flags);
    /* /proc/PID/exe is a magic link, and whatever path we have for it is not. */
    char exe[4096];
    const uint64_t no_link = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    if ((how.resolve & no_link) && storage.guest[0] &&
        task_exe(task, (int)args[0], storage.guest, exe))
        host[1] = (uint64_t)(uintptr_t)storage.guest;
    if (args[3] == sizeof how) /* else newer than we are: the kernel judges what it finds there */
        host[2] = (uint64_t)(uintptr_t)&how;
    return safe_syscall(task_attention(task), SYS_openat2, host);
}

int64_t sys_readlinkat(struct task *task, const uint64_t args[6])
{
    struct path_storage storage;
    int size = (int)args[3];
    if (fd_reserved((int)args[0]))
        return -EBADF;
    if (size <= 0)
        return -EINVAL;
    storage.guest[0] = 0;
    const char *path = path_in(task, (int)args[0], args[1], PATH_KEEP_LINK, &storage, NULL);
    char exe[4096];
    if (storage.guest[0] && task_exe(task, (int)args[0], storage.guest, exe)) {
        size_t length = strlen(exe);
        if (length > (size_t)size)
            length = (size_t)size;
        return copy_out(task, args[2], exe, length) == 0 ? (int64_t)length : -EFAULT;
    }
    return host_syscall(SYS_readlinkat, args[0], (uint64_t)(uintptr_t)path,
                        (uint64_t)(uintptr_t)guest_pointer(task, args[2]), args[3], 0, 0);
}

int64_t sys_fcntl(struct task *task, const uint64_t args[6])
{
    const struct guest_abi *abi = task_abi(task);
    uint64_t host[6] = {args[0], args[1], args[2]};
    int64_t result;
    if (fd_reserved((int)args[0]))
        return -EBADF;
    switch ((int)args[1]) {
    case F_GETFL:
        result = host_syscall(SYS_fcntl, args[0], args[1], args[2], 0, 0, 0);
        return result < 0 ? result : (int64_t)oflag_to_guest(abi, (uint64_t)result);
    case F_SETFL:
        return host_syscall(SYS_fcntl, args[0], args[1], oflag_to_host(abi, args[2]), 0, 0, 0);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
    case F_GETOWN_EX:
    case F_SETOWN_EX:
        host[2] = (uint64_t)(uintptr_t)guest_pointer(task, args[2]);
        return safe_syscall(task_attention(task), SYS_fcntl, host);
    default:
        return host_syscall(SYS_fcntl, args[0], args[1], args[2], 0, 0, 0);
    }
}

/* ---- calls after which a path may mean something else ---- */

static int64_t names_change(struct task *task, enum row_index index, long number,
                            const uint64_t args[6])
{
    struct row row = syscall_rows[index];
    row.host = (uint16_t)number;
    task_names_change(task);
    return convert_call(task, &row, args, false);
}

int64_t sys_chroot(struct task *task, const uint64_t args[6])
{
    return names_change(task, ROW_chroot, SYS_chroot, args);
}

int64_t sys_pivot_root(struct task *task, const uint64_t args[6])
{
    return names_change(task, ROW_pivot_root, SYS_pivot_root, args);
}

int64_t sys_mount(struct task *task, const uint64_t args[6])
{
    char target[2];
    /* "/" is the top of the mounts, about which unshare speaks here, and not the -L root. */
    if (copy_in_string(task, target, args[1], sizeof target) == 1 && target[0] == '/')
        return host_syscall(SYS_mount, (uint64_t)(uintptr_t)guest_pointer(task, args[0]),
                            (uint64_t)(uintptr_t) "/",
                            (uint64_t)(uintptr_t)guest_pointer(task, args[2]), args[3],
                            (uint64_t)(uintptr_t)guest_pointer(task, args[4]), 0);
    return names_change(task, ROW_mount, SYS_mount, args);
}

int64_t sys_umount2(struct task *task, const uint64_t args[6])
{
    return names_change(task, ROW_umount2, SYS_umount2, args);
}

int64_t sys_move_mount(struct task *task, const uint64_t args[6])
{
    return names_change(task, ROW_move_mount, SYS_move_mount, args);
}

int64_t sys_setns(struct task *task, const uint64_t args[6])
{
    return names_change(task, ROW_setns, SYS_setns, args);
}

/* In a mount namespace of its own the names may change by what other processes do there. */
int64_t sys_unshare(struct task *task, const uint64_t args[6])
{
    return args[0] & CLONE_NEWNS ? names_change(task, ROW_unshare, SYS_unshare, args)
                                 : host_syscall(SYS_unshare, args[0], 0, 0, 0, 0, 0);
}

/*
 * Serving calls by the kinds of their arguments: paths rewritten, structures and flags converted,
 * a 32-bit guest's words widened. The rules are those of kind.def; nothing here knows a call by
 * name.
 *
 * Invariant: what the guest's memory held when it was copied in is what the host's call sees;
 * nothing is read from the guest twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "syscall/host_number.h"
#include "syscall/table.h"

/* ---- open flags ---- */

/* The four that ARM numbers in its own way (arch/arm and arm64, uapi/asm/fcntl.h), ours beside. */
static const struct {
    uint32_t host, arm;
} arm_oflags[] = {
    {O_DIRECTORY, 040000},
    {O_NOFOLLOW, 0100000},
    {O_DIRECT, 0200000},
    {0100000 /* O_LARGEFILE, which libc calls 0 */, 0400000},
};

uint64_t oflag_to_host(const struct guest_abi *abi, uint64_t flags)
{
    uint64_t result = flags;
    if (!abi->arm_oflags)
        return flags;
    for (size_t i = 0; i < sizeof arm_oflags / sizeof *arm_oflags; i++)
        result &= ~(uint64_t)arm_oflags[i].arm;
    for (size_t i = 0; i < sizeof arm_oflags / sizeof *arm_oflags; i++)
        if (flags & arm_oflags[i].arm)
            result |= arm_oflags[i].host;
    return result;
}

uint64_t oflag_to_guest(const struct guest_abi *abi, uint64_t flags)
{
    uint64_t result = flags;
    if (!abi->arm_oflags)
        return flags;
    for (size_t i = 0; i < sizeof arm_oflags / sizeof *arm_oflags; i++)
        result &= ~(uint64_t)arm_oflags[i].host;
    for (size_t i = 0; i < sizeof arm_oflags / sizeof *arm_oflags; i++)
        if (flags & arm_oflags[i].host)
            result |= arm_oflags[i].arm;
    return result;
}

/* ---- words ---- */

/* One argument of a 32-bit guest as the kernel's prototype widens it. */
static uint64_t widen(enum pass pass, uint64_t word)
{
    switch (pass) {
    case PASS_sint:
    case PASS_sword:
    case PASS_fd:
        return (uint64_t)(int64_t)(int32_t)word;
    default:
        return (uint32_t)word;
    }
}

void convert_widen(const struct row *row, const uint64_t args[6], uint64_t wide[6])
{
    unsigned from = 0;
    memset(wide, 0, 6 * sizeof *wide);
    for (unsigned i = 0; i < row->nargs && from < 6; i++) {
        enum pass pass = syscall_kinds[row->kind[i]].pass;
        if (pass == PASS_wide) {
            /* A register pair begins at an even register (AAPCS), low word first. */
            from = (from + 1) & ~1u;
            if (from >= 6)
                break;
            wide[i] = (uint32_t)args[from] | args[from + 1] << 32;
            from += 2;
        } else {
            wide[i] = widen(pass, args[from++]);
        }
    }
}

/* ---- paths ---- */

const char *path_in(struct task *task, int dirfd, uint64_t guest, int flags,
                    struct path_storage *storage, int *replaced)
{
    int fd = -1;
    if (replaced)
        *replaced = -1;
    /* An empty one stands for the descriptor (fstat is made so): nothing to rewrite. */
    if (!guest || copy_in_string(task, storage->guest, guest, sizeof storage->guest) <= 0)
        return guest_pointer(task, guest);
    const char *path = task_path(task, dirfd, storage->guest, flags, storage->host, &fd);
    if (replaced)
        *replaced = fd;
    else if (fd >= 0)
        host_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
    return path;
}

/* ---- calls ---- */

enum { PATHS = 2 }; /* no call has more */

/* For a structure that cannot be read: the host's kernel says EFAULT when it gets there. */
static const uint64_t BAD_POINTER = UINT64_MAX << 12;

/* What a call in conversion holds. Large: paths; nothing of it is initialised without need. */
struct conversion {
    const struct row *row;
    uint64_t guest[6]; /* widened */
    uint64_t host[6];
    unsigned npaths, nstructs;
    struct path_storage paths[PATHS];
    uint64_t structs[2][STRUCT_MAX / 8];
};

/* Room for a structure in the host's form. */
static void *new_struct(struct conversion *c)
{
    return c->structs[c->nstructs++];
}

static bool converts(const struct guest_abi *abi, const struct kind_desc *kind)
{
    return !syscall_structs[kind->layout].same[abi->word == 8];
}

/* Does the call mean what a link at the end of path `i` points to, or the link itself? */
static int path_flags(const struct conversion *c, unsigned i)
{
    uint64_t flags = 0;
    for (unsigned k = i + 1; k < c->row->nargs; k++)
        if (c->row->kind[k] == KIND_atflag)
            flags = c->guest[k];
    if (flags & AT_SYMLINK_FOLLOW)
        return PATH_FOLLOW;
    bool keep = c->row->kind[i] == KIND_lpath || (flags & AT_SYMLINK_NOFOLLOW);
    return keep ? PATH_KEEP_LINK : PATH_FOLLOW;
}

static int argument_in(struct task *task, const struct guest_abi *abi, struct conversion *c,
                       unsigned i, int *dirfd)
{
    const struct kind_desc *kind = &syscall_kinds[c->row->kind[i]];
    uint64_t value = c->guest[i];
    const char *path;
    c->host[i] = value;
    switch ((enum pass)kind->pass) {
    case PASS_sint:
    case PASS_uint:
    case PASS_word:
    case PASS_sword:
    case PASS_wide:
        break;
    case PASS_fd:
        if (fd_reserved((int)value))
            return -EBADF;
        if (kind->show == SHOW_dirfd)
            *dirfd = (int)value;
        break;
    case PASS_oflag:
        c->host[i] = oflag_to_host(abi, value);
        break;
    case PASS_path:
        path = path_in(task, *dirfd, value, path_flags(c, i), &c->paths[c->npaths++], NULL);
        c->host[i] = (uint64_t)(uintptr_t)path;
        break;
    case PASS_pointer:
        c->host[i] = (uint64_t)(uintptr_t)guest_pointer(task, value);
        break;
    case PASS_in:
    case PASS_out:
    case PASS_inout:
        c->host[i] = (uint64_t)(uintptr_t)guest_pointer(task, value);
        if (value && converts(abi, kind)) {
            void *host = new_struct(c);
            bool good = kind->pass == PASS_out || struct_in(task, kind->layout, host, value) == 0;
            c->host[i] = good ? (uint64_t)(uintptr_t)host : BAD_POINTER;
        }
        break;
    }
    return 0;
}

static int argument_out(struct task *task, const struct guest_abi *abi, struct conversion *c,
                        unsigned i)
{
    const struct kind_desc *kind = &syscall_kinds[c->row->kind[i]];
    if ((kind->pass != PASS_out && kind->pass != PASS_inout) || !c->guest[i] ||
        !converts(abi, kind))
        return 0;
    return struct_out(task, kind->layout, c->guest[i], (const void *)(uintptr_t)c->host[i]);
}

int64_t convert_call(struct task *task, const struct row *row, const uint64_t args[6], bool wait)
{
    const struct guest_abi *abi = task_abi(task);
    struct conversion c;
    int dirfd = AT_FDCWD;
    c.row = row;
    c.npaths = c.nstructs = 0;
    if (abi->word == 8)
        memcpy(c.guest, args, sizeof c.guest);
    else
        convert_widen(row, args, c.guest);
    memcpy(c.host, c.guest, sizeof c.host);
    for (unsigned i = 0; i < row->nargs; i++) {
        int error = argument_in(task, abi, &c, i, &dirfd);
        if (error)
            return error;
    }
    int64_t result = wait ? safe_syscall(task_attention(task), row->host, c.host)
                          : host_syscall(row->host, c.host[0], c.host[1], c.host[2], c.host[3],
                                         c.host[4], c.host[5]);
    /* An interrupted sleep says what remains. */
    if (result < 0 && result != -EINTR)
        return result;
    for (unsigned i = 0; i < row->nargs; i++) {
        int error = argument_out(task, abi, &c, i);
        if (error)
            return error;
    }
    return result;
}

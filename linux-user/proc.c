/* Paths and identity. See proc.h. Contents of /proc files: procfile.c. */
#include "linux-user/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/procpath.h"
#include "linux-user/self.h"

/* ---- the root ---- */

/* Places that are the machine's, not the root's. */
static bool never_under_root(const char *path)
{
    static const char *const places[] = {"/proc", "/sys", "/dev", "/run", "/tmp"};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        size_t n = strlen(places[i]);
        if (!strncmp(path, places[i], n) && (path[n] == '/' || !path[n]))
            return true;
    }
    return false;
}

/*
 * `path` is in neither place, `buffer` its name under the root. True if it can only come to be
 * there: its directory is in the root and not on the host.
 */
static bool belongs_under_root(const char *path, char *buffer)
{
    struct stat st;
    const char *slash = strrchr(path, '/');
    char directory[PATH_MAX], *end = strrchr(buffer, '/');
    if (slash == path)
        return false;
    memcpy(directory, path, (size_t)(slash - path));
    directory[slash - path] = '\0';
    if (stat(directory, &st) == 0 || errno != ENOENT)
        return false;
    *end = '\0';
    bool there = stat(buffer, &st) == 0 && S_ISDIR(st.st_mode);
    *end = '/';
    return there;
}

const char *proc_under_root(const char *root, const char *path, bool follow, char *buffer)
{
    char target[PATH_MAX];
    if (!root || path[0] != '/')
        return NULL;
    for (int links = 0; links < 16; links++) {
        struct stat st;
        if (never_under_root(path) || snprintf(buffer, PATH_MAX, "%s%s", root, path) >= PATH_MAX)
            return NULL;
        if (lstat(buffer, &st) != 0)
            return errno == ENOENT && belongs_under_root(path, buffer) ? buffer : NULL;
        if (!follow || !S_ISLNK(st.st_mode))
            return buffer;
        /* A relative link stays inside by itself; an absolute one means the root's. */
        ssize_t n = readlink(buffer, target, sizeof target - 1);
        if (n <= 0)
            return NULL;
        target[n] = '\0';
        if (target[0] != '/') {
            char *slash = strrchr(buffer, '/');
            if ((size_t)(slash - buffer) + (size_t)n + 2 > PATH_MAX)
                return NULL;
            memcpy(slash + 1, target, (size_t)n + 1);
            memmove(target, buffer + strlen(root), strlen(buffer + strlen(root)) + 1);
        }
        path = target;
    }
    return NULL;
}

/* ---- /proc ---- */

/* True if the call being served does not follow a link at the end of its path. */
static bool keeps_link(int flags)
{
    return flags >= 0 ? flags & O_NOFOLLOW : flags == PATH_KEEP_LINK;
}

/* What a path of /proc stands for: another path, a descriptor, or itself. */
static const char *proc_path(struct task *t, const struct proc_place *place, const char *path,
                             int flags, char *buffer, int *replaced_fd)
{
    if (!strcmp(place->name, "exe")) {
        const char *program = keeps_link(flags) ? NULL : proc_exe_path(t, place, buffer);
        return program ? program : path;
    }
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_PATH | O_DIRECTORY)))
        *replaced_fd = proc_file(t, place);
    return path;
}

const char *task_path(struct task *t, int dirfd, const char *path, int flags, char *buffer,
                      int *replaced_fd)
{
    struct proc_place place;
    *replaced_fd = -1;
    if (proc_find(dirfd, path, &place)) {
        const char *result = proc_path(t, &place, path, flags, buffer, replaced_fd);
        close(place.directory);
        return result;
    }
    const char *found =
        proc_under_root(t->process->options->root, path, !keeps_link(flags), buffer);
    return found ? found : path;
}

bool task_exe(struct task *t, int dirfd, const char *path, char *target)
{
    struct proc_place place;
    if (!proc_find(dirfd, path, &place))
        return false;
    bool found = !strcmp(place.name, "exe") && place.scope != PROC_SYSTEM &&
                 proc_exe_link(t, &place, target);
    close(place.directory);
    return found;
}

/* ---- identity ---- */

/*
 * The host's path of the program, absolute and without links, and the guest's: without the root it
 * was found under.
 */
void proc_program_opened(struct process *p, int fd)
{
    struct program *prog = p->program;
    char link[64], real[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, real, sizeof real - 1);
    if (n > 0) {
        real[n] = '\0';
        memcpy(prog->path, real, (size_t)n + 1);
    } else if (!realpath(p->options->program, real)) {
        snprintf(real, sizeof real, "%s", p->options->program);
    }
    const char *root = p->options->root, *shown = real;
    size_t length = root ? strlen(root) : 0;
    if (length && !strncmp(real, root, length) && real[length] == '/')
        shown = real + length;
    memcpy(prog->guest_path, shown, strlen(shown) + 1);
    struct stat st;
    if (fstat(fd, &st) == 0) {
        prog->device = st.st_dev;
        prog->inode = st.st_ino;
        /* No name leads to it: deleted, or the root of a mount that was detached. */
        if (!st.st_nlink || !strcmp(prog->path, "/"))
            self_keep_program(fd);
    }
    /* The last part of the name it was called by; of its own name, if that was a descriptor. */
    bool by_descriptor =
        !strncmp(p->options->execfn, "/dev/fd/", 8) && !strchr(p->options->execfn + 8, '/');
    const char *name = by_descriptor ? real : p->options->execfn, *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    const char *deleted = by_descriptor ? strstr(base, " (deleted)") : NULL;
    int shown_length = deleted ? (int)(deleted - base) : (int)strlen(base);
    snprintf(prog->comm, sizeof prog->comm, "%.*s", shown_length, base);
}

/*
 * Writes the guest's arguments over Ferry's, where the kernel shows them from. They lie behind
 * Ferry's own and move down; only one given by -0 comes from elsewhere and may be cut.
 */
static void rewrite_arguments(struct options *o)
{
    char *to = o->arguments;
    for (char **arg = o->argv; *arg && to < o->arguments_end; arg++) {
        char *end = arg[1] && arg[1] > to && arg[1] < o->arguments_end ? arg[1] : o->arguments_end;
        size_t n = strlen(*arg) + 1, room = (size_t)(end - to);
        memmove(to, *arg, n < room ? n : room);
        *arg = to;
        to += n < room ? n : room;
    }
    memset(to, 0, (size_t)(o->arguments_end - to));
}

void proc_take_identity(struct process *p)
{
    const struct program *prog = p->program;
    /* The host's own heap must stay where it is; that it cannot shrink below this does no harm. */
    uint64_t brk = (uint64_t)(uintptr_t)sbrk(0);
    prctl(PR_SET_NAME, prog->comm);
    struct prctl_mm_map map = {
        .start_code = prog->start_code,
        .end_code = prog->end_code,
        .start_data = prog->start_data,
        .end_data = prog->end_data,
        .start_brk = brk,
        .brk = brk,
        .start_stack = prog->stack_sp,
        .arg_start = prog->arg_start,
        .arg_end = prog->arg_end,
        .env_start = prog->env_start,
        .env_end = prog->env_end,
        .auxv = (__u64 *)(uintptr_t)prog->auxv,
        .auxv_size = (__u32)prog->auxv_size,
        .exe_fd = (__u32)-1,
    };
    /* Needs a kernel with CONFIG_CHECKPOINT_RESTORE and no filter that forbids it. */
    p->identity_shown = prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) == 0;
    if (!p->identity_shown)
        rewrite_arguments(p->options);
}

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

#include "util/log.h"

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

const char *proc_under_root(const char *root, const char *path, bool follow, char *buffer)
{
    char target[PATH_MAX];
    if (!root || path[0] != '/')
        return NULL;
    for (int links = 0; links < 16; links++) {
        struct stat st;
        if (never_under_root(path) || snprintf(buffer, PATH_MAX, "%s%s", root, path) >= PATH_MAX ||
            lstat(buffer, &st) != 0)
            return NULL;
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

/* The lexical form of a path without "//", "." and "..": enough to see what a /proc path means. */
static void clean_path(const char *path, char out[PATH_MAX])
{
    size_t n = 0;
    while (*path && n < PATH_MAX - 1) {
        path += strspn(path, "/");
        size_t length = strcspn(path, "/");
        if (length == 2 && !memcmp(path, "..", 2)) {
            while (n && out[--n] != '/')
                ;
        } else if (length && !(length == 1 && *path == '.')) {
            if (n + length + 1 >= PATH_MAX)
                break;
            out[n++] = '/';
            memcpy(out + n, path, length);
            n += length;
        }
        path += length;
    }
    out[n] = '\0';
}

/* The last component, if it is one that we care about. */
static bool interesting(const char *path)
{
    static const char *const names[] = {"exe", "maps", "cpuinfo", "auxv", "cmdline", "environ"};
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(base, names[i]))
            return true;
    return false;
}

/*
 * The name of a file of /proc that is ours to invent: relative to /proc/self with *own set, or to
 * /proc. NULL for everything else. `full` has PATH_MAX bytes.
 */
static const char *proc_name(struct task *t, int dirfd, const char *path, char *full, bool *own)
{
    char joined[PATH_MAX];
    if (!interesting(path))
        return NULL;
    if (path[0] != '/') {
        char link[64], directory[PATH_MAX];
        snprintf(link, sizeof link, dirfd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d",
                 dirfd);
        ssize_t n = readlink(link, directory, sizeof directory - 1);
        if (n <= 0)
            return NULL;
        directory[n] = '\0';
        if (strncmp(directory, "/proc", 5) ||
            snprintf(joined, sizeof joined, "%s/%s", directory, path) >= PATH_MAX)
            return NULL;
        path = joined;
    }
    clean_path(path, full);
    if (strncmp(full, "/proc/", 6))
        return NULL;
    const char *p = full + 6;
    *own = false;
    size_t n = strcspn(p, "/");
    bool self = (n == 4 && !memcmp(p, "self", 4)) || (n == 11 && !memcmp(p, "thread-self", 11)) ||
                atoi(p) == getpid() || atoi(p) == t->tid;
    if (!self || !p[n])
        return n && !p[n] ? p : NULL;
    *own = true;
    p += n + 1;
    /* /proc/self/task/TID/NAME is the process's, too. */
    if (!strncmp(p, "task/", 5) && (p = strchr(p + 5, '/')))
        p++;
    return p;
}

/* True if the call being served does not follow a link at the end of its path. */
static bool keeps_link(int flags)
{
    return flags >= 0 ? flags & O_NOFOLLOW : flags == PATH_KEEP_LINK;
}

const char *task_path(struct task *t, int dirfd, const char *path, int flags, char *buffer,
                      int *replaced_fd)
{
    char full[PATH_MAX];
    bool own;
    *replaced_fd = -1;
    const char *name = proc_name(t, dirfd, path, full, &own);
    if (name) {
        if (own && !strcmp(name, "exe"))
            return keeps_link(flags) ? path : t->process->program->path;
        if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_PATH | O_DIRECTORY)))
            *replaced_fd = proc_file(t, name, own);
        return path;
    }
    const char *found =
        proc_under_root(t->process->options->root, path, !keeps_link(flags), buffer);
    return found ? found : path;
}

const char *task_exe(struct task *t, int dirfd, const char *path)
{
    char full[PATH_MAX];
    bool own;
    const char *name = proc_name(t, dirfd, path, full, &own);
    return name && own && !strcmp(name, "exe") ? t->process->program->guest_path : NULL;
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
    const char *base = strrchr(p->options->execfn, '/');
    snprintf(prog->comm, sizeof prog->comm, "%s", base ? base + 1 : p->options->execfn);
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
    /* Needs a kernel with CONFIG_CHECKPOINT_RESTORE; without it only our own view is the guest's.
     */
    if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) != 0 && log_on(LOG_UNIMP))
        log_print("the host's ps will show ferry's arguments: %s\n", strerror(errno));
}

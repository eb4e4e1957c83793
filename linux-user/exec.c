/*
 * execve and execveat. Programs of our guests are run by executing ourselves again, with or without
 * binfmt_misc; so that argv, and with it what ps shows, stays the guest's own, the rest travels in
 * the environment variable FERRY_EXEC, which the new Ferry takes out (options.c). Scripts are
 * resolved here, because their interpreter may be a guest program under the -L root. Programs of
 * the host, and whatever else the host may know how to run, go to the host's kernel; so do those of
 * our guests that raise privileges, which binfmt_misc alone can grant.
 *
 * Errors that the kernel reports before the point of no return are reported here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "linux-user/exec.h"
#include "linux-user/proc.h"
#include "linux-user/procpath.h"
#include "linux-user/program.h"
#include "linux-user/seccomp.h"
#include "linux-user/self.h"
#include "linux-user/signal.h"
#include "syscall/rows.h"

/* The kernel looks at 256 bytes of a file (BINPRM_BUF_SIZE); one more for a zero byte. */
enum { MAX_SCRIPTS = 5, MAX_WORDS = 1 << 20, LINE = 257, SPARE = 2 * MAX_SCRIPTS + 4 };

/* A list of host pointers to the guest's strings, with room in front and behind. */
struct list {
    char **memory;
    size_t bytes;
    char **first; /* of `count` strings and a NULL */
    size_t count;
};

struct exec_request {
    struct task *task;
    int dirfd, flags;
    int fd;                     /* open on the file to run */
    int program, self, filters; /* what the new Ferry inherits, see struct options_note; or -1 */
    bool inaccessible;          /* its name goes with a descriptor that execve closes */
    struct rlimit files;        /* of RLIMIT_NOFILE, when `lifted` */
    bool lifted;
    char path[PATH_MAX];           /* as the guest names it */
    char execfn[PATH_MAX];         /* as the guest named the first: AT_EXECFN, and its comm */
    char host[PATH_MAX];           /* as the host opens it; empty: by fd only */
    char lines[MAX_SCRIPTS][LINE]; /* first lines of scripts, where their words live */
    char names[MAX_SCRIPTS][PATH_MAX];
    struct list argv, envp;
};

static int64_t list_read(struct task *t, uint64_t guest, struct list *l)
{
    unsigned word = task_abi(t)->word;
    size_t n = 0;
    for (uint64_t value = 1; guest && value; n++) {
        value = 0;
        if (copy_in(t, &value, guest + n * word, word) != 0)
            return -EFAULT;
        if (n == MAX_WORDS)
            return -E2BIG;
    }
    n = n ? n - 1 : 0;
    l->bytes = (n + SPARE + 1) * sizeof(char *);
    l->memory = mmap(NULL, l->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (l->memory == MAP_FAILED) {
        l->memory = NULL;
        return -ENOMEM;
    }
    l->first = l->memory + SPARE / 2;
    l->count = n;
    for (size_t i = 0; i < n; i++) {
        uint64_t value = 0;
        if (copy_in(t, &value, guest + i * word, word) != 0)
            return -EFAULT;
        l->first[i] = guest_pointer(t, value);
    }
    return 0;
}

static void list_free(struct list *l)
{
    if (l->memory)
        munmap(l->memory, l->bytes);
}

static void list_push_front(struct list *l, char *text)
{
    *--l->first = text;
    l->count++;
}

/* ---- finding the file ---- */

/* The file at a descriptor, which becomes r->fd: to read it, or if that is not allowed as it is. */
static int64_t open_descriptor(struct exec_request *r, int fd)
{
    char name[64];
    int flags = fcntl(fd, F_GETFL);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    r->host[0] = '\0';
    /* An O_PATH descriptor can be executed but not read. */
    if (flags >= 0 && flags & O_PATH)
        r->fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (r->fd < 0)
        r->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return r->fd < 0 ? -errno : 0;
}

/* A name that the guest gave relative to a descriptor, as the kernel calls it afterwards. */
static int64_t name_below(struct exec_request *r, const char *name)
{
    char text[PATH_MAX + 32];
    int n = snprintf(text, sizeof text, "/dev/fd/%d%s%s", r->dirfd, *name ? "/" : "", name);
    if (n >= PATH_MAX)
        return -ENAMETOOLONG;
    memcpy(r->path, text, (size_t)n + 1);
    r->inaccessible = fcntl(r->dirfd, F_GETFD) & FD_CLOEXEC;
    return 0;
}

/*
 * A link somewhere that leads to /proc/self/exe has led the host to Ferry instead: follows it again
 * until the link's text says so. Returns a path that opens the guest's program, in `buffer`, or
 * NULL.
 */
static const char *program_behind(struct task *t, const char *path, char *buffer)
{
    enum { MAX_LINKS = 40 };
    char here[PATH_MAX], text[PATH_MAX];
    int replaced = -1;
    snprintf(here, sizeof here, "%s", path);
    for (int links = 0; links < MAX_LINKS; links++) {
        ssize_t n = readlink(here, text, sizeof text - 1);
        if (n <= 0)
            return NULL;
        text[n] = '\0';
        char *slash = text[0] == '/' ? here : strrchr(here, '/');
        size_t kept = text[0] == '/' ? 0 : slash ? (size_t)(slash + 1 - here) : 0;
        if (kept + (size_t)n >= sizeof here)
            return NULL;
        memcpy(here + kept, text, (size_t)n + 1);
        if (task_exe(t, AT_FDCWD, here, text))
            return task_path(t, AT_FDCWD, here, O_PATH, buffer, &replaced);
    }
    return NULL;
}

/*
 * Opens what r->path names; fills r->host. A program that may be executed but not read is open with
 * O_PATH, and so for the host's kernel to run. Returns 0 or -errno.
 */
static int64_t open_target(struct exec_request *r)
{
    char buffer[PATH_MAX];
    int replaced = -1;
    if (!r->path[0] && r->flags & AT_EMPTY_PATH && r->dirfd != AT_FDCWD) {
        int64_t e = fd_reserved(r->dirfd) ? -EBADF : open_descriptor(r, r->dirfd);
        return e ? e : name_below(r, "");
    }
    if (!r->path[0])
        return r->flags & AT_EMPTY_PATH ? -EACCES : -ENOENT;
    const char *host = task_path(r->task, r->dirfd, r->path, O_PATH, buffer, &replaced);
    if (replaced >= 0) {
        close(replaced);
        return -EACCES;
    }
    int nofollow = r->flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
    bool by_name = host[0] == '/' || r->dirfd == AT_FDCWD;
    r->fd = openat(r->dirfd, host, O_RDONLY | O_CLOEXEC | O_NONBLOCK | nofollow);
    if (r->fd < 0 && errno == EACCES) /* it may be executable all the same */
        r->fd = openat(r->dirfd, host, O_PATH | O_CLOEXEC | nofollow);
    if (r->fd < 0)
        return -errno;
    const char *program =
        by_name && !nofollow && proc_is_ferry(r->fd) ? program_behind(r->task, host, buffer) : NULL;
    if (program) {
        close(r->fd);
        r->fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (r->fd < 0)
            return -errno;
        host = program;
    }
    snprintf(r->host, sizeof r->host, "%s", by_name ? host : "");
    return by_name ? 0 : name_below(r, r->path);
}

/* Known since Linux 6.14. */
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static int64_t check_executable(const struct exec_request *r)
{
    struct stat st;
    char name[64], *none[] = {"", NULL};
    if (fstat(r->fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
        return -EACCES;
    /* The kernel itself says whether the file may be executed, and whether somebody writes to it.
     */
    if (syscall(SYS_execveat, r->fd, "", none, none + 1, AT_EMPTY_PATH | AT_EXECVE_CHECK) == 0)
        return 0;
    if (errno == EACCES || errno == ETXTBSY || errno == EPERM)
        return -errno;
    snprintf(name, sizeof name, "/proc/self/fd/%d", r->fd);
    return faccessat(AT_FDCWD, name, X_OK, AT_EACCESS) != 0 && errno == EACCES ? -EACCES : 0;
}

/* ---- scripts ---- */

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * Splits "#! interpreter [argument]" as fs/binfmt_script.c does: a line may be cut off within the
 * argument but not within the name, and blanks at its end count only where it is not whole.
 */
static int64_t split_line(char *line, char **interpreter, char **argument)
{
    char *name = line + 2, *last = line + LINE - 2, *end = memchr(line, '\n', LINE - 1);
    bool whole = end;
    if (!whole) {
        name += strspn(name, " \t");
        if (name + strcspn(name, " \t") > last)
            return -ENOEXEC;
        end = last;
    }
    while (end > line + 2 && blank(end[-1]))
        end--;
    *end = '\0';
    name += strspn(name, " \t");
    if (!*name)
        return whole ? -ENOEXEC : -EACCES; /* the kernel tries the name "", a directory */
    *interpreter = name;
    name += strcspn(name, " \t");
    *argument = NULL;
    if (*name) {
        *name++ = '\0';
        *argument = name + strspn(name, " \t");
    }
    return 0;
}

/* Replaces argv[0] by interpreter, argument and the script's name; opens the interpreter. */
static int64_t enter_script(struct exec_request *r, unsigned depth, char *line)
{
    char *interpreter, *argument;
    int64_t e = split_line(line, &interpreter, &argument);
    if (e)
        return e;
    if (r->inaccessible)
        return -ENOENT;
    memcpy(r->names[depth], r->path, sizeof r->path);
    if (r->argv.count) {
        r->argv.first++;
        r->argv.count--;
    }
    list_push_front(&r->argv, r->names[depth]);
    if (argument)
        list_push_front(&r->argv, argument);
    list_push_front(&r->argv, interpreter);
    close(r->fd);
    r->fd = -1;
    r->dirfd = AT_FDCWD;
    r->flags = 0;
    memcpy(r->path, interpreter, strlen(interpreter) + 1);
    e = open_target(r);
    return e ? e : check_executable(r);
}

/* ---- running ---- */

/* The limits that Ferry keeps for the guest become the host's again, or Ferry's once more. */
static void limits(const struct aspace *as, bool guests)
{
    const struct {
        int resource;
        uint64_t limit;
    } all[] = {{RLIMIT_AS, as->limit_as}, {RLIMIT_DATA, as->limit_data}};
    for (unsigned i = 0; i < 2; i++) {
        struct rlimit l;
        if (all[i].limit == UINT64_MAX || getrlimit(all[i].resource, &l) != 0)
            continue;
        l.rlim_cur = guests ? all[i].limit : l.rlim_max;
        setrlimit(all[i].resource, &l);
    }
}

/* True if the kernel, were it to execute this file, would give the process more than it has. */
static bool raises_privileges(const struct exec_request *r)
{
    struct stat st;
    const mode_t group = S_ISGID | S_IXGRP;
    if (fstat(r->fd, &st) != 0)
        return false;
    bool raises = (st.st_mode & S_ISUID && st.st_uid != geteuid()) ||
                  ((st.st_mode & group) == group && st.st_gid != getegid()) ||
                  (geteuid() && fgetxattr(r->fd, "security.capability", NULL, 0) > 0);
    return raises && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
}

static void restore_files(struct exec_request *r)
{
    if (r->lifted)
        setrlimit(RLIMIT_NOFILE, &r->files);
}

/* Lets the kernel execute a path or, where that is NULL, a descriptor. Returns only -errno. */
static int64_t host_exec(struct exec_request *r, const char *path, int fd)
{
    struct task *t = r->task;
    signal_before_exec(t);
    limits(t->process->as, true);
    restore_files(r);
    if (path)
        syscall(SYS_execve, path, r->argv.first, r->envp.first);
    else
        syscall(SYS_execveat, fd, "", r->argv.first, r->envp.first, AT_EMPTY_PATH);
    int error = errno;
    limits(t->process->as, false);
    signal_after_failed_exec(t);
    return -error;
}

/* The file itself, for the host's kernel and what is registered there. */
static int64_t exec_target(struct exec_request *r)
{
    return host_exec(r, r->host[0] ? r->host : NULL, r->fd);
}

/* A copy that the executed Ferry shall find open. */
static int duplicate(int fd)
{
    return fcntl(fd, F_DUPFD, 3);
}

/*
 * Executes Ferry with the note `text`. It goes with the environment, or with the arguments where
 * the environment of a process with mixed identities is not to be trusted. Ferry is found by
 * /proc/self/exe, by `self` if that is open on it, or by the path it was started by.
 */
static int64_t exec_ourselves(struct exec_request *r, char *text, int self)
{
    const char *path = r->task->process->options->self;
    bool mixed = getuid() != geteuid() || getgid() != getegid();
    struct list *list = mixed ? &r->argv : &r->envp;
    list_push_front(list, text);
    int64_t e = self >= 0 ? host_exec(r, NULL, self) : host_exec(r, "/proc/self/exe", -1);
    if (e == -ENOENT && path) /* no /proc in this root */
        e = host_exec(r, path, -1);
    list->first++;
    list->count--;
    return e;
}

static int64_t exec_guest(struct exec_request *r)
{
    const struct options *o = r->task->process->options;
    char text[3 * PATH_MAX];
    int64_t e = program_check(o->root, r->fd);
    if (e)
        return e;
    if (raises_privileges(r) && !seccomp_count(r->task) && program_check(NULL, r->fd) == 0) {
        e = exec_target(r); /* only the kernel can, by binfmt_misc with credentials */
        if (e != -ENOEXEC)
            return e;
    }
    /* By descriptor: what has been checked is what runs, and a name may be gone by then. */
    r->program = duplicate(r->fd);
    if (r->program < 0)
        return -errno;
    r->self = self_fd() < 0 ? -1 : duplicate(self_fd());
    e = seccomp_export(r->task, &r->filters);
    const struct options_note note = {.program = r->host[0] ? r->host : r->path,
                                      .execfn = r->execfn,
                                      .program_fd = r->program,
                                      .self_fd = r->self,
                                      .filters_fd = r->filters};
    if (!e)
        e = options_encode(o, &note, text, sizeof text) ? exec_ourselves(r, text, r->self) : -E2BIG;
    if (e == -ENOENT && o->registered)
        e = exec_target(r);
    return e;
}

/* From an opened and checked file to what runs it. */
static int64_t exec_opened(struct exec_request *r)
{
    const struct guest *guest;
    int64_t e = 0;
    for (unsigned depth = 0; !e; depth++) {
        char head[LINE] = {0};
        enum program_kind kind = program_probe(r->fd, head, sizeof head, &guest);
        if (kind == PROGRAM_GUEST)
            return exec_guest(r);
        if (kind == PROGRAM_OTHER)
            return exec_target(r);
        if (depth == MAX_SCRIPTS)
            return -ELOOP;
        memcpy(r->lines[depth], head, sizeof head);
        e = enter_script(r, depth, r->lines[depth]);
    }
    return e;
}

/* Gives back what an attempt has taken, but for descriptors of a process that is no more. */
static void forget_attempt(struct exec_request *r, bool files_too)
{
    int *const fds[] = {&r->fd, &r->program, &r->self, &r->filters};
    for (unsigned i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (files_too && *fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
    list_free(&r->argv);
    list_free(&r->envp);
    r->argv = r->envp = (struct list){0};
}

void exec_release(struct task *t, bool files_too)
{
    struct exec_request *r = t->exec;
    if (!r)
        return;
    t->exec = NULL;
    forget_attempt(r, files_too);
    munmap(r, sizeof *r);
}

static int64_t attempt(struct exec_request *r, uint64_t path, uint64_t argv, uint64_t envp)
{
    struct task *t = r->task;
    const int flags = r->flags;
    int64_t e = copy_in_string(t, r->path, path, sizeof r->path);
    if (e >= 0 && flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_EXECVE_CHECK))
        e = -EINVAL;
    if (e >= 0)
        e = open_target(r);
    if (e >= 0)
        e = check_executable(r);
    memcpy(r->execfn, r->path, sizeof r->path);
    if (e >= 0)
        e = list_read(t, argv, &r->argv);
    if (e >= 0)
        e = list_read(t, envp, &r->envp);
    if (e >= 0 && !(flags & AT_EXECVE_CHECK))
        e = exec_opened(r);
    return e;
}

/* The kernel's execve needs no descriptor. For ours the soft limit is lifted while it opens files.
 */
static bool lift_files(struct exec_request *r)
{
    struct rlimit lifted;
    if (r->lifted || getrlimit(RLIMIT_NOFILE, &r->files) != 0)
        return false;
    lifted = (struct rlimit){r->files.rlim_max, r->files.rlim_max};
    r->lifted = r->files.rlim_cur < r->files.rlim_max && setrlimit(RLIMIT_NOFILE, &lifted) == 0;
    return r->lifted;
}

static int64_t exec_common(struct task *t, int dirfd, uint64_t path, uint64_t argv, uint64_t envp,
                           int flags)
{
    /* Too large for the stack of a thread. */
    struct exec_request *r =
        mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (r == MAP_FAILED)
        return -ENOMEM;
    t->exec = r;
    r->task = t;
    r->fd = r->program = r->self = r->filters = -1;
    int64_t e;
    do {
        forget_attempt(r, true);
        r->dirfd = dirfd;
        r->flags = flags;
        e = attempt(r, path, argv, envp);
    } while (e == -EMFILE && lift_files(r));
    restore_files(r);
    exec_release(t, true);
    return e;
}

int64_t sys_execve(struct task *t, const uint64_t a[6])
{
    return exec_common(t, AT_FDCWD, a[0], a[1], a[2], 0);
}

int64_t sys_execveat(struct task *t, const uint64_t a[6])
{
    return exec_common(t, (int)a[0], a[1], a[2], a[3], (int)a[4]);
}

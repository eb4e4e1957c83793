/*
 * execve and execveat. Programs of our guests are run by executing ourselves again, with or without
 * binfmt_misc; so that argv, and with it what ps shows, stays the guest's own, the rest travels in
 * the environment variable FERRY_EXEC, which the new Ferry takes out (options.c). Scripts are
 * resolved here, because their interpreter may be a guest program under the -L root. Programs of
 * the host, and whatever else the host may know how to run, go to the host's kernel.
 *
 * Errors that the kernel reports before the point of no return are reported here.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/proc.h"
#include "linux-user/program.h"
#include "linux-user/signal.h"
#include "syscall/rows.h"

enum { MAX_SCRIPTS = 4, MAX_WORDS = 1 << 20, LINE = 256, SPARE = 2 * MAX_SCRIPTS + 4 };

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
    int fd;                        /* open on the file to run */
    char path[PATH_MAX];           /* as the guest names it */
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

/* Opens what r->path names; fills r->host. Returns 0 or -errno. */
static int64_t open_target(struct exec_request *r)
{
    char buffer[PATH_MAX];
    int replaced = -1;
    if (!r->path[0]) {
        if (!(r->flags & AT_EMPTY_PATH))
            return -ENOENT;
        int flags = fcntl(r->dirfd, F_GETFL);
        snprintf(buffer, sizeof buffer, "/proc/self/fd/%d", r->dirfd);
        /* An O_PATH descriptor can be executed but not read. */
        if (flags >= 0 && flags & O_PATH)
            r->fd = open(buffer, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        else
            r->fd = fcntl(r->dirfd, F_DUPFD_CLOEXEC, 3);
        r->host[0] = '\0';
        snprintf(r->path, sizeof r->path, "/dev/fd/%d", r->dirfd);
        return r->fd < 0 ? -errno : 0;
    }
    const char *host = task_path(r->task, r->dirfd, r->path, O_PATH, buffer, &replaced);
    if (replaced >= 0) {
        close(replaced);
        return -EACCES;
    }
    int nofollow = r->flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
    r->fd = openat(r->dirfd, host, O_RDONLY | O_CLOEXEC | O_NONBLOCK | nofollow);
    if (r->fd < 0)
        return -errno;
    bool by_name = host[0] == '/' || r->dirfd == AT_FDCWD;
    snprintf(r->host, sizeof r->host, "%s", by_name ? host : "");
    if (!by_name) {
        if (snprintf(buffer, sizeof buffer, "/dev/fd/%d/%s", r->dirfd, r->path) >= PATH_MAX)
            return -ENAMETOOLONG;
        memcpy(r->path, buffer, sizeof r->path);
    }
    return 0;
}

static int64_t check_executable(const struct exec_request *r)
{
    struct stat st;
    if (fstat(r->fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EACCES;
    long e = syscall(SYS_faccessat2, r->fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS);
    if (e == 0)
        return 0;
    if (errno == EACCES || !(st.st_mode & 0111))
        return -EACCES;
    return 0; /* a kernel without faccessat2: execve itself will say */
}

/* ---- scripts ---- */

/* Splits "#! interpreter [argument]". */
static int64_t split_line(char *line, char **interpreter, char **argument)
{
    char *end = strchr(line, '\n');
    bool whole = end;
    if (whole)
        *end = '\0';
    else if (strlen(line) == LINE - 1)
        return -ENOEXEC; /* might be cut in the middle of the name */
    char *p = line + 2;
    p += strspn(p, " \t");
    for (end = p + strlen(p); end > p && (end[-1] == ' ' || end[-1] == '\t');)
        *--end = '\0';
    if (!*p)
        return whole ? -ENOEXEC : -EACCES; /* without an end of line the kernel tries the name "" */
    *interpreter = p;
    p += strcspn(p, " \t");
    *argument = NULL;
    if (*p) {
        *p++ = '\0';
        p += strspn(p, " \t");
        *argument = p;
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

static int64_t host_exec(struct exec_request *r)
{
    struct task *t = r->task;
    signal_before_exec(t);
    limits(t->process->as, true);
    if (r->host[0])
        syscall(SYS_execve, r->host, r->argv.first, r->envp.first);
    else
        syscall(SYS_execveat, r->fd, "", r->argv.first, r->envp.first, AT_EMPTY_PATH);
    int error = errno;
    limits(t->process->as, false);
    signal_after_failed_exec(t);
    return -error;
}

static int64_t exec_guest(struct exec_request *r)
{
    static const char self[] = "/proc/self/exe";
    char text[8192];
    int inherited = -1;
    int64_t e = program_check(r->task->process->options, r->fd);
    if (e)
        return e;
    if (!r->host[0]) { /* a file without a name goes by descriptor */
        inherited = fcntl(r->fd, F_DUPFD, 900);
        if (inherited < 0)
            inherited = fcntl(r->fd, F_DUPFD, 3);
        if (inherited < 0)
            return -errno;
    }
    const char *host = r->host[0] ? r->host : r->path;
    if (!options_encode(r->task->process->options, host, r->path, inherited, text, sizeof text))
        return -E2BIG;
    list_push_front(&r->envp, text);
    memcpy(r->host, self, sizeof self);
    e = host_exec(r);
    if (e == -ENOENT) { /* no /proc in this root */
        snprintf(r->host, sizeof r->host, "%s", r->task->process->options->self);
        e = host_exec(r);
    }
    if (inherited >= 0)
        close(inherited);
    return e;
}

static int64_t exec_file(struct exec_request *r)
{
    const struct guest *guest;
    int64_t e = open_target(r);
    if (!e)
        e = check_executable(r);
    for (unsigned depth = 0; !e; depth++) {
        char head[LINE];
        enum program_kind kind = program_probe(r->fd, head, sizeof head, &guest);
        if (kind == PROGRAM_GUEST)
            return exec_guest(r);
        if (kind == PROGRAM_OTHER)
            return host_exec(r);
        if (depth == MAX_SCRIPTS)
            return -ELOOP;
        memcpy(r->lines[depth], head, sizeof head);
        e = enter_script(r, depth, r->lines[depth]);
    }
    return e;
}

static int64_t exec_common(struct task *t, int dirfd, uint64_t path, uint64_t argv, uint64_t envp,
                           int flags)
{
    /* Too large for the stack of a thread. */
    struct exec_request *r =
        mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (r == MAP_FAILED)
        return -ENOMEM;
    r->task = t;
    r->dirfd = dirfd;
    r->flags = flags;
    r->fd = -1;
    int64_t e = copy_in_string(t, r->path, path, sizeof r->path);
    if (e >= 0 && flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
        e = -EINVAL;
    if (e >= 0)
        e = list_read(t, argv, &r->argv);
    if (e >= 0)
        e = list_read(t, envp, &r->envp);
    if (e >= 0)
        e = exec_file(r);
    if (r->fd >= 0)
        close(r->fd);
    list_free(&r->argv);
    list_free(&r->envp);
    munmap(r, sizeof *r);
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

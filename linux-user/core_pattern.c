/*
 * Where a core file goes, and how the host's own core is kept from going there. See core.h.
 *
 * The wait status says "core dumped" only if the host's kernel has dumped one, of Ferry. It writes
 * into the working directory, so the dying process moves to a directory made for that, and a child
 * without descriptors removes that when the process is gone.
 */
#include "linux-user/core_pattern.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "linux-user/signal.h"

static bool read_line(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, size - 1) : -1;
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return n > 0;
}

bool core_pattern_of_host(char *pattern, size_t size)
{
    char uses_pid[8];
    if (!read_line("/proc/sys/kernel/core_pattern", pattern, size))
        return false;
    if (read_line("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof uses_pid) &&
        uses_pid[0] == '1' && !strstr(pattern, "%p"))
        strncat(pattern, ".%p", size - strlen(pattern) - 1);
    return pattern[0] && pattern[0] != '|';
}

/* ---- names ---- */

struct name {
    char *text;
    size_t size, length;
};

static void add(struct name *n, const char *text)
{
    for (; *text && n->length + 1 < n->size; text++)
        n->text[n->length++] = *text;
    n->text[n->length] = '\0';
}

/* What comes from names is not to lead elsewhere: the kernel writes '!' for a slash. */
static void add_plain(struct name *n, const char *text)
{
    size_t from = n->length;
    add(n, text);
    for (; from < n->length; from++)
        if (n->text[from] == '/')
            n->text[from] = '!';
}

static void add_number(struct name *n, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    add(n, text);
}

static void add_specifier(struct name *n, char c, const struct task *t, int signal)
{
    const struct program *p = t->process->program;
    struct utsname host;
    struct rlimit limit;
    switch (c) {
    case '%':
        add(n, "%");
        break;
    case 'p':
    case 'P':
        add_number(n, (uint64_t)getpid());
        break;
    case 'i':
    case 'I':
        add_number(n, (uint64_t)t->tid);
        break;
    case 'u':
        add_number(n, getuid());
        break;
    case 'g':
        add_number(n, getgid());
        break;
    case 'd':
        add_number(n, 1);
        break;
    case 's':
        add_number(n, (uint64_t)signal);
        break;
    case 't':
        add_number(n, (uint64_t)time(NULL));
        break;
    case 'c':
        add_number(n, getrlimit(RLIMIT_CORE, &limit) == 0 ? limit.rlim_cur : 0);
        break;
    case 'h':
        add_plain(n, uname(&host) == 0 ? host.nodename : "");
        break;
    case 'e':
        add_plain(n, p->comm);
        break;
    case 'f':
        add_plain(n, strrchr(p->guest_path, '/') ? strrchr(p->guest_path, '/') + 1 : p->guest_path);
        break;
    case 'E':
        add_plain(n, p->guest_path);
        break;
    default: /* unknown ones vanish */
        break;
    }
}

void core_pattern_expand(const char *pattern, const struct task *t, int signal, char *text,
                         size_t size)
{
    struct name n = {text, size, 0};
    text[0] = '\0';
    for (; *pattern; pattern++) {
        if (*pattern != '%')
            add(&n, (char[]){*pattern, '\0'});
        else if (pattern[1])
            add_specifier(&n, *++pattern, t, signal);
    }
}

/* ---- the host's core, out of the way ---- */

static void empty_directory(void)
{
    DIR *d = opendir(".");
    for (struct dirent *e; d && (e = readdir(d));)
        unlink(e->d_name);
    if (d)
        closedir(d);
}

/* In the child: waits for its parent's end, then clears away what is in the working directory. */
static _Noreturn void clear_away(int dying, const char *directory)
{
    struct pollfd p = {.fd = 0, .events = POLLIN};
    syscall(SYS_setsid);
    if (dying != 0)
        dup2(dying, 0);
    syscall(SYS_close_range, 1, ~0u, 0); /* lets go of what the parent waits for with us, too */
    poll(&p, 1, 60000);
    empty_directory();
    rmdir(directory);
    for (;;)
        syscall(SYS_exit, 0);
}

static void limit_host_dump(void)
{
    int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "0", 1) != 1)
        errno = 0; /* the host's core is larger, and goes just the same */
    if (fd >= 0)
        close(fd);
}

/* Makes a directory that only we know, and goes there. */
static bool go_aside(char name[PATH_MAX])
{
    static const char *const places[] = {"/tmp", "/var/tmp", "/dev/shm", NULL};
    char here[PATH_MAX];
    for (const char *const *place = places;; place++) {
        if (!*place && !getcwd(here, sizeof here))
            return false;
        int n = snprintf(name, PATH_MAX, "%s/.core-ferry-XXXXXX", *place ? *place : here);
        if (n < PATH_MAX && mkdtemp(name))
            return chdir(name) == 0;
        if (!*place)
            return false;
    }
}

bool core_pattern_step_aside(void)
{
    char name[PATH_MAX], c;
    int started[2], dying = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (dying < 0)
        return false;
    if (pipe2(started, O_CLOEXEC) != 0 || !go_aside(name)) {
        close(dying);
        return false;
    }
    limit_host_dump();
    if (syscall(SYS_clone, 0, NULL, NULL, NULL, NULL) == 0)
        clear_away(dying, name);
    close(started[1]);
    while (read(started[0], &c, 1) < 0 && errno == EINTR)
        ;
    return true;
}

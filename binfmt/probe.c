/* The probe: made, run, and what it says decoded. See probe.h. */
#include "binfmt/probe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ADDRESS = 0x10000, OTHER_USER = 65534, PATIENCE = 20 /* seconds */ };

/* ---- the file ---- */

size_t probe_build(const struct binfmt_guest *g, uint8_t to[PROBE_FILE])
{
    Elf64_Ehdr e = {0};
    size_t code = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
    size_t size = code + g->ncode * 4;
    binfmt_head(g->machine, g->bits, ET_EXEC, ELFOSABI_NONE, (uint8_t *)&e);
    e.e_version = EV_CURRENT;
    e.e_entry = ADDRESS + code;
    e.e_phoff = sizeof e;
    e.e_flags = 0;
    e.e_ehsize = sizeof e;
    e.e_phentsize = sizeof(Elf64_Phdr);
    e.e_phnum = 1;
    Elf64_Phdr p = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_vaddr = ADDRESS,
                    .p_paddr = ADDRESS,
                    .p_filesz = size,
                    .p_memsz = size,
                    .p_align = 0x1000};
    memcpy(to, &e, sizeof e);
    memcpy(to + sizeof e, &p, sizeof p);
    memcpy(to + code, g->code, g->ncode * 4);
    return size;
}

static char directory[PATH_MAX];

const char *probe_directory(void)
{
    const char *places[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/run", "/dev/shm", "."};
    for (unsigned i = 0; !directory[0] && i < sizeof places / sizeof *places; i++) {
        struct statvfs fs;
        if (!places[i] || statvfs(places[i], &fs) != 0 || fs.f_flag & ST_NOEXEC)
            continue;
        snprintf(directory, sizeof directory, "%s/ferry-binfmt.XXXXXX", places[i]);
        if (!mkdtemp(directory) || chmod(directory, 0755) != 0)
            directory[0] = '\0';
    }
    return directory[0] ? directory : NULL;
}

static void in_directory(const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 16, directory, name);
}

void probe_clean(void)
{
    char path[PATH_MAX];
    if (!directory[0])
        return;
    in_directory("probe", path);
    unlink(path);
    in_directory("script", path);
    unlink(path);
    rmdir(directory);
    directory[0] = '\0';
}

/* Writes an executable file anew. 0 or an errno. */
static int write_file(const char *path, const void *bytes, size_t size)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    if (fd < 0)
        return errno;
    int error = write(fd, bytes, size) == (ssize_t)size && fchmod(fd, 0755) == 0 ? 0 : errno;
    close(fd);
    return error;
}

/* ---- running ---- */

/* Fills the stack above the arguments, so that the probe can write PROBE_BYTES of it. */
static char filler[PROBE_BYTES + 64];

static void child(const char *path, enum probe_way way, int in, int out, int err)
{
    char *argv[] = {PROBE_ARGV0, PROBE_ARGV1, NULL};
    memcpy(filler, "FILLER=", 7);
    memset(filler + 7, '.', sizeof filler - 8);
    char *envp[] = {filler, NULL};
    if (way == PROBE_CHROOT) {
        if (chroot(directory) != 0 || chdir("/") != 0)
            _exit(126);
        path = "/probe";
    }
    /* One that closes its parent's ends by itself, and survives no parent's death. */
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    alarm(PATIENCE);
    execve(path, argv, envp);
    dprintf(2, "%s\n", strerror(errno));
    _exit(127);
}

/* Reads until `size` bytes, the end, or nothing for too long. */
static size_t read_all(int fd, void *to, size_t size)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n < size && poll(&p, 1, PATIENCE * 1000) > 0) {
        ssize_t got = read(fd, (char *)to + n, size - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    return n;
}

/*
 * The file that runs the process. Its map tells, where /proc/PID/exe may already tell the guest's
 * name: the first mapping of a file that is not the probe.
 */
static void find_runner(pid_t pid, struct probe_result *r)
{
    char name[64], line[PATH_MAX + 128], path[PATH_MAX];
    unsigned long inode;
    snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
    FILE *f = fopen(name, "re");
    while (f && !r->runner[0] && fgets(line, sizeof line, f))
        if (sscanf(line, "%*s %*s %*s %*s %lu %4095[^\n]", &inode, path) == 2 && path[0] == '/' &&
            !strstr(path, "/probe")) {
            snprintf(r->runner, sizeof r->runner, "%s", path);
            r->runner_inode = inode;
        }
    if (f)
        fclose(f);
}

/* ---- what it wrote ---- */

struct image {
    uint64_t sp;
    uint8_t bytes[PROBE_BYTES];
    size_t size;
};

static bool word_at(const struct image *m, size_t index, uint64_t *value)
{
    if ((index + 1) * 8 > m->size)
        return false;
    memcpy(value, m->bytes + index * 8, 8);
    return true;
}

static bool string_at(const struct image *m, uint64_t address, char *to, size_t size)
{
    uint64_t at = address - m->sp;
    if (at >= m->size || !memchr(m->bytes + at, 0, m->size - at))
        return false;
    snprintf(to, size, "%s", (const char *)m->bytes + at);
    return true;
}

static bool decode(const struct image *m, struct probe_result *r)
{
    uint64_t argc, value, key;
    size_t i = 1;
    if (!word_at(m, 0, &argc) || argc > 64)
        return false;
    r->argc = (int)argc;
    for (; i <= argc; i++)
        if (!word_at(m, i, &value) ||
            (i <= PROBE_ARGS && !string_at(m, value, r->args[i - 1], sizeof *r->args)))
            return false;
    i++; /* the NULL */
    do
        if (!word_at(m, i++, &value))
            return false;
    while (value);
    for (;; i += 2) {
        if (!word_at(m, i, &key) || !word_at(m, i + 1, &value))
            return false;
        switch (key) {
        case AT_NULL: return true;
        case AT_UID: r->uid = value; break;
        case AT_EUID: r->euid = value; break;
        case AT_FLAGS: r->flags = value; break;
        case AT_SECURE: r->secure = value; break;
        }
    }
}

static void watch(pid_t pid, int in, int out, int err, struct probe_result *r)
{
    uint8_t written[PROBE_BYTES];
    struct image m = {0};
    size_t n = read_all(out, written, sizeof written);
    if (n > 16) {
        find_runner(pid, r);
        memcpy(&m.sp, written, 8);
        m.size = n - 16;
        memcpy(m.bytes, written + 16, m.size);
    }
    if (write(in, "", 1) != 1)
        kill(pid, SIGKILL);
    n = read_all(err, r->said, sizeof r->said - 1);
    r->said[n] = '\0';
    r->said[strcspn(r->said, "\n")] = '\0';
    waitpid(pid, &r->status, 0);
    r->complete = m.size && decode(&m, r) && WIFEXITED(r->status) &&
                  WEXITSTATUS(r->status) == PROBE_STATUS;
}

/* The files that the way needs. Fills the path to execute; 0, an errno, or -1: cannot be tried. */
static int prepare(const struct binfmt_guest *g, enum probe_way way, char path[PATH_MAX])
{
    uint8_t file[PROBE_FILE];
    char script[PATH_MAX + 32];
    struct statvfs fs;
    in_directory("probe", path);
    int error = write_file(path, file, probe_build(g, file));
    if (error)
        return error;
    switch (way) {
    case PROBE_SCRIPT: {
        int n = snprintf(script, sizeof script, "#!%s with words\n", path);
        in_directory("script", path);
        return write_file(path, script, (size_t)n);
    }
    case PROBE_SETUID:
        if (geteuid() != 0 || statvfs(directory, &fs) != 0 || fs.f_flag & ST_NOSUID ||
            chown(path, OTHER_USER, (gid_t)-1) != 0 || chmod(path, 04755) != 0)
            return -1;
        return 0;
    case PROBE_CHROOT: {
        /* Only the attempt shows whether this user may. */
        pid_t pid = fork();
        int status = 0;
        if (pid == 0)
            _exit(chroot(directory) == 0 ? 0 : 1);
        return pid > 0 && waitpid(pid, &status, 0) == pid && !status ? 0 : -1;
    }
    default: return 0;
    }
}

void probe_run(const struct binfmt_guest *g, enum probe_way way, struct probe_result *r)
{
    char path[PATH_MAX];
    int in[2], out[2], err[2];
    *r = (struct probe_result){0};
    if (!probe_directory()) {
        r->error = EACCES;
        return;
    }
    int error = prepare(g, way, path);
    if (error) {
        r->skipped = error < 0;
        r->error = error < 0 ? 0 : error;
        return;
    }
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
        r->error = errno;
        return;
    }
    signal(SIGPIPE, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        child(path, way, in[0], out[1], err[1]);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    if (pid < 0)
        r->error = errno;
    else
        watch(pid, in[1], out[0], err[0], r);
    close(in[1]);
    close(out[0]);
    close(err[0]);
}

/* Paths of /proc. See procpath.h. */
#include "linux-user/procpath.h"

#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "linux-user/proc.h"
#include "linux-user/self.h"

enum { PROC_MAGIC = 0x9fa0 };

/* ---- which file ---- */

/* The last component, if it is one that we care about. */
static const char *interesting(const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    return !strcmp(base, "exe") || proc_has_file(base) ? base : NULL;
}

/* A directory's path as the kernel names it. */
static bool name_of(int fd, char *out)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, PATH_MAX - 1);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* Is `fd` open on a directory of procfs? */
static bool on_procfs(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC;
}

/* The directory that holds a path's last component; -1 if it is none of procfs. */
static int open_parent(int dirfd, const char *path, const char *base)
{
    char parent[PATH_MAX];
    size_t n = (size_t)(base - path);
    if (n >= sizeof parent)
        return -1;
    memcpy(parent, path, n);
    memcpy(parent + n, n ? "" : ".", n ? 1 : 2);
    int fd = openat(dirfd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && on_procfs(fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Takes a number off the front of a path: "12/task" leaves "task". 0: there is none. */
static int leading_number(const char **text)
{
    int n = 0;
    const char *p = *text;
    while (isdigit((unsigned char)*p))
        n = n * 10 + (*p++ - '0');
    if (p == *text || (*p && *p != '/'))
        return 0;
    *text = *p ? p + 1 : p;
    return n;
}

/*
 * Fills a place from the name of its directory, which lies below the mount point of a procfs. The
 * process is the last number that is not below "task".
 */
static bool read_directory(const char *directory, struct proc_place *place)
{
    place->pid = place->tid = 0;
    for (const char *p = directory; (p = strchr(p, '/'));) {
        const char *at = ++p;
        int pid = leading_number(&at);
        if (!pid)
            continue;
        if (!*at) {
            place->pid = pid;
            return true;
        }
        if (!strncmp(at, "task/", 5) && (at += 5, place->tid = leading_number(&at)) && !*at) {
            place->pid = pid;
            return true;
        }
    }
    return false;
}

static bool is_ferry(const struct stat *st)
{
    static struct stat own;
    if (!own.st_ino) {
        struct stat found;
        if ((self_fd() >= 0 ? fstat(self_fd(), &found) : stat("/proc/self/exe", &found)) != 0)
            return false;
        own = found;
    }
    return st->st_ino == own.st_ino && st->st_dev == own.st_dev;
}

bool proc_is_ferry(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && is_ferry(&st);
}

/* The same where no /proc is at its place to name a directory: by what its file "stat" says. */
static bool read_stat(struct proc_place *place, bool *process)
{
    char text[16] = "";
    int fd = openat(place->directory, "stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = read(fd, text, sizeof text - 1) > 0;
    close(fd);
    place->pid = atoi(text);
    place->tid = 0;
    *process = place->pid != 0;
    return ok;
}

/* Does the process in this directory run the same file as we do? */
static bool runs_ferry(int directory)
{
    struct stat st;
    return fstatat(directory, "exe", &st, 0) == 0 && is_ferry(&st);
}

/* Whose files these are. A thread has a directory of its number beside the processes, unlisted. */
static enum proc_scope scope_of(struct proc_place *place)
{
    int pid = getpid();
    if (place->pid == pid)
        return PROC_OWN;
    if (place->pid && syscall(SYS_tgkill, pid, place->pid, 0) == 0) {
        place->tid = place->pid;
        return PROC_OWN;
    }
    return runs_ferry(place->directory) ? PROC_OTHER : PROC_NONE;
}

bool proc_find(int dirfd, const char *path, struct proc_place *place)
{
    char directory[PATH_MAX];
    const char *base = interesting(path);
    /* Nearly all paths end here; absolute ones lead to /proc by no other way than these. */
    if (!base)
        return false;
    place->directory = open_parent(dirfd, path, base);
    if (place->directory < 0)
        return false;
    snprintf(place->name, sizeof place->name, "%s", base);
    place->scope = PROC_NONE;
    bool process = false;
    if (!name_of(place->directory, directory)) {
        if (read_stat(place, &process))
            place->scope = process ? scope_of(place) : PROC_SYSTEM;
    } else if (read_directory(directory, place)) {
        place->scope = scope_of(place);
    } else {
        const char *below = strchr(directory + 1, '/'); /* of "/proc" */
        if (!below || !strcmp(below, "/sys/kernel"))
            place->scope = PROC_SYSTEM;
    }
    if (place->scope != PROC_NONE)
        return true;
    close(place->directory);
    return false;
}

bool task_lists_descriptors(struct task *t, int fd)
{
    (void)t;
    char name[PATH_MAX];
    struct proc_place place = {.directory = -1};
    if (!on_procfs(fd) || !name_of(fd, name))
        return false;
    char *base = strrchr(name, '/');
    if (strcmp(base, "/fd") && strcmp(base, "/fdinfo"))
        return false;
    *base = '\0';
    return read_directory(name, &place) && scope_of(&place) == PROC_OWN;
}

/* ---- maps files ---- */

bool maps_next(const char **at, struct maps_line *line)
{
    int n = 0;
    const char *end = strchr(*at, '\n');
    if (!end || sscanf(*at, "%lx-%lx %4s %lx %15s %llu%n", &line->start, &line->end, line->prot,
                       &line->offset, line->device, &line->inode, &n) < 6)
        return false;
    line->name = *at + n;
    line->name += strspn(line->name, " ");
    line->name_length = (size_t)(end - line->name);
    *at = end + 1;
    return true;
}

static bool name_begins(const struct maps_line *line, const char *with)
{
    return line->name_length >= strlen(with) && !strncmp(line->name, with, strlen(with));
}

bool maps_is_guests(const struct maps_line *line)
{
    extern const char __executable_start;
    static dev_t device;
    static ino_t inode;
    const uint64_t image = (uint64_t)(uintptr_t)&__executable_start, heap_end = image + (4ul << 30);
    if (!inode) {
        struct stat st;
        if (stat("/proc/self/exe", &st) == 0) {
            inode = st.st_ino;
            device = st.st_dev;
        }
    }
    if (line->inode) {
        unsigned major_number = 0, minor_number = 0;
        sscanf(line->device, "%x:%x", &major_number, &minor_number);
        return !name_begins(line, "/memfd:ferry") &&
               !(line->inode == inode && makedev(major_number, minor_number) == device);
    }
    if (line->start >= image && line->start < heap_end)
        return false;
    return line->start < ASPACE_FAR_END && !name_begins(line, "[v") &&
           !name_begins(line, "[uprobes");
}

/* ---- exe ---- */

uint64_t proc_aux_value(int directory, uint64_t type)
{
    uint64_t words[128], value = 0;
    int fd = openat(directory, "auxv", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, words, sizeof words);
    for (ssize_t i = 0; (i + 2) * 8 <= n && words[i]; i += 2)
        if (words[i] == type)
            value = words[i + 1];
    close(fd);
    return value;
}

/* The mapping that holds the program's first instruction; `maps` keeps the text it lies in. */
static bool program_mapping(struct task *t, const struct proc_place *place, struct text *maps,
                            struct maps_line *line)
{
    const struct process *p = t->process;
    uint64_t entry = place->scope == PROC_OWN ? p->as->base + p->program->entry
                                              : proc_aux_value(place->directory, AT_ENTRY);
    if (!entry || !text_read(maps, place->directory, "maps"))
        return false;
    for (const char *at = maps->bytes; maps_next(&at, line);)
        if (line->start <= entry && entry < line->end)
            return line->inode && line->name[0] == '/' && line->name_length < PATH_MAX;
    return false;
}

bool proc_exe_link(struct task *t, const struct proc_place *place, char *out)
{
    struct text maps = {0};
    struct maps_line line;
    const char *root = t->process->options->root;
    bool found = true;
    if (program_mapping(t, place, &maps, &line)) {
        memcpy(out, line.name, line.name_length);
        out[line.name_length] = '\0';
        size_t n = root ? strlen(root) : 0;
        if (n && !strncmp(out, root, n) && out[n] == '/')
            memmove(out, out + n, strlen(out + n) + 1);
    } else if (place->scope == PROC_OWN) { /* it has unmapped itself */
        memcpy(out, t->process->program->guest_path, PATH_MAX);
    } else {
        found = false;
    }
    text_release(&maps);
    return found;
}

static bool is_program(const struct program *prog, const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && st.st_ino == prog->inode && st.st_dev == prog->device;
}

const char *proc_exe_path(struct task *t, const struct proc_place *place, char *buffer)
{
    const struct program *prog = t->process->program;
    struct text maps = {0};
    struct maps_line line;
    const char *found = NULL;
    bool own = place->scope == PROC_OWN;
    if (own && self_program_fd() >= 0) {
        snprintf(buffer, PATH_MAX, "/proc/self/fd/%d", self_program_fd());
        return buffer;
    }
    if (own && is_program(prog, prog->path))
        return prog->path;
    if (program_mapping(t, place, &maps, &line)) {
        /* The kernel lets the privileged through here, even to a file that has no name any more. */
        snprintf(buffer, PATH_MAX, "/proc/%d/map_files/%lx-%lx", place->pid, line.start, line.end);
        struct stat st;
        if (stat(buffer, &st) != 0)
            snprintf(buffer, PATH_MAX, "/proc/%d/root%.*s", place->pid,
                     (int)(line.name_length < PATH_MAX - 32 ? line.name_length : 0), line.name);
        found = buffer;
    }
    text_release(&maps);
    return found ? found : own ? prog->path : NULL;
}

/*
 * Contents of files of /proc that must tell of the guest. Each is made when it is opened, in a
 * memfd. To add one: a function and a row in the table at the end, and its name in interesting() of
 * proc.c.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/proc.h"
#include "util/log.h"

/* A growing text on memory of its own. */
struct text {
    char *bytes;
    size_t size, capacity;
};

static bool reserve(struct text *x, size_t more)
{
    if (x->size + more <= x->capacity)
        return true;
    size_t want = (x->capacity + more) * 2 + 65536;
    char *p = x->bytes
                  ? mremap(x->bytes, x->capacity, want, MREMAP_MAYMOVE)
                  : mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return false;
    x->bytes = p;
    x->capacity = want;
    return true;
}

static void release(struct text *x)
{
    if (x->bytes)
        munmap(x->bytes, x->capacity);
}

static bool read_whole(const char *path, struct text *x)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    if (fd < 0)
        return false;
    while (reserve(x, 65536) && (n = read(fd, x->bytes + x->size, 65536 - 1)) > 0)
        x->size += (size_t)n;
    close(fd);
    if (n == 0)
        x->bytes[x->size] = '\0';
    return n == 0;
}

/* ---- maps ---- */

static const char *label(uint32_t flags)
{
    return flags & MAP_IS_HEAP    ? "[heap]"
           : flags & MAP_IS_STACK ? "[stack]"
           : flags & MAP_IS_VDSO  ? "[vdso]"
                                  : NULL;
}

/* One piece of a host line, as the guest's table knows it. */
static void add_piece(struct task *t, struct text *out, uint64_t start, uint64_t end,
                      const struct map_node *n, uint64_t line_start, const char *rest)
{
    unsigned long long offset = 0;
    char shared = 'p', device[16] = "00:00", path[PATH_MAX] = "";
    unsigned long long inode = 0;
    sscanf(rest, "%*3c%c %llx %15s %llu %4095[^\n]", &shared, &offset, device, &inode, path);
    if (path[0] == '/')
        offset += start - line_start;
    bool named = path[0] == '/' || !strncmp(path, "[anon", 5); /* PR_SET_VMA_ANON_NAME */
    const char *name = label(n->flags) ? label(n->flags) : named ? path : "";
    const char *root = t->process->options->root;
    size_t length = root ? strlen(root) : 0;
    if (length && !strncmp(name, root, length) && name[length] == '/')
        name += length;
    if (!reserve(out, PATH_MAX + 128))
        return;
    int m =
        snprintf(out->bytes + out->size, PATH_MAX + 128, "%08llx-%08llx %c%c%c%c %08llx %s %llu",
                 (unsigned long long)start, (unsigned long long)end,
                 n->prot & PROT_READ ? 'r' : '-', n->prot & PROT_WRITE ? 'w' : '-',
                 n->prot & PROT_EXEC ? 'x' : '-', shared, offset, device, inode);
    out->size += (size_t)m;
    out->size += (size_t)snprintf(out->bytes + out->size, PATH_MAX + 1, "%*s%s\n",
                                  *name ? (m < 73 ? 73 - m : 1) : 0, "", name);
}

/* The host's lines, cut to the guest's mappings, with the guest's protections and names. */
static bool make_maps(struct task *t, struct text *out)
{
    struct text host = {0};
    struct aspace *as = t->process->as;
    aspace_lock(as);
    aspace_settle(as, 0, as->limit);
    bool ok = read_whole("/proc/self/maps", &host);
    for (char *line = host.bytes; ok && line && *line;
         line = strchr(line, '\n'), line += line != NULL) {
        char *p;
        uint64_t start = strtoull(line, &p, 16) - as->base,
                 end = strtoull(p + 1, &p, 16) - as->base;
        for (uint64_t at = start; at < end;) {
            const struct map_node *n = maptree_at_or_above(&as->tree, at);
            if (!n || n->start >= end)
                break;
            uint64_t lo = n->start > at ? n->start : at, hi = n->end < end ? n->end : end;
            if (!(n->flags & MAP_IS_FOREIGN))
                add_piece(t, out, lo, hi, n, start, p + 1);
            at = hi;
        }
    }
    aspace_unlock(as);
    release(&host);
    return ok;
}

/* ---- memory of the program: auxv, cmdline, environ ---- */

static bool copy_range(struct task *t, struct text *out, uint64_t start, uint64_t end)
{
    if (!reserve(out, end - start) || copy_in(t, out->bytes, start, end - start) != 0)
        return false;
    out->size = end - start;
    return true;
}

static bool make_auxv(struct task *t, struct text *out)
{
    const struct program *p = t->process->program;
    return copy_range(t, out, p->auxv, p->auxv + p->auxv_size);
}

static bool make_cmdline(struct task *t, struct text *out)
{
    const struct program *p = t->process->program;
    return copy_range(t, out, p->arg_start, p->arg_end);
}

static bool make_environ(struct task *t, struct text *out)
{
    const struct program *p = t->process->program;
    return copy_range(t, out, p->env_start, p->env_end);
}

/* ---- the processors ---- */

static bool make_cpuinfo(struct task *t, struct text *out)
{
    const struct process *p = t->process;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (long i = 0; i < processors; i++) {
        if (!reserve(out, 4096))
            return false;
        out->size += p->guest->cpuinfo(&p->config, (unsigned)i, out->bytes + out->size, 4096);
    }
    return true;
}

/* ---- the table ---- */

static const struct {
    const char *name;
    bool own; /* under /proc/self rather than /proc */
    bool (*make)(struct task *t, struct text *out);
} files[] = {
    {"maps", true, make_maps},        {"auxv", true, make_auxv},
    {"cmdline", true, make_cmdline},  {"environ", true, make_environ},
    {"cpuinfo", false, make_cpuinfo},
};

static int memfd_with(const char *name, const struct text *x)
{
    int fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    for (size_t done = 0; done < x->size;) {
        ssize_t n = write(fd, x->bytes + done, x->size - done);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)n;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

int proc_file(struct task *t, const char *name, bool own)
{
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].own != own || strcmp(files[i].name, name))
            continue;
        struct text x = {0};
        int fd = files[i].make(t, &x) ? memfd_with(name, &x) : -1;
        release(&x);
        return fd;
    }
    return -1;
}

void proc_log_maps(struct task *t)
{
    struct text x = {0};
    if (make_maps(t, &x) && reserve(&x, 1)) {
        x.bytes[x.size] = '\0';
        for (char *line = strtok(x.bytes, "\n"); line; line = strtok(NULL, "\n"))
            log_print("%s\n", line);
    }
    release(&x);
}

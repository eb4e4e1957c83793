/*
 * Contents of files of /proc that must tell of the guest. Each is made when it is opened, in a
 * memfd. To add one: a function and a row in the table at the end.
 */
#include "linux-user/procfile.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/proc.h"
#include "linux-user/seccomp.h"
#include "linux-user/signal.h"
#include "util/log.h"

/* ---- memory of the program: auxv, cmdline, environ ---- */

/* Where the host's kernel knows these places its own files are right, and follow the program. */
static bool copy_range(const struct proc_request *r, struct text *out, uint64_t start, uint64_t end)
{
    if (!r->own || r->task->process->identity_shown || !text_reserve(out, end - start) ||
        copy_in(r->task, out->bytes, start, end - start) != 0)
        return false;
    out->size = end - start;
    return true;
}

static bool make_auxv(const struct proc_request *r, struct text *out)
{
    const struct program *p = r->task->process->program;
    return copy_range(r, out, p->auxv, p->auxv + p->auxv_size);
}

static bool make_cmdline(const struct proc_request *r, struct text *out)
{
    const struct program *p = r->task->process->program;
    return copy_range(r, out, p->arg_start, p->arg_end);
}

static bool make_environ(const struct proc_request *r, struct text *out)
{
    const struct program *p = r->task->process->program;
    return copy_range(r, out, p->env_start, p->env_end);
}

/* ---- sizes ---- */

/* Bytes of the guest's memory, by kind. */
struct sizes {
    uint64_t all, data, stack, code;
};

static void count_own(const struct task *t, struct sizes *s)
{
    struct aspace *as = t->process->as;
    aspace_lock(as);
    aspace_settle(as, 0, as->limit);
    const struct map_node *n;
    for (uint64_t at = 0; (n = maptree_at_or_above(&as->tree, at)); at = n->end) {
        uint64_t size = n->end - n->start;
        if (n->flags & MAP_IS_FOREIGN)
            continue;
        s->all += size;
        if (n->flags & MAP_IS_STACK)
            s->stack += size;
        else if (n->prot & PROT_WRITE && !(n->flags & MAP_IS_SHARED))
            s->data += size;
        else if (n->prot & PROT_EXEC)
            s->code += size;
    }
    aspace_unlock(as);
}

static bool count_others(const struct proc_request *r, struct sizes *s)
{
    struct text maps = {0};
    struct maps_line line;
    bool ok = text_read(&maps, r->directory, "maps");
    for (const char *at = maps.bytes; ok && maps_next(&at, &line);) {
        uint64_t size = line.end - line.start;
        if (!maps_is_guests(&line))
            continue;
        s->all += size;
        if (!strncmp(line.name, "[stack]", 7))
            s->stack += size;
        else if (line.prot[1] == 'w' && line.prot[3] == 'p')
            s->data += size;
        else if (line.inode && line.prot[3] == 'p')
            s->code += size; /* some of it is not executable: that does not show */
    }
    text_release(&maps);
    return ok;
}

static bool count(const struct proc_request *r, struct sizes *s)
{
    *s = (struct sizes){0};
    if (!r->own)
        return count_others(r, s);
    count_own(r->task, s);
    return true;
}

/* ---- signals ---- */

struct signal_sets {
    uint64_t pending, blocked, ignored, caught;
};

/* The thread that is asked about; under process->lock. */
static const struct task *asked_task(const struct proc_request *r)
{
    if (!r->tid)
        return r->task;
    for (const struct task *t = r->task->process->tasks; t; t = t->next)
        if (t->tid == r->tid)
            return t;
    return r->task;
}

static struct signal_sets signals(const struct proc_request *r)
{
    struct process *p = r->task->process;
    struct signal_sets s = {0};
    process_lock(p);
    const struct task *t = asked_task(r);
    s.blocked = t->signal.mask;
    s.pending |= t->signal.queue.waiting;
    for (int i = 1; i <= SIGNALS; i++) {
        uint64_t handler = signal_action(p, i)->handler;
        s.ignored |= handler == HANDLER_IGNORE ? signal_bit(i) : 0;
        s.caught |= handler > HANDLER_IGNORE ? signal_bit(i) : 0;
    }
    process_unlock(p);
    return s;
}

/* ---- stat ---- */

/* Fields of /proc/PID/stat by their numbers in proc_pid_stat(5). */
enum stat_field {
    STAT_THREADS = 20,
    STAT_VSIZE = 23,
    STAT_STARTCODE = 26,
    STAT_ENDCODE = 27,
    STAT_STARTSTACK = 28,
    STAT_SIGNAL = 31,
    STAT_BLOCKED = 32,
    STAT_SIGIGNORE = 33,
    STAT_SIGCATCH = 34,
    STAT_START_DATA = 45,
    STAT_END_DATA = 46,
    STAT_START_BRK = 47,
    STAT_ARG_START = 48,
    STAT_ARG_END = 49,
    STAT_ENV_START = 50,
    STAT_ENV_END = 51,
    STAT_FIELDS = 60,
};

static void own_stat(const struct proc_request *r, uint64_t value[STAT_FIELDS],
                     bool set[STAT_FIELDS])
{
    const uint64_t classic = 0x7fffffff; /* without the real-time signals */
    struct process *p = r->task->process;
    const struct program *prog = p->program;
    struct signal_sets s = signals(r);
    const struct {
        enum stat_field field;
        uint64_t value;
    } all[] = {
        {STAT_THREADS, p->ntasks},
        {STAT_BLOCKED, s.blocked & classic},
        {STAT_SIGIGNORE, s.ignored & classic},
        {STAT_SIGCATCH, s.caught & classic},
        {STAT_STARTCODE, prog->start_code},
        {STAT_ENDCODE, prog->end_code},
        {STAT_STARTSTACK, prog->stack_sp},
        {STAT_START_DATA, prog->start_data},
        {STAT_END_DATA, prog->end_data},
        {STAT_START_BRK, p->as->brk_start},
        {STAT_ARG_START, prog->arg_start},
        {STAT_ARG_END, prog->arg_end},
        {STAT_ENV_START, prog->env_start},
        {STAT_ENV_END, prog->env_end},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        value[all[i].field] = all[i].value;
        set[all[i].field] = true;
    }
}

static bool make_stat(const struct proc_request *r, struct text *out)
{
    struct text host = {0};
    struct sizes sizes;
    uint64_t value[STAT_FIELDS] = {0};
    bool set[STAT_FIELDS] = {0};
    const char *p;
    if (!text_read(&host, r->directory, "stat") || !(p = strrchr(host.bytes, ')')) ||
        !count(r, &sizes)) {
        text_release(&host);
        return false;
    }
    value[STAT_VSIZE] = sizes.all;
    set[STAT_VSIZE] = true;
    if (r->own)
        own_stat(r, value, set);
    text_add(out, "%.*s", (int)(p + 1 - host.bytes), host.bytes);
    unsigned field = 3;
    for (p++; *p == ' '; field++) {
        size_t n = strcspn(++p, " \n");
        if (field < STAT_FIELDS && set[field])
            text_add(out, " %lu", value[field]);
        else if (field == STAT_SIGCATCH) /* which of Ferry's signals the guest catches is unknown */
            text_add(out, " %lu", strtoul(p, NULL, 10) & ~SYNC_SIGNALS);
        else
            text_add(out, " %.*s", (int)n, p);
        p += n;
    }
    text_add(out, "\n");
    text_release(&host);
    return true;
}

static bool make_statm(const struct proc_request *r, struct text *out)
{
    struct text host = {0};
    struct sizes s;
    unsigned long resident, shared;
    const struct program *prog = r->task->process->program;
    bool ok = text_read(&host, r->directory, "statm") &&
              sscanf(host.bytes, "%*u %lu %lu", &resident, &shared) == 2 && count(r, &s);
    uint64_t code = !ok ? 0 : r->own ? prog->end_code - prog->start_code : s.code;
    if (ok)
        text_add(out, "%lu %lu %lu %lu 0 %lu 0\n", s.all / GUEST_PAGE, resident, shared,
                 page_up(code) / GUEST_PAGE, (s.data + s.stack) / GUEST_PAGE);
    text_release(&host);
    return ok;
}

/* ---- status ---- */

/* A line of status that is not the host's: its value, or false. */
static bool status_value(const struct proc_request *r, const char *key, const struct sizes *s,
                         const struct signal_sets *g, char *text, size_t size)
{
    const struct program *prog = r->task->process->program;
    const uint64_t code = page_up(prog->end_code) - page_down(prog->start_code);
    const struct {
        const char *key;
        bool own; /* known of our own process only */
        const char *format;
        uint64_t value;
    } lines[] = {
        {"VmPeak", false, "%8lu kB", s->all / 1024},
        {"VmSize", false, "%8lu kB", s->all / 1024},
        {"VmData", false, "%8lu kB", s->data / 1024},
        {"VmStk", false, "%8lu kB", s->stack / 1024},
        {"VmExe", true, "%8lu kB", code / 1024},
        {"VmLib", true, "%8lu kB", (s->code > code ? s->code - code : 0) / 1024},
        {"Threads", true, "%lu", r->task->process->ntasks},
        {"Seccomp", true, "%lu", (uint64_t)seccomp_prctl_get(r->task)},
        {"Seccomp_filters", true, "%lu", seccomp_count(r->task)},
        {"SigBlk", true, "%016lx", g->blocked},
        {"SigIgn", true, "%016lx", g->ignored},
        {"SigCgt", true, "%016lx", g->caught},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strcmp(key, lines[i].key) && (r->own || !lines[i].own)) {
            snprintf(text, size, lines[i].format, lines[i].value);
            return true;
        }
    return false;
}

static bool make_status(const struct proc_request *r, struct text *out)
{
    struct text host = {0};
    struct sizes sizes;
    struct signal_sets sets = {0};
    bool ok = text_read(&host, r->directory, "status") && count(r, &sizes);
    if (ok && r->own)
        sets = signals(r);
    for (const char *p = host.bytes, *end; ok && *p && (end = strchr(p, '\n')); p = end + 1) {
        char key[32] = "", value[64];
        uint64_t set;
        sscanf(p, "%31[^:\n]", key);
        if (!strncmp(key, "x86_", 4))
            continue;
        if (!strcmp(key, "SigPnd") && r->own && sscanf(p, "SigPnd: %lx", &set) == 1)
            text_add(out, "SigPnd:\t%016lx\n", set | sets.pending);
        else if (!strcmp(key, "SigCgt") && !r->own && sscanf(p, "SigCgt: %lx", &set) == 1)
            text_add(out, "SigCgt:\t%016lx\n", set & ~SYNC_SIGNALS);
        else if (status_value(r, key, &sizes, &sets, value, sizeof value))
            text_add(out, "%s:\t%s\n", key, value);
        else
            text_add(out, "%.*s", (int)(end + 1 - p), p);
    }
    text_release(&host);
    return ok;
}

/* ---- limits ---- */

static void limit_line(struct text *out, const char *host, const char *name, uint64_t limit)
{
    char hard[24], soft[24] = "unlimited";
    sscanf(host + 26, "%*s %23s", hard);
    if (limit != UINT64_MAX)
        snprintf(soft, sizeof soft, "%lu", limit);
    text_add(out, "%-25s %-20s %-20s %-10s\n", name, soft, hard, "bytes");
}

static bool make_limits(const struct proc_request *r, struct text *out)
{
    static const char as_name[] = "Max address space", data_name[] = "Max data size";
    const struct aspace *as = r->task->process->as;
    struct text host = {0};
    bool ok = r->own && text_read(&host, r->directory, "limits");
    for (const char *p = host.bytes, *end; ok && *p && (end = strchr(p, '\n')); p = end + 1) {
        if (!strncmp(p, as_name, sizeof as_name - 1))
            limit_line(out, p, as_name, as->limit_as);
        else if (!strncmp(p, data_name, sizeof data_name - 1))
            limit_line(out, p, data_name, as->limit_data);
        else
            text_add(out, "%.*s", (int)(end + 1 - p), p);
    }
    text_release(&host);
    return ok;
}

static bool make_personality(const struct proc_request *r, struct text *out)
{
    if (!r->own || !r->task->process->personality)
        return false;
    text_add(out, "%08x\n", r->task->process->personality);
    return true;
}

/* ---- the machine ---- */

static bool make_cpuinfo(const struct proc_request *r, struct text *out)
{
    const struct process *p = r->task->process;
    int processors = get_nprocs();
    for (int i = 0; i < processors; i++) {
        if (!text_reserve(out, 4096))
            return false;
        out->size += p->guest->cpuinfo(&p->config, (unsigned)i, out->bytes + out->size, 4096);
    }
    return true;
}

static bool make_arch(const struct proc_request *r, struct text *out)
{
    text_add(out, "%s\n", task_abi(r->task)->machine);
    return true;
}

static bool make_osrelease(const struct proc_request *r, struct text *out)
{
    const char *release = r->task->process->options->release;
    if (release)
        text_add(out, "%s\n", release);
    return release;
}

/* "Linux version RELEASE (...": with the release of -r. */
static bool make_version(const struct proc_request *r, struct text *out)
{
    static const char start[] = "Linux version ";
    const char *release = r->task->process->options->release;
    struct text host = {0};
    bool ok = release && text_read(&host, r->directory, "version") &&
              !strncmp(host.bytes, start, sizeof start - 1);
    if (ok) {
        const char *rest = host.bytes + sizeof start - 1;
        text_add(out, "%s%s%s", start, release, rest + strcspn(rest, " \n"));
    }
    text_release(&host);
    return ok;
}

/* ---- the table ---- */

static const struct {
    const char *name;
    bool system; /* of /proc or /proc/sys/kernel, not of a process */
    proc_make_fn *make;
} files[] = {
    {"maps", false, make_maps},
    {"smaps", false, make_smaps},
    {"smaps_rollup", false, make_smaps_rollup},
    {"stat", false, make_stat},
    {"statm", false, make_statm},
    {"status", false, make_status},
    {"limits", false, make_limits},
    {"personality", false, make_personality},
    {"auxv", false, make_auxv},
    {"cmdline", false, make_cmdline},
    {"environ", false, make_environ},
    {"cpuinfo", true, make_cpuinfo},
    {"arch", true, make_arch},
    {"osrelease", true, make_osrelease},
    {"version", true, make_version},
};

bool proc_has_file(const char *name)
{
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].name[0] == name[0] && !strcmp(files[i].name, name))
            return true;
    return false;
}

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

static const char *basename_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

int proc_file(struct task *t, const struct proc_place *place)
{
    const struct proc_request r = {t, place->scope == PROC_OWN, place->directory, place->tid};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].system != (place->scope == PROC_SYSTEM) || strcmp(files[i].name, place->name))
            continue;
        /* A procfs mounted with subset=pid has none of the system's. */
        if (files[i].system && faccessat(place->directory, basename_of(place->name), F_OK, 0) < 0)
            return -1;
        struct text x = {0};
        int fd = files[i].make(&r, &x) ? memfd_with(place->name, &x) : -1;
        text_release(&x);
        return fd;
    }
    return -1;
}

int proc_own_maps(struct task *t)
{
    struct proc_place place = {.scope = PROC_OWN, .name = "maps"};
    place.directory = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = proc_file(t, &place);
    close(place.directory);
    return fd;
}

void proc_log_maps(struct task *t)
{
    char text[4096];
    ssize_t n;
    int fd = proc_own_maps(t);
    while (fd >= 0 && (n = read(fd, text, sizeof text)) > 0)
        log_print("%.*s", (int)n, text);
    close(fd);
}

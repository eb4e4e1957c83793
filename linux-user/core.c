/*
 * Writing core files of guests: notes of every thread, then the memory that coredump_filter asks
 * for. See core.h; the format is that of fs/binfmt_elf.c.
 *
 * Memory is read through /proc/self/mem, which sees what the guest has protected from itself. Pages
 * that nobody has touched become holes, so that a reservation costs nothing.
 */
#include "linux-user/core.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/procfs.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/core_pattern.h"
#include "linux-user/proc.h"
#include "linux-user/task.h"
#include "util/log.h"

static const char *own_pattern;

void core_start(const char *pattern)
{
    own_pattern = pattern;
}

bool core_possible(const struct process *p)
{
    struct rlimit limit;
    (void)p;
    return own_pattern || (getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur != 0);
}

bool core_signal(int signal)
{
    return (signal_bit(SIGQUIT) | signal_bit(SIGILL) | signal_bit(SIGTRAP) | signal_bit(SIGABRT) |
            signal_bit(SIGBUS) | signal_bit(SIGFPE) | signal_bit(SIGSEGV) | signal_bit(SIGXCPU) |
            signal_bit(SIGXFSZ) | signal_bit(SIGSYS)) &
           signal_bit(signal);
}

/* ---- what is written ---- */

/* A mapping of the guest, from its /proc/self/maps. */
struct segment {
    uint64_t start, end, offset;
    uint32_t flags; /* PF_* */
    uint64_t size;  /* bytes of it in the file */
    bool shared;
    const char *path; /* NULL: no file */
};

struct core {
    struct task *task;
    const siginfo_t *info;
    int fd, mem, pagemap;
    bool scans; /* the kernel knows PAGEMAP_SCAN */
    uint64_t limit, at; /* bytes the file may have, bytes it has */
    bool full;
    struct segment *segments;
    size_t nsegments;
    uint8_t *notes;
    size_t notes_size, notes_room;
};

static void put_bytes(struct core *c, const void *bytes, size_t size)
{
    if (size > c->limit - c->at) {
        size = c->limit - c->at;
        c->full = true;
    }
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(c->fd, (const char *)bytes + done, size - done, (off_t)(c->at + done));
        if (n <= 0) {
            c->full = true;
            return;
        }
        done += (size_t)n;
    }
    c->at += size;
}

static void skip_bytes(struct core *c, uint64_t size)
{
    if (size > c->limit - c->at) {
        size = c->limit - c->at;
        c->full = true;
    }
    c->at += size;
}

/* ---- mappings ---- */

static char *read_maps(struct task *t, size_t *size)
{
    struct stat st;
    int fd = proc_own_maps(t);
    char *text = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size)
        text = mmap(NULL, (size_t)st.st_size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    *size = (size_t)st.st_size;
    return text == MAP_FAILED ? NULL : text;
}

/* One line, which it ends where the path ends. */
static bool parse_line(char *line, struct segment *s)
{
    unsigned long long start, end, offset;
    char r, w, x, kind;
    int path = 0;
    if (sscanf(line, "%llx-%llx %c%c%c%c %llx %*s %*s %n", &start, &end, &r, &w, &x, &kind, &offset,
               &path) < 7)
        return false;
    *s = (struct segment){.start = start, .end = end, .offset = offset, .shared = kind == 's'};
    s->flags = (r == 'r' ? PF_R : 0u) | (w == 'w' ? PF_W : 0u) | (x == 'x' ? PF_X : 0u);
    s->path = path && line[path] == '/' ? line + path : NULL;
    return true;
}

/* ---- which pages there are: pagemap(5) and, since Linux 6.7, its PAGEMAP_SCAN ---- */

struct page_region {
    uint64_t start, end, categories;
};

struct pm_scan_arg {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

enum { PAGE_IS_FILE = 1 << 2, PAGE_IS_PRESENT = 1 << 3, PAGE_IS_SWAPPED = 1 << 4 };

#define PAGEMAP_SCAN _IOWR('f', 16, struct pm_scan_arg)

/* The first run of pages in [start, end), host addresses, or false. `own`: that are of no file. */
static bool scan_pages(const struct core *c, uint64_t start, uint64_t end, bool own,
                       struct page_region *run)
{
    struct pm_scan_arg a = {
        .size = sizeof a,
        .start = start,
        .end = end,
        .vec = (uint64_t)(uintptr_t)run,
        .vec_len = 1,
        .category_inverted = own ? PAGE_IS_FILE : 0,
        .category_mask = own ? PAGE_IS_FILE : 0,
        .category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
    };
    return ioctl(c->pagemap, PAGEMAP_SCAN, &a) == 1;
}

/* The same, page by page, for older kernels. */
static bool read_pages(const struct core *c, uint64_t start, uint64_t end, bool own,
                       struct page_region *run)
{
    const uint64_t of_file = UINT64_C(1) << 61, present = UINT64_C(3) << 62;
    uint64_t entries[512];
    run->start = run->end = 0;
    for (uint64_t page = start / GUEST_PAGE; page < end / GUEST_PAGE;) {
        size_t n = end / GUEST_PAGE - page;
        ssize_t got = pread(c->pagemap, entries, (n < 512 ? n : 512) * 8, (off_t)(page * 8));
        if (got <= 0)
            break;
        for (size_t i = 0; i < (size_t)got / 8; i++) {
            bool there = (entries[i] & present) && !(own && (entries[i] & of_file));
            if (!there && run->end)
                return true;
            if (there && !run->end)
                run->start = (page + i) * GUEST_PAGE;
            if (there)
                run->end = (page + i + 1) * GUEST_PAGE;
        }
        page += (uint64_t)got / 8;
    }
    return run->end != 0;
}

/* The first run of pages within [start, end), all of them the guest's addresses. */
static bool next_pages(const struct core *c, uint64_t start, uint64_t end, bool own,
                       struct page_region *run)
{
    uint64_t base = c->task->process->as->base;
    bool found = c->scans ? scan_pages(c, base + start, base + end, own, run)
                          : read_pages(c, base + start, base + end, own, run);
    if (found) {
        run->start -= base;
        run->end -= base;
    }
    return found;
}

static bool read_memory(const struct core *c, uint64_t at, void *to, size_t size)
{
    return pread(c->mem, to, size, (off_t)(c->task->process->as->base + at)) == (ssize_t)size;
}

/* ---- segments: what of a mapping is dumped ---- */

static bool starts_with_elf(const struct core *c, const struct segment *s)
{
    char magic[SELFMAG];
    return s->offset == 0 && read_memory(c, s->start, magic, SELFMAG) &&
           !memcmp(magic, ELFMAG, SELFMAG);
}

/* The bits of core(5)'s coredump_filter. */
enum { ANON_PRIVATE = 1, ANON_SHARED = 2, FILE_PRIVATE = 4, FILE_SHARED = 8, ELF_HEADERS = 16 };

/* Memory that nobody has touched is not part of a core: reservations cost nothing. */
static uint64_t dumped_size(const struct core *c, const struct segment *s, unsigned filter)
{
    uint64_t whole = s->end - s->start;
    struct page_region run;
    bool own = !s->shared && next_pages(c, s->start, s->end, s->path != NULL, &run);
    if (s->shared)
        return filter & (s->path ? FILE_SHARED : ANON_SHARED) ? whole : 0;
    if ((own && (filter & ANON_PRIVATE)) || (s->path && (filter & FILE_PRIVATE)))
        return whole;
    if (!s->path)
        return 0;
    return (filter & ELF_HEADERS) && starts_with_elf(c, s) ? GUEST_PAGE : 0;
}

static unsigned read_filter(void)
{
    unsigned filter = ANON_PRIVATE | ANON_SHARED | ELF_HEADERS;
    FILE *f = fopen("/proc/self/coredump_filter", "re");
    if (f && fscanf(f, "%x", &filter) != 1)
        filter = ANON_PRIVATE | ANON_SHARED | ELF_HEADERS;
    if (f)
        fclose(f);
    return filter;
}

static bool find_segments(struct core *c, char *maps)
{
    size_t lines = 0;
    unsigned filter = read_filter();
    for (const char *p = maps; (p = strchr(p, '\n')); p++)
        lines++;
    c->segments = calloc(lines + 1, sizeof *c->segments);
    if (!c->segments)
        return false;
    for (char *line = maps, *end; (end = strchr(line, '\n')); line = end + 1) {
        struct segment *s = &c->segments[c->nsegments];
        *end = '\0';
        if (!parse_line(line, s))
            continue;
        s->size = dumped_size(c, s, filter);
        c->nsegments++;
    }
    return true;
}

/* ---- notes ---- */

static void note_bytes(struct core *c, const void *bytes, size_t size)
{
    size_t padded = (size + 3) & ~(size_t)3;
    if (c->notes_size + padded > c->notes_room) {
        size_t room = (c->notes_size + padded) * 2;
        uint8_t *more = realloc(c->notes, room);
        if (!more)
            return;
        c->notes = more;
        c->notes_room = room;
    }
    memset(c->notes + c->notes_size, 0, padded);
    memcpy(c->notes + c->notes_size, bytes, size);
    c->notes_size += padded;
}

static void note(struct core *c, uint32_t type, const void *bytes, size_t size)
{
    Elf64_Nhdr head = {.n_namesz = sizeof "CORE", .n_descsz = (uint32_t)size, .n_type = type};
    note_bytes(c, &head, sizeof head);
    note_bytes(c, "CORE", sizeof "CORE");
    note_bytes(c, bytes, size);
}

/* struct elf_prstatus up to its registers: alike on all 64-bit architectures. */
struct status_head {
    int32_t signo, code, error;
    int16_t cursig;
    uint64_t pending, held;
    int32_t pid, ppid, pgrp, sid;
    struct timeval times[4];
};
static_assert(sizeof(struct status_head) == 112, "struct elf_prstatus");

static void note_registers(struct core *c, struct task *t)
{
    const struct guest *g = task_guest(t);
    uint8_t status[sizeof(struct status_head) + (GREGSET_MAX + 1) * 8] = {0};
    uint64_t words[GREGSET_MAX];
    const uint32_t fpvalid = 1;
    struct status_head head = {
        .signo = c->info->si_signo,
        .code = c->info->si_code,
        .cursig = (int16_t)c->info->si_signo,
        .held = t->signal.mask,
        .pid = t->tid,
        .ppid = getppid(),
        .pgrp = getpgrp(),
        .sid = getsid(0),
    };
    size_t size = g->gregset.words * sizeof *words;
    g->get_gregset(&t->vcpu->cpu, words);
    memcpy(status, &head, sizeof head);
    memcpy(status + sizeof head, words, size);
    memcpy(status + sizeof head + size, &fpvalid, sizeof fpvalid);
    note(c, NT_PRSTATUS, status, sizeof head + size + 8);
}

static void note_fp(struct core *c, struct task *t)
{
    uint8_t fp[FPREGSET_MAX];
    note(c, NT_FPREGSET, fp, task_guest(t)->get_fpregset(&t->vcpu->cpu, fp));
}

static void note_process(struct core *c)
{
    const struct program *p = c->task->process->program;
    struct elf_prpsinfo info = {.pr_sname = 'R', .pr_uid = getuid(), .pr_gid = getgid(),
                                .pr_pid = getpid(), .pr_ppid = getppid(), .pr_pgrp = getpgrp(),
                                .pr_sid = getsid(0)};
    size_t size = p->arg_end - p->arg_start;
    size = size < sizeof info.pr_psargs - 1 ? size : sizeof info.pr_psargs - 1;
    memcpy(info.pr_fname, p->comm, sizeof info.pr_fname);
    if (copy_in(c->task, info.pr_psargs, p->arg_start, size) != 0)
        size = 0;
    for (size_t i = 0; i + 1 < size; i++)
        if (!info.pr_psargs[i])
            info.pr_psargs[i] = ' ';
    note(c, NT_PRPSINFO, &info, sizeof info);
}

static void note_auxv(struct core *c)
{
    const struct program *p = c->task->process->program;
    uint8_t auxv[1024];
    size_t size = p->auxv_size < sizeof auxv ? p->auxv_size : sizeof auxv;
    if (copy_in(c->task, auxv, p->auxv, size) == 0)
        note(c, NT_AUXV, auxv, size);
}

/* NT_FILE: count, page size, {start, end, offset in pages} each, then the names. */
static void note_files(struct core *c)
{
    size_t n = 0, names = 0;
    for (size_t i = 0; i < c->nsegments; i++)
        if (c->segments[i].path) {
            n++;
            names += strlen(c->segments[i].path) + 1;
        }
    size_t size = (2 + 3 * n) * 8 + names;
    uint64_t *words = calloc(1, size);
    if (!words)
        return;
    char *name = (char *)(words + 2 + 3 * n);
    uint64_t *w = words;
    *w++ = n;
    *w++ = GUEST_PAGE;
    for (size_t i = 0; i < c->nsegments; i++) {
        const struct segment *s = &c->segments[i];
        if (!s->path)
            continue;
        *w++ = s->start;
        *w++ = s->end;
        *w++ = s->offset / GUEST_PAGE;
        name = stpcpy(name, s->path) + 1;
    }
    note(c, NT_FILE, words, size);
    free(words);
}

static void make_notes(struct core *c)
{
    struct process *p = c->task->process;
    note_registers(c, c->task); /* the one that died comes first */
    note_process(c);
    note(c, NT_SIGINFO, c->info, sizeof *c->info);
    note_auxv(c);
    note_files(c);
    note_fp(c, c->task);
    process_lock(p);
    for (struct task *t = p->tasks; t; t = t->next) {
        if (t == c->task || !t->vcpu)
            continue;
        note_registers(c, t);
        note_fp(c, t);
    }
    process_unlock(p);
}

/* ---- the file ---- */

static void put_headers(struct core *c)
{
    const struct vdso_spec *v = &task_guest(c->task)->vdso;
    const size_t count = c->nsegments + 1;
    Elf64_Ehdr e = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_CORE, .e_machine = v->machine, .e_version = EV_CURRENT, .e_flags = v->elf_flags,
        .e_phoff = sizeof e, .e_ehsize = sizeof e, .e_phentsize = sizeof(Elf64_Phdr),
    };
    /* More program headers than the field can tell are told by the first section header. */
    Elf64_Shdr extra = {.sh_size = 1, .sh_info = (uint32_t)count};
    bool many = count >= PN_XNUM;
    uint64_t offset = sizeof e + count * sizeof(Elf64_Phdr) + (many ? sizeof extra : 0);
    e.e_phnum = many ? PN_XNUM : (uint16_t)count;
    if (many) {
        e.e_shoff = offset - sizeof extra;
        e.e_shentsize = sizeof extra;
        e.e_shnum = 1;
    }
    put_bytes(c, &e, sizeof e);
    Elf64_Phdr notes = {.p_type = PT_NOTE, .p_offset = offset, .p_filesz = c->notes_size};
    put_bytes(c, &notes, sizeof notes);
    offset = page_up(offset + c->notes_size);
    for (size_t i = 0; i < c->nsegments; i++) {
        const struct segment *s = &c->segments[i];
        Elf64_Phdr p = {.p_type = PT_LOAD, .p_flags = s->flags, .p_offset = offset,
                        .p_vaddr = s->start, .p_filesz = s->size, .p_memsz = s->end - s->start,
                        .p_align = GUEST_PAGE};
        put_bytes(c, &p, sizeof p);
        offset += s->size;
    }
    if (many)
        put_bytes(c, &extra, sizeof extra);
    put_bytes(c, c->notes, c->notes_size);
    skip_bytes(c, page_up(c->at) - c->at);
}

static bool all_zero(const uint64_t *words, size_t bytes)
{
    for (size_t i = 0; i < bytes / 8; i++)
        if (words[i])
            return false;
    return true;
}

static void put_page(struct core *c, uint64_t at)
{
    static uint64_t page[GUEST_PAGE / 8];
    if (read_memory(c, at, page, sizeof page) && !all_zero(page, sizeof page))
        put_bytes(c, page, sizeof page);
    else
        skip_bytes(c, sizeof page);
}

static void put_memory(struct core *c)
{
    for (size_t i = 0; i < c->nsegments && !c->full; i++) {
        const struct segment *s = &c->segments[i];
        struct page_region run;
        uint64_t at = s->start;
        while (!c->full && next_pages(c, at, s->start + s->size, false, &run)) {
            skip_bytes(c, run.start - at);
            for (at = run.start; at < run.end && !c->full; at += GUEST_PAGE)
                put_page(c, at);
        }
        skip_bytes(c, s->start + s->size - at);
    }
}

static bool write_core(struct core *c)
{
    size_t maps_size;
    char *maps = read_maps(c->task, &maps_size);
    bool ok = maps && find_segments(c, maps);
    if (ok) {
        make_notes(c);
        put_headers(c);
        put_memory(c);
        ok = ftruncate(c->fd, (off_t)c->at) == 0;
    }
    free(c->segments);
    free(c->notes);
    if (maps)
        munmap(maps, maps_size + 1);
    return ok;
}

/* Opens the file as the kernel does: a new one, in the place of an old one, behind no link. */
static int open_core(const char *name)
{
    if (unlink(name) != 0 && errno != ENOENT)
        return -1;
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool dump_to(struct task *t, const siginfo_t *info, const char *name, uint64_t limit)
{
    struct page_region run;
    struct core c = {.task = t, .info = info, .limit = limit};
    c.mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    c.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    c.fd = open_core(name);
    uint64_t here = page_down((uint64_t)(uintptr_t)&c);
    c.scans = scan_pages(&c, here, here + GUEST_PAGE, false, &run);
    bool ok = c.mem >= 0 && c.fd >= 0 && write_core(&c);
    if (log_on(LOG_GUEST_ERRORS))
        log_print("core file %s: %s\n", name, ok ? "written" : strerror(errno));
    if (c.fd >= 0)
        close(c.fd);
    if (c.mem >= 0)
        close(c.mem);
    if (c.pagemap >= 0)
        close(c.pagemap);
    return ok;
}

void core_dump(struct task *t, const siginfo_t *info)
{
    static char pattern[256], name[PATH_MAX];
    struct rlimit limit;
    if (!core_signal(info->si_signo) || !core_possible(t->process) || prctl(PR_GET_DUMPABLE) != 1 ||
        getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    bool host_file = core_pattern_of_host(pattern, sizeof pattern);
    if (!own_pattern && !host_file)
        return;
    core_pattern_expand(own_pattern ? own_pattern : pattern, t, info->si_signo, name, sizeof name);
    if (!dump_to(t, info, name, own_pattern ? UINT64_MAX : limit.rlim_cur) || !host_file)
        return;
    /* What the host's kernel would write now goes elsewhere, or else is not written. */
    if (pattern[0] == '/' || !core_pattern_step_aside()) {
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &limit);
    }
}

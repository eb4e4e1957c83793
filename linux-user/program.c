/* Starting a program: open, parse, map, stack, first registers. See program.h. */
#include "linux-user/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux-user/proc.h"
#include "loader/elf.h"
#include "loader/stack.h"
#include "loader/vdso.h"
#include "util/log.h"

__attribute__((format(printf, 3, 4), noreturn)) static void cannot_run(const char *path, int status,
                                                                       const char *format, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    warn("%s: %s", path, text);
    _exit(status);
}

/* ---- memory for the loader ---- */

static int64_t space_map(void *context, uint64_t address, uint64_t size, int prot, int flags,
                         int fd, uint64_t offset)
{
    return aspace_mmap(context, address, size, prot, flags, fd, offset, 0);
}

static void space_unmap(void *context, uint64_t address, uint64_t size)
{
    aspace_munmap(context, address, size);
}

static void *space_host(void *context, uint64_t address)
{
    return (void *)(uintptr_t)(((struct aspace *)context)->base + address);
}

/* ---- files ---- */

enum program_kind program_probe(int fd, char *line, size_t size, const struct guest **guest)
{
    uint8_t head[20] = {0};
    *guest = NULL;
    ssize_t n = pread(fd, line, size - 1, 0);
    if (n < 2)
        return PROGRAM_OTHER;
    line[n] = '\0';
    if (line[0] == '#' && line[1] == '!')
        return PROGRAM_SCRIPT;
    memcpy(head, line, (size_t)n < sizeof head ? (size_t)n : sizeof head);
    if (memcmp(head, ELFMAG, SELFMAG))
        return PROGRAM_OTHER;
    bool big = head[EI_DATA] == ELFDATA2MSB;
    unsigned machine = big ? head[18] << 8 | head[19] : head[19] << 8 | head[18];
    *guest = guest_for_elf(machine, head[EI_CLASS], head[EI_DATA]);
    return *guest ? PROGRAM_GUEST : PROGRAM_OTHER;
}

/* Opens a program's file and refuses what cannot be one. */
static int open_program(const char *path, int fd, uint64_t *size)
{
    struct stat st;
    if (fd < 0)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        cannot_run(path, errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN,
                   "%s", strerror(errno));
    if (fstat(fd, &st) != 0)
        cannot_run(path, EXIT_CANNOT_RUN, "%s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        cannot_run(path, EXIT_CANNOT_RUN, "is a directory");
    if (!S_ISREG(st.st_mode))
        cannot_run(path, EXIT_CANNOT_RUN, "is no regular file");
    *size = (uint64_t)st.st_size;
    return fd;
}

static const struct guest *check_guest(const struct options *o, const char *path,
                                       const struct elf_file *f)
{
    const struct guest *g = guest_for_elf(f->machine, f->elf_class, f->data);
    if (!g)
        cannot_run(path, EXIT_CANNOT_RUN,
                   "a program for machine %u, %d-bit, %s-endian, which no guest "
                   "of this build is",
                   f->machine, f->elf_class == ELFCLASS64 ? 64 : 32,
                   f->data == ELFDATA2LSB ? "little" : "big");
    if (o->pinned && o->pinned != g)
        cannot_run(path, EXIT_CANNOT_RUN, "a program for %s, not for %s", g->abi.name,
                   o->pinned->abi.name);
    return g;
}

/* A file whose first bytes, where headers are, have been read once. */
struct file_start {
    int fd;
    size_t size;
    uint8_t bytes[1024];
};

static bool read_start(void *context, uint64_t offset, void *to, size_t size)
{
    struct file_start *f = context;
    if (offset > f->size || size > f->size - offset)
        return elf_read_fd(&f->fd, offset, to, size);
    memcpy(to, f->bytes + offset, size);
    return true;
}

/* NULL, or a complaint. */
static const char *parse_headers(int fd, uint64_t size, struct elf_file *f)
{
    struct file_start start = {.fd = fd};
    ssize_t n = pread(fd, start.bytes, sizeof start.bytes, 0);
    start.size = n > 0 ? (size_t)n : 0;
    bool not_elf;
    return elf_parse(read_start, &start, size, f, &not_elf);
}

static void parse_file(const char *path, int fd, uint64_t size, struct elf_file *f)
{
    const char *error = parse_headers(fd, size, f);
    if (error)
        cannot_run(path, EXIT_CANNOT_RUN, "%s", error);
}

static struct elf_image load_file(struct process *p, const char *path, int fd,
                                  const struct elf_file *f, uint64_t where)
{
    struct elf_space space = {p->as, space_map, space_unmap, space_host};
    struct elf_image image;
    int error = elf_load(f, fd, &space, where, &image);
    if (error)
        cannot_run(path, EXIT_CANNOT_RUN, "cannot be mapped: %s", strerror(-error));
    return image;
}

/* The interpreter, under the root if it is there. */
static struct elf_image load_interpreter(struct process *p, const char *program, int fd,
                                         const struct elf_file *f)
{
    char wanted[ELF_MAX_INTERP], path[PATH_MAX];
    const char *error = elf_interpreter(elf_read_fd, &fd, f, wanted);
    if (error)
        cannot_run(program, EXIT_CANNOT_RUN, "%s", error);
    const char *found = proc_under_root(p->options->root, wanted, true, path);
    int interp = open(found ? found : wanted, O_RDONLY | O_CLOEXEC);
    if (interp < 0)
        cannot_run(program, EXIT_NOT_FOUND, "its interpreter %s cannot be opened: %s%s", wanted,
                   strerror(errno), p->options->root ? "" : " (is -L missing?)");
    close(interp);
    uint64_t size;
    interp = open_program(found ? found : wanted, -1, &size);
    struct elf_file file;
    parse_file(wanted, interp, size, &file);
    if (file.machine != f->machine || file.elf_class != f->elf_class || file.data != f->data)
        cannot_run(program, EXIT_CANNOT_RUN, "its interpreter %s is for another machine", wanted);
    struct elf_image image = load_file(p, wanted, interp, &file, 0);
    close(interp);
    return image;
}

/* The interpreter: a regular file that may be executed (fs/exec.c, open_exec), and an ELF file. */
static int64_t check_interpreter(const char *path, const struct elf_file *f)
{
    struct stat st;
    struct elf_file interp;
    int64_t e = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
        e = -EACCES;
    else if (st.st_size < (off_t)sizeof(Elf64_Ehdr))
        e = -EIO;
    else if (parse_headers(fd, (uint64_t)st.st_size, &interp) || interp.machine != f->machine)
        e = -ELIBBAD;
    close(fd);
    return e;
}

int64_t program_check(const char *root, int fd)
{
    struct stat st;
    struct elf_file f;
    char wanted[ELF_MAX_INTERP], path[PATH_MAX];
    if (fstat(fd, &st) != 0 || parse_headers(fd, (uint64_t)st.st_size, &f))
        return -ENOEXEC;
    if (!f.interp_size)
        return 0;
    if (elf_interpreter(elf_read_fd, &fd, &f, wanted))
        return -ENOEXEC;
    const char *found = proc_under_root(root, wanted, true, path);
    return check_interpreter(found ? found : wanted, &f);
}

/* ---- limits ---- */

/*
 * The limits on address space and data are the guest's: Ferry keeps count for it (aspace.c) and
 * lifts its own as far as it may, so that its cache does not use up what the guest was granted.
 * exec.c puts them back.
 */
static void take_limits(struct aspace *as)
{
    const struct {
        int resource;
        uint64_t *limit;
    } limits[] = {{RLIMIT_AS, &as->limit_as}, {RLIMIT_DATA, &as->limit_data}};
    for (unsigned i = 0; i < 2; i++) {
        struct rlimit r;
        if (getrlimit(limits[i].resource, &r) != 0 || r.rlim_cur == RLIM_INFINITY)
            continue;
        *limits[i].limit = r.rlim_cur;
        r.rlim_cur = r.rlim_max;
        setrlimit(limits[i].resource, &r);
    }
}

/* RLIMIT_STACK, or what -s says. */
static uint64_t stack_limit(const struct options *o)
{
    struct rlimit r;
    if (o->stack_size)
        return page_up(o->stack_size);
    return getrlimit(RLIMIT_STACK, &r) == 0 ? r.rlim_cur : UINT64_MAX;
}

/* ---- the initial stack ---- */

static const char *variable_name_end(const char *assignment)
{
    return assignment + strcspn(assignment, "=");
}

static bool same_variable(const char *a, const char *b)
{
    size_t n = (size_t)(variable_name_end(a) - a);
    return n == (size_t)(variable_name_end(b) - b) && !memcmp(a, b, n);
}

/* The program's environment: ours, less -U, with -E. */
static const char **environment(const struct options *o)
{
    size_t n = 0;
    while (o->envp[n])
        n++;
    const char **out = calloc(n + o->nset_env + 1, sizeof *out);
    if (!out)
        die("out of memory for the environment");
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool drop = false;
        for (unsigned j = 0; j < o->nunset_env; j++)
            drop |= same_variable(o->envp[i], o->unset_env[j]);
        for (unsigned j = 0; j < o->nset_env; j++)
            drop |= same_variable(o->envp[i], o->set_env[j]);
        if (!drop)
            out[k++] = o->envp[i];
    }
    for (unsigned j = 0; j < o->nset_env; j++)
        out[k++] = o->set_env[j];
    return out;
}

static void random_bytes(const struct options *o, void *to, size_t size)
{
    uint8_t *p = to;
    uint64_t state = o->seed;
    if (!o->have_seed && getrandom(to, size, GRND_NONBLOCK) == (ssize_t)size)
        return;
    for (size_t i = 0; i < size; i++) { /* splitmix64: the same bytes for the same seed */
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        p[i] = (uint8_t)(z >> 56);
    }
}

/* Bytes that strings and their pointers take. */
static uint64_t strings_size(const char *const *strings)
{
    uint64_t size = sizeof *strings;
    for (; *strings; strings++)
        size += strlen(*strings) + 1 + sizeof *strings;
    return size;
}

/*
 * How much of the main stack is there at first: arguments and environment and then what the kernel
 * adds (setup_arg_pages in fs/exec.c), within the limit. The rest comes as it is touched. What -s
 * asks for beyond the limit is there from the start, as the host would not add it.
 */
static uint64_t first_stack(const struct options *o, uint64_t strings)
{
    const uint64_t expand = 128 << 10, rest = 16 << 10;
    uint64_t used = page_up(strings + rest), size = used + expand, limit = stack_limit(o);
    if (o->stack_size || size > limit)
        size = page_down(limit);
    return size > used ? size : used;
}

static void build_stack(struct process *p, uint64_t entry, uint64_t interp_base)
{
    const struct guest *g = p->guest;
    struct program *prog = p->program;
    int prot = PROT_READ | PROT_WRITE | (prog->executable_stack ? PROT_EXEC : 0);
    const char *const *envp = p->options->first ? environment(p->options)
                                                : (const char *const *)p->options->envp;
    const char *const *argv = (const char *const *)p->options->argv;
    uint64_t strings = strings_size(argv) + strings_size(envp) + strlen(p->options->execfn);
    int64_t top = aspace_map_stack(p->as, first_stack(p->options, strings), prot);
    if (top < 0)
        cannot_run(prog->path, EXIT_CANNOT_RUN, "no room for the stack: %s", strerror((int)-top));
    const struct stack_aux aux[] = {
        {AT_SYSINFO_EHDR, prog->vdso},
        {AT_MINSIGSTKSZ, g->signal_stack},
        {AT_HWCAP, g->hwcap(&p->config)},
        {AT_PAGESZ, GUEST_PAGE},
        {AT_CLKTCK, 100},
        {AT_PHDR, prog->phdr},
        {AT_PHENT, g->abi.word == 8 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)},
        {AT_PHNUM, prog->phnum},
        {AT_BASE, interp_base},
        {AT_FLAGS, 0},
        {AT_ENTRY, entry},
        {AT_UID, getauxval(AT_UID)},
        {AT_EUID, getauxval(AT_EUID)},
        {AT_GID, getauxval(AT_GID)},
        {AT_EGID, getauxval(AT_EGID)},
        {AT_SECURE, getauxval(AT_SECURE)},
        {AT_HWCAP2, g->hwcap2(&p->config)},
    };
    struct stack_spec spec = {
        .word = g->abi.word,
        .top = (uint64_t)top,
        .size = (uint64_t)top - p->as->stack_low,
        .host_top = space_host(p->as, (uint64_t)top),
        .argv = argv,
        .envp = envp,
        .execfn = p->options->execfn,
        .platform = g->platform,
        .aux = aux,
        .naux = sizeof aux / sizeof *aux,
    };
    random_bytes(p->options, spec.random, sizeof spec.random);
    struct stack_result r;
    if (stack_build(&spec, &r) != 0)
        cannot_run(prog->path, EXIT_CANNOT_RUN,
                   "arguments and environment do not fit on the stack");
    prog->stack_sp = r.sp;
    prog->arg_start = r.arg_start;
    prog->arg_end = r.arg_end;
    prog->env_start = r.env_start;
    prog->env_end = r.env_end;
    prog->auxv = r.auxv;
    prog->auxv_size = r.auxv_size;
}

/*
 * The guest's first mapping comes to lie below it. MAP_NORESERVE keeps the kernel from making
 * one of the two, which it would have to take apart at each mprotect.
 */
static void map_vdso(struct process *p)
{
    const struct guest *g = p->guest;
    int64_t at = aspace_mmap(p->as, 0, VDSO_PAGE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, MAP_IS_VDSO);
    if (at < 0)
        cannot_run(p->program->path, EXIT_CANNOT_RUN, "no room for the vDSO: %s",
                   strerror((int)-at));
    struct vdso_result r;
    vdso_build(&g->vdso, space_host(p->as, (uint64_t)at), &r);
    aspace_mprotect(p->as, (uint64_t)at, VDSO_PAGE, PROT_READ | PROT_EXEC);
    p->program->vdso = (uint64_t)at;
    p->program->vdso_sigreturn = (uint64_t)at + r.sigreturn;
    p->config.hostcall_lo = (uint64_t)at + r.text;
    p->config.hostcall_hi = (uint64_t)at + r.text_end;
}

/* ---- all of it ---- */

/*
 * Under a limit on address space or data that cannot be lifted the cache and its tables, about five
 * times its size, get a third of what there is.
 */
static size_t cache_size(const struct options *o)
{
    const int limits[] = {RLIMIT_AS, RLIMIT_DATA};
    size_t most = o->cache_size;
    for (unsigned i = 0; !o->cache_size && i < 2; i++) {
        struct rlimit r;
        const size_t usual = 128 << 20;
        if (getrlimit(limits[i], &r) != 0 || r.rlim_cur == RLIM_INFINITY)
            continue;
        size_t size = r.rlim_cur / 16 < usual ? r.rlim_cur / 16 : usual;
        most = !most || size < most ? size : most;
    }
    return most;
}

static void make_translator(struct process *p)
{
    const struct options *o = p->options;
    struct translator_options t = {
        .frontend = p->guest->frontend,
        .config = p->config,
        .source = {aspace_window, p->as},
        .call = quick_call,
        .cache_size = cache_size(o),
        .interpret = o->interpret,
        .single_insn = o->one_insn,
        .no_chain = log_on(LOG_NOCHAIN),
        .int_pins = -1,
        .float_pins = -1,
        .host_features = UINT32_MAX,
    };
    p->translator = translator_create(&t);
    p->as->translator = p->translator;
}

void program_start(struct process *p, struct task *t)
{
    const struct options *o = p->options;
    struct program *prog = p->program;
    uint64_t size, layout;
    snprintf(prog->path, sizeof prog->path, "%s", o->program);
    int fd = open_program(prog->path, o->program_fd, &size);
    struct elf_file file;
    parse_file(prog->path, fd, size, &file);
    p->guest = check_guest(o, prog->path, &file);
    char error[256];
    if (!p->guest->frontend->parse_cpu(o->cpu, &p->config, error, sizeof error))
        die("-cpu: %s", error);

    random_bytes(o, &layout, sizeof layout);
    aspace_init(p->as, 0, p->guest->address_limit, p->guest->address_bits, stack_limit(o), layout);
    p->as->extra_prot = p->guest->extra_prot;
    take_limits(p->as);
    struct elf_image image =
        load_file(p, prog->path, fd, &file, file.dynamic_position ? p->as->pie_base : 0);
    aspace_set_brk(p->as, image.high);
    uint64_t entry = image.entry, interp_base = 0;
    if (file.interp_size) {
        struct elf_image interp = load_interpreter(p, prog->path, fd, &file);
        entry = interp.entry;
        interp_base = interp.bias;
    }
    proc_program_opened(p, fd);
    close(fd);
    prog->entry = image.entry;
    prog->load_bias = image.bias;
    prog->interp_base = interp_base;
    prog->phdr = image.phdr;
    prog->phnum = file.phnum;
    prog->executable_stack = file.executable_stack;
    prog->start_code = image.start_code;
    prog->end_code = image.end_code;
    prog->start_data = image.start_data;
    prog->end_data = image.end_data;
    map_vdso(p);
    build_stack(p, image.entry, interp_base);
    make_translator(p);

    t->vcpu = translator_vcpu_create(p->translator);
    if (!t->vcpu)
        die("cannot create a processor: %s", strerror(errno));
    t->vcpu->cpu.exit_pc = entry;
    p->guest->start(&t->vcpu->cpu, prog->stack_sp);
}

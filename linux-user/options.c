/* Options: reading, help, handing on. The rows are option.def's; see options.h. */
#include "linux-user/options.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "linux-user/guest.h"
#include "linux-user/self.h"
#include "syscall/syscall.h"
#include "util/log.h"

#ifndef AT_FLAGS_PRESERVE_ARGV0
#define AT_FLAGS_PRESERVE_ARGV0 1
#endif

/* ---- what each option does ---- */

typedef void set_fn(struct options *o, const char *value);

static uint64_t number(const char *option, const char *text)
{
    char *end;
    errno = 0;
    uint64_t v = strtoull(text, &end, 0);
    if (errno || end == text || *end)
        die("-%s: '%s' is not a number", option, text);
    return v;
}

static void print_help(const char *name);
static set_fn set_HELP, set_VERSION;

static void set_ROOT(struct options *o, const char *value)
{
    char *copy = strdup(value);
    size_t n = copy ? strlen(copy) : 0;
    while (n && copy[n - 1] == '/')
        copy[--n] = '\0';
    o->root = n ? copy : NULL;
}

/* Comma-separated assignments; a comma inside a value cannot be said, as with qemu-user. */
static void split_list(const char *value, const char **list, unsigned *n)
{
    char *copy = strdup(value), *save = NULL;
    for (char *item = strtok_r(copy, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
        if (*n == OPTIONS_GIVEN)
            die("too many variables to set or unset");
        list[(*n)++] = item;
    }
}

static void set_SET_ENV(struct options *o, const char *value)
{
    split_list(value, o->set_env, &o->nset_env);
}

static void set_UNSET_ENV(struct options *o, const char *value)
{
    split_list(value, o->unset_env, &o->nunset_env);
}

static void set_ARGV0(struct options *o, const char *value)
{
    o->argv0 = value;
}

static void set_CPU(struct options *o, const char *value)
{
    o->cpu = value;
    if (strcmp(value, "help") && strcmp(value, "?"))
        return;
    for (const struct guest *const *g = guests; *g; g++)
        if (!o->pinned || o->pinned == *g)
            (*g)->frontend->print_cpus();
    exit(0);
}

static void set_STACK_SIZE(struct options *o, const char *value)
{
    char *end;
    uint64_t v = strtoull(value, &end, 0);
    unsigned shift = *end == 'k' || *end == 'K'   ? 10
                     : *end == 'm' || *end == 'M' ? 20
                     : *end == 'g' || *end == 'G' ? 30
                                                  : 0;
    if (!v || end == value || *(end + (shift != 0)) || v > UINT64_MAX >> 24 >> shift)
        die("-s: '%s' is not a size", value);
    o->stack_size = v << shift;
}

static void set_UNAME(struct options *o, const char *value)
{
    o->release = value;
}

static void set_STRACE(struct options *o, const char *value)
{
    (void)o, (void)value;
    log_mask |= LOG_STRACE;
}

static void print_log_items(void)
{
#define X(bit, name, help) printf("%-14s%s\n", name, help);
    LOG_ITEMS(X)
#undef X
}

static void set_LOG(struct options *o, const char *value)
{
    (void)o;
    if (!strcmp(value, "help") || !strcmp(value, "?")) {
        print_log_items();
        exit(0);
    }
    const char *wrong = log_select(value);
    if (wrong)
        die("-d: '%s' is no log item ('-d help' lists them)", wrong);
}

static void set_LOG_FILE(struct options *o, const char *value)
{
    /* An executed program goes on where the one before it stopped. */
    int error = o->first ? log_open(value) : log_append(value);
    if (error)
        die("cannot open the log '%s': %s", value, strerror(error));
    int fd = fd_reserve(log_fd());
    if (fd >= 0)
        log_move(fd);
}

static void set_LOG_FILTER(struct options *o, const char *value)
{
    (void)o;
    if (!log_set_filter(value))
        die("-dfilter: '%s' is not a list of address ranges", value);
}

static void set_REPORT(struct options *o, const char *value)
{
    o->report = value;
}

static void set_CORE(struct options *o, const char *value)
{
    o->core = value;
}

static void set_ACCEL(struct options *o, const char *value)
{
    if (!strcmp(value, "interp"))
        o->interpret = true;
    else if (!strncmp(value, "tcg", 3) && (!value[3] || value[3] == ','))
        o->interpret = false;
    else
        die("-accel: '%s' is neither tcg nor interp", value);
}

static void set_ONE_INSN(struct options *o, const char *value)
{
    (void)value;
    o->one_insn = true;
}

static void set_TB_SIZE(struct options *o, const char *value)
{
    o->cache_size = (size_t)number("tb-size", value) << 20;
}

static void set_SEED(struct options *o, const char *value)
{
    o->seed = number("seed", value);
    o->have_seed = true;
}

/* For compatibility: checked, and otherwise without effect. */
static void set_GUEST_BASE(struct options *o, const char *value)
{
    (void)o;
    number("B", value);
}

static void set_RESERVED(struct options *o, const char *value)
{
    (void)o, (void)value;
}

static void set_PAGE_SIZE(struct options *o, const char *value)
{
    (void)o;
    uint64_t v = number("p", value);
    if (!v || (v & (v - 1)))
        die("-p: the page size must be a power of two");
}

static void set_RTSIG_MAP(struct options *o, const char *value)
{
    (void)o, (void)value;
}

static void set_GDB(struct options *o, const char *value)
{
    (void)o, (void)value;
    die("-g: the gdb stub is not available in this version");
}

/* ---- the table ---- */

static const struct option {
    const char *names, *env, *argument;
    bool child;
    const char *help;
    set_fn *set;
} options[OPTION_COUNT] = {
#define OPTION(id, names, env, argument, child, help) {names, env, argument, child, help, set_##id},
#include "linux-user/option.def"
#undef OPTION
};

static void set_HELP(struct options *o, const char *value)
{
    (void)value;
    print_help(o->program);
}

static void set_VERSION(struct options *o, const char *value)
{
    (void)o, (void)value;
    printf("ferry version %s\n", VERSION);
    exit(0);
}

static void print_help(const char *name)
{
    printf("usage: %s [options] program [arguments...]\n"
           "Runs a Linux program built for another processor.\n\n",
           name);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        char text[128];
        size_t n = 0;
        for (const char *p = options[i].names, *end; *p; p = end + (*end == '|')) {
            end = p + strcspn(p, "|");
            int length = (int)(end - p) - (end > p && end[-1] == '=');
            n += (size_t)snprintf(text + n, sizeof text - n, "%s-%.*s", n ? ", " : "", length, p);
        }
        if (options[i].argument)
            snprintf(text + n, sizeof text - n, " %s", options[i].argument);
        printf("  %-28s %s%s\n", text, strlen(text) > 28 ? "\n                               " : "",
               options[i].help);
        if (options[i].env)
            printf("  %-28s (also QEMU_%s, FERRY_%s)\n", "", options[i].env, options[i].env);
    }
    exit(0);
}

/* The option a word names, and where its attached value begins if it has one. */
static const struct option *find(const char *word, const char **attached)
{
    size_t length = strlen(word);
    *attached = NULL;
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < OPTION_COUNT; i++)
            for (const char *p = options[i].names, *end; *p; p = end + (*end == '|')) {
                end = p + strcspn(p, "|");
                bool attaches = end[-1] == '=';
                size_t n = (size_t)(end - p) - attaches;
                if (length < n || memcmp(p, word, n))
                    continue;
                if (!pass && length == n)
                    return &options[i];
                if (pass && attaches && length > n) {
                    *attached = word + n;
                    return &options[i];
                }
            }
    return NULL;
}

static void apply(struct options *o, const struct option *row, const char *value)
{
    value = value ? strdup(value) : NULL; /* arguments may be overwritten (proc.c) */
    if (o->ngiven == OPTIONS_GIVEN)
        die("too many options");
    if (row->child)
        o->given[o->ngiven++] = (struct option_given){(enum option_id)(row - options), value};
    row->set(o, value);
}

/* ---- environment ---- */

static const char *variable_value(const char *entry, const char *prefix, const char *name)
{
    size_t p = strlen(prefix), n = strlen(name);
    if (strncmp(entry, prefix, p) || strncmp(entry + p, name, n) || entry[p + n] != '=')
        return NULL;
    return entry + p + n + 1;
}

bool options_hides(const char *variable)
{
    if (strncmp(variable, "FERRY_", 6))
        return false;
    if (variable_value(variable, "FERRY_", "EXEC"))
        return true;
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (options[i].env && variable_value(variable, "FERRY_", options[i].env))
            return true;
    return false;
}

static void from_environment(struct options *o, const char *prefix)
{
    if (getauxval(AT_SECURE))
        return;
    for (char **e = o->envp; *e; e++) {
        if (strncmp(*e, prefix, strlen(prefix)))
            continue;
        for (unsigned i = 0; i < OPTION_COUNT; i++) {
            const char *value = options[i].env ? variable_value(*e, prefix, options[i].env) : NULL;
            if (value && (options[i].argument || *value))
                apply(o, &options[i], options[i].argument ? value : NULL);
        }
    }
}

static void hide_ours(struct options *o)
{
    char **to = o->envp;
    for (char **e = o->envp; *e; e++)
        if (!options_hides(*e))
            *to++ = *e;
    *to = NULL;
}

/* ---- programs executed by a guest ---- */

/*
 * FERRY_EXEC=<fd>,<fd of Ferry>,<fd of filters>,<registered>\x1f<program>\x1f<execfn>\x1f<self>
 * [\x1f<option number>=<value>]...: what the exec'ing Ferry wants run. It travels in the environment
 * so that argv, and with it what ps shows, is the guest's own; or as argv[0], which a process with
 * raised privileges may trust where it may not trust its environment.
 */
enum { SEPARATOR = 0x1f };

size_t options_encode(const struct options *o, const struct options_note *note, char *text,
                      size_t size)
{
    size_t n = (size_t)snprintf(text, size, "FERRY_EXEC=%d,%d,%d,%d%c%s%c%s%c%s", note->program_fd,
                                note->self_fd, note->filters_fd, o->registered, SEPARATOR,
                                note->program, SEPARATOR, note->execfn, SEPARATOR,
                                o->self ? o->self : "-");
    for (unsigned i = 0; i < o->ngiven && n < size; i++) {
        const char *value = o->given[i].value;
        n += (size_t)snprintf(text + n, size - n, "%c%d=%s", SEPARATOR, o->given[i].id,
                              value ? value : "");
    }
    return n < size ? n : 0;
}

static const char *find_note(struct options *o, int argc, char **argv)
{
    const char *value = argc ? variable_value(argv[0], "FERRY_", "EXEC") : NULL;
    if (value || getauxval(AT_SECURE)) {
        o->argv = argv + 1;
        return value;
    }
    o->argv = argv;
    for (char **e = o->envp; *e && !value; e++)
        value = variable_value(*e, "FERRY_", "EXEC");
    return value;
}

static bool decode(struct options *o, int argc, char **argv)
{
    const char *value = find_note(o, argc, argv);
    if (!value)
        return false;
    int registered = 0, self_fd = -1;
    char *text = strdup(value), *save = NULL, separator[2] = {SEPARATOR, 0};
    const char *numbers = strtok_r(text, separator, &save);
    o->program = strtok_r(NULL, separator, &save);
    o->execfn = strtok_r(NULL, separator, &save);
    o->self = strtok_r(NULL, separator, &save);
    if (!numbers || !o->program || !o->execfn || !o->self)
        return false;
    sscanf(numbers, "%d,%d,%d,%d", &o->program_fd, &self_fd, &o->filters_fd, &registered);
    if (self_fd >= 0)
        self_inherit(self_fd);
    if (*o->self != '/')
        o->self = NULL;
    o->registered = registered;
    o->first = false;
    for (char *item; (item = strtok_r(NULL, separator, &save));) {
        unsigned id = (unsigned)strtoul(item, &item, 10);
        if (id < OPTION_COUNT && *item == '=')
            apply(o, &options[id], options[id].argument ? item + 1 : NULL);
    }
    return true;
}

/* ---- the command line ---- */

/* qemu-riscv64-static, ferry-riscv64, /usr/bin/riscv64-binfmt-P: the guest's name is in there. */
static const struct guest *guest_of_name(const char *name)
{
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    const char *prefixes[] = {"qemu-", "ferry-", "buildkit-qemu-", ""};
    for (unsigned i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t n = strlen(prefixes[i]);
        if (strncmp(base, prefixes[i], n))
            continue;
        size_t length = strcspn(base + n, "-");
        const struct guest *g = guest_by_name(base + n, length);
        bool plain = !base[n + length] || !strcmp(base + n + length, "-static") ||
                     !strncmp(base + n + length, "-binfmt", 7);
        if (g && plain)
            return g;
    }
    return NULL;
}

/*
 * binfmt_misc: the program's path, with the P flag its argv[0], then the arguments. The kernel says
 * that it is so by AT_FLAGS, since 5.12, and by AT_EXECFD, with the O and C flags; before that a name
 * told. What the guest called the program, which may be a script's name, is AT_EXECFN.
 */
static bool by_binfmt(struct options *o, int argc, char **argv)
{
    const char *base = strrchr(argv[0], '/');
    base = base ? base + 1 : argv[0];
    size_t n = strlen(base);
    bool named = n > 9 && !strcmp(base + n - 9, "-binfmt-P");
    bool preserved = argc > 2 && (named || (getauxval(AT_FLAGS) & AT_FLAGS_PRESERVE_ARGV0));
    errno = 0;
    unsigned long fd = getauxval(AT_EXECFD);
    if (!errno)
        o->program_fd = (int)fd;
    if (argc < 2 || (!preserved && o->program_fd < 0))
        return false;
    o->program = strdup(argv[1]);
    o->argv = argv + 1 + preserved;
    o->registered = true;
    o->self = NULL;
    return true;
}

static int parse_words(struct options *o, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        const char *word = argv[i] + 1, *value;
        if (!strcmp(word, "-"))
            return i + 1;
        const struct option *row = find(word, &value);
        if (!row)
            die("unknown option '%s' (-help lists them)", argv[i]);
        if (row->argument && !value && !(value = argv[++i]))
            die("option '-%s' needs an argument", word);
        apply(o, row, value);
    }
    return i;
}

/* The path Ferry was started by. A relative one is found now, before the guest changes directory.
 */
static const char *own_path(void)
{
    const char *path = (const char *)getauxval(AT_EXECFN);
    if (path && path[0] == '/')
        return path;
    const char *real = path ? realpath(path, NULL) : NULL;
    return real ? real : "/proc/self/exe";
}

void options_parse(struct options *o, int argc, char **argv, char **envp)
{
    *o = (struct options){.program_fd = -1, .filters_fd = -1, .envp = envp, .first = true};
    if (argc) {
        o->arguments = argv[0];
        o->arguments_end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
    }
    if (decode(o, argc, argv)) {
        hide_ours(o);
        return;
    }
    o->self = own_path();
    o->program = argc ? argv[0] : "ferry";
    o->pinned = guest_of_name(o->program);
    from_environment(o, "FERRY_");
    from_environment(o, "QEMU_");
    hide_ours(o);
    if (!by_binfmt(o, argc, argv)) {
        int i = parse_words(o, argc, argv);
        if (i >= argc)
            die("no program given (usage: %s [options] program [arguments...])", o->program);
        o->program = strdup(argv[i]);
        o->argv = argv + i;
    }
    const char *name = o->registered ? (const char *)getauxval(AT_EXECFN) : NULL;
    o->execfn = name ? name : o->program;
    if (o->argv0)
        o->argv[0] = (char *)o->argv0;
}

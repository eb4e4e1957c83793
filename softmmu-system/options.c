/* Options: reading and help. The rows are option.def's; see options.h. */
#include "softmmu-system/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "frontend/frontend.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/keys.h"
#include "softmmu-system/keyval.h"
#include "util/log.h"

/* ---- what each option does ---- */

typedef void set_fn(struct settings *s, const char *value);

static bool asks_help(const char *value)
{
    return !strcmp(value, "help") || !strcmp(value, "?");
}

static void add(struct option_list *l, const char *item)
{
    l->items = realloc(l->items, (l->n + 1) * sizeof *l->items);
    if (!l->items)
        die("out of memory");
    l->items[l->n++] = item;
}

/* A copy that keyval_next may cut. */
static char *copy(const char *text)
{
    char *c = strdup(text);
    if (!c)
        die("out of memory");
    return c;
}

static set_fn set_HELP;

static void set_VERSION(struct settings *s, const char *value)
{
    (void)s, (void)value;
    printf("ferry-system version %s\n", VERSION);
    exit(0);
}

/* Properties of a machine that say what ours is anyway. */
static const struct {
    const char *name, *value;
} as_it_is[] = {
    {"accel", "tcg"}, {"aclint", "off"},   {"aia", "none"},      {"acpi", "off"},
    {"usb", "off"},   {"graphics", "off"}, {"iommu-sys", "off"},
};

static void set_machine_property(struct settings *s, const char *name, const char *value)
{
    bool off;
    if (!strcmp(name, "dumpdtb") && value) {
        s->machine->dumpdtb = value;
        return;
    }
    for (unsigned i = 0; i < sizeof as_it_is / sizeof *as_it_is; i++) {
        if (strcmp(name, as_it_is[i].name))
            continue;
        if (!value || (strcmp(value, as_it_is[i].value) &&
                       !(keyval_switch(value, &off) && !off && !strcmp(as_it_is[i].value, "off"))))
            die("-M %s=%s: this machine has only %s=%s", name, value ? value : "", name,
                as_it_is[i].value);
        return;
    }
    die("-M: unknown property '%s' (known: dumpdtb, aclint, aia, acpi, accel)", name);
}

static void set_MACHINE(struct settings *s, const char *value)
{
    char *rest = copy(value), *name, *of;
    bool first = true;
    for (; keyval_next(&rest, &name, &of); first = false) {
        const char *type = first && !of ? name : !strcmp(name, "type") ? of : NULL;
        if (!type) {
            set_machine_property(s, name, of);
            continue;
        }
        if (asks_help(type)) {
            machine_print_classes(stdout);
            exit(0);
        }
        s->class = machine_class_find(type);
        if (!s->class)
            die("-M: unknown machine '%s' (known: %s)", type, machine_class_find(NULL)->name);
    }
}

static void set_CPU(struct settings *s, const char *value)
{
    s->cpu = value;
    if (!asks_help(value))
        return;
    const struct machine_class *class = s->class ? s->class : machine_class_find(NULL);
    class->arch->frontend->print_cpus();
    exit(0);
}

/* cpus, or the product of the others. */
static void set_SMP(struct settings *s, const char *value)
{
    static const char *const parts[] = {"sockets", "dies", "clusters", "cores", "threads"};
    char *rest = copy(value), *name, *text;
    uint64_t cpus = 0, product = 1, n;
    bool first = true;
    for (; keyval_next(&rest, &name, &text); first = false) {
        if (!keyval_number(first && !text ? name : text, &n) || !n || n > 1 << 20)
            die("-smp: '%s' is no number of harts", text ? text : name);
        bool known = (first && !text) || !strcmp(name, "cpus");
        if (known)
            cpus = n;
        for (unsigned i = 0; !known && i < sizeof parts / sizeof *parts; i++)
            if (!strcmp(name, parts[i])) {
                product *= n;
                known = true;
            }
        if (!known && strcmp(name, "maxcpus"))
            die("-smp: unknown property '%s' (known: cpus, sockets, dies, clusters, cores, "
                "threads, maxcpus)",
                name);
    }
    n = cpus ? cpus : product;
    s->machine->nharts = n < UINT32_MAX ? (unsigned)n : UINT32_MAX;
}

static void set_MEMORY(struct settings *s, const char *value)
{
    char *rest = copy(value), *name, *text;
    bool first = true;
    for (; keyval_next(&rest, &name, &text); first = false) {
        if (!(first && !text) && strcmp(name, "size"))
            die("-m: '%s' is not available (known: size)", name);
        uint64_t *size = &s->machine->ram_size;
        if (!keyval_size(text ? text : name, 1 << 20, size) || !*size || *size >> 46)
            die("-m: '%s' is no size of memory", text ? text : name);
        *size = (*size + 0xfff) & ~UINT64_C(0xfff);
    }
}

static void set_BIOS(struct settings *s, const char *value)
{
    s->machine->boot.bios = value;
}

static void set_KERNEL(struct settings *s, const char *value)
{
    s->machine->boot.kernel = value;
}

static void set_INITRD(struct settings *s, const char *value)
{
    s->machine->boot.initrd = value;
}

static void set_APPEND(struct settings *s, const char *value)
{
    s->machine->boot.append = value;
}

static void set_DTB(struct settings *s, const char *value)
{
    s->machine->boot.dtb = value;
}

static void set_DRIVE(struct settings *s, const char *value)
{
    add(&s->drives, value);
}

/* A drive of a plain file name, in which a comma is written twice. */
static void add_image(struct settings *s, const char *file, const char *more)
{
    char *text = malloc(2 * strlen(file) + strlen(more) + 32), *to = text;
    if (!text)
        die("out of memory");
    to = stpcpy(to, "if=virtio,format=raw,file=");
    for (; *file; file++) {
        *to++ = *file;
        if (*file == ',')
            *to++ = ',';
    }
    strcpy(to, more);
    add(&s->drives, text);
}

static void set_HDA(struct settings *s, const char *value)
{
    add_image(s, value, "");
}

static void set_CDROM(struct settings *s, const char *value)
{
    add_image(s, value, ",readonly=on");
}

static void set_SNAPSHOT(struct settings *s, const char *value)
{
    (void)value;
    s->snapshot = true;
}

static void set_DEVICE(struct settings *s, const char *value)
{
    if (asks_help(value)) {
        device_print_classes(stdout, BUS_VIRTIO);
        exit(0);
    }
    add(&s->devices, value);
}

/* Entropy comes from the host's kernel, whichever of these is named. */
static void set_OBJECT(struct settings *s, const char *value)
{
    size_t n = strcspn(value, ",");
    (void)s;
    if (strncmp(value, "rng-random", n) && strncmp(value, "rng-builtin", n))
        die("-object: '%.*s' is not available (known: rng-random, rng-builtin)", (int)n, value);
}

static void set_NETDEV(struct settings *s, const char *value)
{
    add(&s->netdevs, value);
}

static void set_NIC(struct settings *s, const char *value)
{
    if (strcmp(value, "none"))
        add(&s->nics, value);
}

static void set_NET(struct settings *s, const char *value)
{
    (void)s;
    if (strcmp(value, "none"))
        die("-net %s: use -nic, or -netdev and -device", value);
}

static void set_CHARDEV(struct settings *s, const char *value)
{
    add(&s->chardevs, value);
}

static void set_SERIAL(struct settings *s, const char *value)
{
    if (s->serials.n == MACHINE_SERIALS)
        die("-serial: more than %d", MACHINE_SERIALS);
    add(&s->serials, value);
}

static void set_MONITOR(struct settings *s, const char *value)
{
    add(&s->monitors, value);
}

static void set_MON(struct settings *s, const char *value)
{
    struct mon {
        const char *chardev, *mode;
    } o = {.mode = "readline"};
    static const struct key_row keys[] = {{"chardev", KEY_TEXT, offsetof(struct mon, chardev)},
                                          {"mode", KEY_TEXT, offsetof(struct mon, mode)}};
    char error[200], text[200];
    if (!keys_parse("-mon", value, "chardev", keys, 2, &o, error, sizeof error))
        die("%s", error);
    if (strcmp(o.mode, "readline") != 0)
        die("-mon: mode=%s is not available: there is the human monitor only (mode=readline)", o.mode);
    if (!o.chardev)
        die("-mon: it needs chardev=");
    snprintf(text, sizeof text, "chardev:%s", o.chardev);
    char *own = strdup(text);
    if (!own)
        die("out of memory");
    add(&s->monitors, own);
}

static void set_NOGRAPHIC(struct settings *s, const char *value)
{
    (void)value;
    s->nographic = true;
}

static void set_DISPLAY(struct settings *s, const char *value)
{
    (void)s;
    if (strcmp(value, "none"))
        die("-display: '%s' is not available (known: none)", value);
}

static void set_NODEFAULTS(struct settings *s, const char *value)
{
    (void)value;
    s->nodefaults = true;
}

static void set_NO_REBOOT(struct settings *s, const char *value)
{
    (void)value;
    s->machine->no_reboot = true;
}

static void set_NO_SHUTDOWN(struct settings *s, const char *value)
{
    (void)value;
    s->machine->no_shutdown = true;
}

static void set_ACTION(struct settings *s, const char *value)
{
    char *rest = copy(value), *name, *action;
    while (keyval_next(&rest, &name, &action)) {
        const char *a = action ? action : "";
        if (!strcmp(name, "reboot") && (!strcmp(a, "reset") || !strcmp(a, "shutdown")))
            s->machine->no_reboot = *a == 's';
        else if (!strcmp(name, "shutdown") && (!strcmp(a, "poweroff") || !strcmp(a, "pause")))
            s->machine->no_shutdown = a[1] == 'a';
        else if (strcmp(name, "panic") && strcmp(name, "watchdog"))
            die("-action: '%s=%s' is not available (known: reboot=reset|shutdown, "
                "shutdown=poweroff|pause)",
                name, a);
    }
}

static void set_STOPPED(struct settings *s, const char *value)
{
    (void)value;
    s->machine->start_stopped = true;
}

/* The difference from UTC of what the guest's calendar clock is to show. */
static void set_rtc_base(struct settings *s, const char *base)
{
    time_t now = time(NULL);
    struct tm t = {0};
    if (!strcmp(base, "utc")) {
        s->machine->rtc_offset = 0;
    } else if (!strcmp(base, "localtime")) {
        localtime_r(&now, &t);
        s->machine->rtc_offset = t.tm_gmtoff;
    } else {
        const char *end = strptime(base, "%Y-%m-%dT%H:%M:%S", &t);
        if (!end)
            end = strptime(base, "%Y-%m-%d", &t);
        if (!end || *end)
            die("-rtc: base='%s' is neither utc, localtime nor a date (2026-01-31T12:00:00)", base);
        s->machine->rtc_offset = timegm(&t) - now;
    }
}

static void set_RTC(struct settings *s, const char *value)
{
    char *rest = copy(value), *name, *text;
    while (keyval_next(&rest, &name, &text))
        if (!strcmp(name, "base") && text)
            set_rtc_base(s, text);
        else if (strcmp(name, "clock") && strcmp(name, "driftfix"))
            die("-rtc: unknown property '%s' (known: base, clock, driftfix)", name);
}

static void print_log_items(void)
{
#define X(bit, name, help) printf("%-14s%s\n", name, help);
    LOG_ITEMS(X)
#undef X
}

static void set_LOG(struct settings *s, const char *value)
{
    (void)s;
    if (asks_help(value)) {
        print_log_items();
        exit(0);
    }
    const char *wrong = log_select(value);
    if (wrong)
        die("-d: '%.*s' is no log item ('-d help' lists them)", (int)strcspn(wrong, ","), wrong);
}

static void set_LOG_FILE(struct settings *s, const char *value)
{
    (void)s;
    int error = log_open(value);
    if (error)
        die("cannot open the log '%s': %s", value, strerror(error));
}

static void set_LOG_FILTER(struct settings *s, const char *value)
{
    (void)s;
    if (!log_set_filter(value))
        die("-dfilter: '%s' is not a list of address ranges", value);
}

static void set_ACCEL(struct settings *s, const char *value)
{
    char *rest = copy(value), *name, *text;
    uint64_t number;
    for (bool first = true; keyval_next(&rest, &name, &text); first = false) {
        const char *kind = first && !text ? name : !strcmp(name, "accel") ? text : NULL;
        if (kind && (!strcmp(kind, "tcg") || !strcmp(kind, "interp")))
            s->interpret = *kind == 'i';
        else if (kind)
            die("-accel: '%s' is not available (known: tcg, interp)", kind);
        else if (!strcmp(name, "tb-size") && keyval_number(text, &number) && number < 1 << 20)
            s->cache_size = (size_t)number << 20;
        else if (!strcmp(name, "one-insn-per-tb") && keyval_switch(text, &s->one_insn))
            continue;
        else if (strcmp(name, "thread") && strcmp(name, "split-wx"))
            die("-accel: '%s=%s' is not understood (known: tb-size, one-insn-per-tb, thread)", name,
                text ? text : "");
    }
}

static void set_ONE_INSN(struct settings *s, const char *value)
{
    (void)value;
    s->one_insn = true;
}

static void set_GLOBAL(struct settings *s, const char *value)
{
    static const char legacy[] = "virtio-mmio.force-legacy=";
    bool on;
    (void)s;
    if (strncmp(value, legacy, sizeof legacy - 1) ||
        !keyval_switch(value + sizeof legacy - 1, &on) || on)
        die("-global: '%s' is not available (known: virtio-mmio.force-legacy=off)", value);
}

static void set_PIDFILE(struct settings *s, const char *value)
{
    s->pidfile = value;
}

static void set_DAEMONIZE(struct settings *s, const char *value)
{
    (void)value;
    s->daemonize = true;
}

/* ---- the table ---- */

static const struct option {
    const char *names, *argument, *help;
    set_fn *set;        /* NULL: accepted, or with `absent`, not */
    const char *absent; /* why it is not offered */
} options[] = {
#define OPTION(id, names, argument, help) {names, argument, help, set_##id, NULL},
#define ACCEPTED(names, argument)         {names, argument, NULL, NULL, NULL},
#define ABSENT(names, argument, why)      {names, argument, NULL, NULL, why},
#include "softmmu-system/option.def"
#undef OPTION
#undef ACCEPTED
#undef ABSENT
};
enum { OPTIONS = sizeof options / sizeof *options };

static void set_HELP(struct settings *s, const char *value)
{
    (void)s, (void)value;
    printf("usage: ferry-system [options] [disk image]\n"
           "Runs a whole machine: kernel or firmware, disks, networks, a serial console.\n\n");
    for (const struct option *o = options; o < options + OPTIONS; o++) {
        char text[128];
        size_t n = 0;
        if (!o->help)
            continue;
        for (const char *p = o->names, *end; *p; p = end + (*end == '|')) {
            end = p + strcspn(p, "|");
            n += (size_t)snprintf(text + n, sizeof text - n, "%s-%.*s", n ? ", " : "",
                                  (int)(end - p), p);
        }
        if (o->argument)
            snprintf(text + n, sizeof text - n, " %s", o->argument);
        printf("  %-32s %s%s\n", text,
               strlen(text) > 32 ? "\n                                   " : "", o->help);
    }
    printf("\nAccepted without effect:");
    for (const struct option *o = options; o < options + OPTIONS; o++)
        if (!o->set && !o->absent)
            printf(" -%s", o->names);
    printf("\nC-a h on the console lists its keys, 'help' the monitor's commands.\n");
    exit(0);
}

static const struct option *find(const char *word)
{
    size_t length = strlen(word);
    for (const struct option *o = options; o < options + OPTIONS; o++)
        for (const char *p = o->names, *end; *p; p = end + (*end == '|')) {
            end = p + strcspn(p, "|");
            if (length == (size_t)(end - p) && !memcmp(p, word, length))
                return o;
        }
    return NULL;
}

static void unknown_option(const char *word)
{
    char text[1536] = "";
    size_t n = 0;
    for (const struct option *o = options; o < options + OPTIONS && n < sizeof text; o++)
        if (o->help)
            n += (size_t)snprintf(text + n, sizeof text - n, " -%.*s", (int)strcspn(o->names, "|"),
                                  o->names);
    die("unknown option '%s' (known:%s)", word, text);
}

void settings_parse(struct settings *s, struct machine *m, int argc, char **argv)
{
    *s = (struct settings){.machine = m};
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value = NULL;
        if (*word != '-') {
            set_HDA(s, word);
            continue;
        }
        word += 1 + (word[1] == '-' && word[2]);
        const struct option *o = find(word);
        if (!o)
            unknown_option(argv[i]);
        if (o->absent)
            die("-%s: not available: %s", word, o->absent);
        if (o->argument && !(value = argv[++i]))
            die("-%s needs an argument: %s", word, o->argument);
        if (o->set)
            o->set(s, value);
    }
}

/*
 * The program `ferry-system`: runs a whole machine.
 *
 * What the options ask for is made in this order: the host's side (character devices, networks,
 * disks), memory and the machine's own devices, those of -device, -nic and -drive, harts, monitor.
 * Nothing of the guest runs before all is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "softmmu-system/block.h"
#include "softmmu-system/chardev.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/keyval.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/monitor.h"
#include "softmmu-system/netdev.h"
#include "softmmu-system/options.h"
#include "translator/translator.h"
#include "util/log.h"

static struct settings settings;
static struct machine machine;
static struct cpu_config cpu;
static char error[1024]; /* one line, from whoever cannot go on */

static void check(bool good)
{
    if (!good)
        die("%s", error);
}

/* ---- the host's side ---- */

static struct chardev *open_chardev(const char *label, const char *text)
{
    *error = '\0';
    struct chardev *c = chardev_open(&machine, label, text, error, sizeof error);
    check(c || !*error);
    return c;
}

static bool is_prefix(const char *prefix, const char *text)
{
    return !strncmp(text, prefix, strlen(prefix));
}

/* Whether the terminal is spoken for. */
static bool uses_stdio(const struct option_list *l)
{
    for (unsigned i = 0; i < l->n; i++)
        if (strstr(l->items[i], "stdio"))
            return true;
    return false;
}

static bool has_mon(const struct option_list *l)
{
    for (unsigned i = 0; i < l->n; i++)
        if (is_prefix("mon:", l->items[i]))
            return true;
    return false;
}

/*
 * What was not said: the first serial port and the monitor share the terminal, or whichever of the
 * two is left has it alone. The monitor goes there by itself only if -nographic is given.
 */
static void default_lines(const char **serial, const char **monitor)
{
    const struct settings *s = &settings;
    bool taken = uses_stdio(&s->serials) || uses_stdio(&s->monitors) || uses_stdio(&s->chardevs) ||
                 s->daemonize || s->nodefaults;
    bool shared = s->monitors.n || has_mon(&s->serials);
    *serial = *monitor = NULL;
    if (!s->serials.n)
        *serial = taken ? NULL : shared ? "stdio" : "mon:stdio";
    else if (!shared && !taken && s->nographic)
        *monitor = "stdio";
}

static struct chardev *monitor_chardev[8];
static unsigned nmonitors;

static void add_monitor(const char *text)
{
    char label[24];
    snprintf(label, sizeof label, "monitor%u", nmonitors);
    if (nmonitors == sizeof monitor_chardev / sizeof *monitor_chardev)
        die("-monitor: too many");
    monitor_chardev[nmonitors++] = open_chardev(label, text);
}

static void open_lines(void)
{
    const char *serial, *monitor;
    char label[24];
    for (unsigned i = 0; i < settings.chardevs.n; i++)
        check(chardev_option(&machine, settings.chardevs.items[i], error, sizeof error));
    default_lines(&serial, &monitor);
    if (serial)
        machine.serial[0] = open_chardev("serial0", serial);
    for (unsigned i = 0; i < settings.serials.n; i++) {
        snprintf(label, sizeof label, "serial%u", i);
        machine.serial[i] = open_chardev(label, settings.serials.items[i]);
    }
    if (monitor)
        add_monitor(monitor);
    for (unsigned i = 0; i < settings.monitors.n; i++)
        add_monitor(settings.monitors.items[i]);
}

static void open_disks_and_networks(void)
{
    for (unsigned i = 0; i < settings.netdevs.n; i++)
        check(netdev_option(settings.netdevs.items[i], error, sizeof error));
    for (unsigned i = 0; i < settings.drives.n; i++)
        check(block_option(settings.drives.items[i], error, sizeof error));
    check(block_open_all(settings.snapshot, error, sizeof error));
}

/* ---- devices ---- */

/*
 * The class -device names. Cards of a PCI bus, which the machine does not have, are named by what
 * to take instead; the plain names are what QEMU makes of them where there is no PCI.
 */
static const struct device_class *find_device(const char *name)
{
    const struct device_class *class = device_class_find(name);
    if (class && class->bus != BUS_MACHINE)
        return class;
    if (class)
        die("-device %s: is a part of the machine and cannot be added", name);
    char other[64];
    const char *pci = strstr(name, "-pci");
    snprintf(other, sizeof other, "%.*s-device", (int)(pci ? pci - name : (long)strlen(name)),
             name);
    class = device_class_find(other);
    if (class && pci)
        die("-device %s: the machine has no PCI bus: use %s", name, other);
    if (!class) {
        device_list_classes(error, sizeof error, BUS_VIRTIO);
        die("-device: unknown device '%s' (known: %s)", name, error);
    }
    return class;
}

static void add_device(const char *text)
{
    char *rest = strdup(text), *name, *value;
    if (!rest || !keyval_next(&rest, &name, &value))
        die("out of memory");
    const struct device_class *class = find_device(value && !strcmp(name, "driver") ? value : name);
    if (rest && !strcmp(rest, "help")) {
        device_print_properties(stdout, class);
        exit(0);
    }
    struct device *d = device_create(&machine, class);
    while (keyval_next(&rest, &name, &value)) {
        const char *v = value ? value : "on";
        if (!strcmp(name, "id")) {
            if (machine_find_device(&machine, NULL, v))
                die("-device %s: id=%s is another device's", class->name, v);
            d->id = v;
        } else {
            check(device_set(d, name, v, error, sizeof error));
        }
    }
    check(device_start(d, error, sizeof error));
}

static void add_nic(const char *text)
{
    const char *model, *id, *mac;
    check(netdev_nic_option(text, &model, &id, &mac, error, sizeof error));
    if (!model)
        return;
    struct device *d = device_create(&machine, find_device(model));
    check(device_set(d, "netdev", id, error, sizeof error));
    if (mac)
        check(device_set(d, "mac", mac, error, sizeof error));
    check(device_start(d, error, sizeof error));
}

static void create_devices(void)
{
    for (struct device *d = machine.devices; d; d = d->next)
        check(device_start(d, error, sizeof error));
    for (unsigned i = 0; i < settings.devices.n; i++)
        add_device(settings.devices.items[i]);
    check(block_make_devices(&machine, error, sizeof error));
    for (unsigned i = 0; i < settings.nics.n; i++)
        add_nic(settings.nics.items[i]);
}

/* ---- the machine ---- */

static void choose_machine(void)
{
    struct machine *m = &machine;
    m->class = settings.class ? settings.class : machine_class_find(NULL);
    m->arch = m->class->arch;
    m->ram_size = m->ram_size ? m->ram_size : m->class->ram;
    m->nharts = m->nharts ? m->nharts : 1;
    if (m->nharts > m->class->max_harts)
        die("-smp %u: the machine '%s' has at most %u harts", m->nharts, m->class->name,
            m->class->max_harts);
    if (m->boot.initrd && !m->boot.kernel)
        die("-initrd: only with -kernel");
    if (m->boot.append && !m->boot.kernel)
        die("-append: only with -kernel");
    const char *model = settings.cpu ? settings.cpu : m->class->cpu;
    check(m->arch->frontend->parse_cpu(model, &cpu, error, sizeof error));
    m->cpu = &cpu;
}

static void create_harts(void)
{
    const struct translator_options options = {
        .frontend = machine.arch->frontend,
        .config = cpu,
        .call = hart_call,
        .machine = &softmmu_machine,
        .cache_size = settings.cache_size,
        .interpret = settings.interpret,
        .single_insn = settings.one_insn,
        .no_chain = log_on(LOG_NOCHAIN),
        .int_pins = -1,
        .float_pins = -1,
        .host_features = UINT32_MAX,
    };
    struct translator *t = translator_create(&options);
    for (unsigned i = 0; i < machine.nharts; i++)
        machine.harts[i] = hart_create(&machine, machine.arch, t, i);
}

/* ---- the process ---- */

/* -daemonize: the parent stays until the machine is set up, and ends with status 0 if it is. */
static int ready_fd = -1;

static void go_to_background(void)
{
    int ends[2];
    char byte;
    if (pipe2(ends, O_CLOEXEC))
        die("-daemonize: %m");
    pid_t child = fork();
    if (child < 0)
        die("-daemonize: %m");
    if (child) {
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
    }
    close(ends[0]);
    ready_fd = ends[1];
    setsid();
}

static void say_ready(void)
{
    if (settings.pidfile) {
        FILE *f = fopen(settings.pidfile, "w");
        if (!f || fprintf(f, "%d\n", (int)getpid()) < 0 || fclose(f))
            die("-pidfile %s: %m", settings.pidfile);
    }
    if (ready_fd < 0)
        return;
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2(null, fd);
    if (write(ready_fd, "", 1) == 1)
        close(ready_fd);
}

int main(int argc, char **argv)
{
    log_program = "ferry-system";
    log_die_hook = chardev_restore_terminal;
    machine_init(&machine);
    settings_parse(&settings, &machine, argc, argv);
    choose_machine();
    if (settings.daemonize)
        go_to_background();
    loop_init(&machine);
    open_lines();
    open_disks_and_networks();
    check(machine.class->create(&machine, error, sizeof error));
    create_devices();
    if (machine.dumpdtb)
        check(machine.class->boot(&machine, error, sizeof error)); /* does not return */
    create_harts();
    for (unsigned i = 0; i < nmonitors; i++)
        if (monitor_chardev[i] && !monitor_start(&machine, monitor_chardev[i]))
            die("-monitor %s: is in use",
                settings.monitors.n ? settings.monitors.items[i] : "stdio");
    machine_start(&machine);
    say_ready();
    int status = machine_run(&machine);
    if (settings.pidfile)
        unlink(settings.pidfile);
    return status;
}

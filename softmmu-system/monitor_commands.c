/* Commands of the monitor that control the machine and tell about it. */
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/block.h"
#include "softmmu-system/chardev.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/monitor_kind.h"
#include "softmmu-system/netdev.h"

void monitor_stop(struct monitor_call *c)
{
    machine_request(c->machine, RUN_STOPPED);
}

void monitor_cont(struct monitor_call *c)
{
    machine_request(c->machine, RUN_RUNNING);
}

void monitor_reset(struct monitor_call *c)
{
    machine_request(c->machine, RUN_RESET);
}

void monitor_quit(struct monitor_call *c)
{
    machine_request(c->machine, RUN_QUIT);
}

void monitor_powerdown(struct monitor_call *c)
{
    fprintf(c->out, "machine '%s' has no power button: the guest is not told\n",
            c->machine->class->name);
}

/* A hart's number; false with a line. */
static bool hart_number(struct monitor_call *c, unsigned *index)
{
    char *end;
    unsigned long n = strtoul(c->arguments, &end, 0);
    if (!*c->arguments || *end || n >= c->machine->nharts) {
        fprintf(c->out, "'%s': must be a hart's number, 0 to %u\n", c->arguments,
                c->machine->nharts - 1);
        return false;
    }
    *index = n;
    return true;
}

void monitor_cpu(struct monitor_call *c)
{
    unsigned index;
    if (hart_number(c, &index))
        monitor_choose(c->monitor, index);
}

void monitor_hostfwd_add(struct monitor_call *c)
{
    netdev_forward(c->arguments, true, c->out);
}

void monitor_hostfwd_remove(struct monitor_call *c)
{
    netdev_forward(c->arguments, false, c->out);
}

/* ---- info ---- */

void info_status(struct monitor_call *c)
{
    fprintf(c->out, "VM status: %s\n", c->machine->state == RUN_STOPPED ? "paused" : "running");
}

void info_version(struct monitor_call *c)
{
    fprintf(c->out, "%s (Ferry)\n", PACKAGE_VERSION);
}

void info_block(struct monitor_call *c)
{
    block_print(c->out);
}

void info_chardev(struct monitor_call *c)
{
    chardev_print(c->out);
}

void info_network(struct monitor_call *c)
{
    netdev_print(c->out);
}

void info_usernet(struct monitor_call *c)
{
    netdev_print_connections(c->out);
}

void info_mtree(struct monitor_call *c)
{
    memory_print(&c->machine->memory, c->out);
}

void info_cpus(struct monitor_call *c)
{
    for (unsigned i = 0; i < c->machine->nharts; i++)
        fprintf(c->out, "%c CPU #%u%s\n", c->machine->harts[i] == c->hart ? '*' : ' ', i,
                c->machine->harts[i]->off ? " (not started)" : "");
}

void info_history(struct monitor_call *c)
{
    const struct line_editor *e = monitor_line(c->monitor);
    unsigned n = 0;
    while (n < LINE_HISTORY && e->history[n])
        n++;
    for (unsigned i = 0; i < n; i++)
        fprintf(c->out, "%u: '%s'\n", i, e->history[n - 1 - i]);
}

static void print_device(FILE *out, const struct device *d, const struct device *all, int depth)
{
    fprintf(out, "%*sdev: %s, id \"%s\"\n", depth, "", d->class->name, d->id ? d->id : "");
    if (d->class->span)
        fprintf(out, "%*s  mmio %016llx/%016llx\n", depth, "", (unsigned long long)d->base,
                (unsigned long long)d->class->span);
    for (const struct device *child = all; child; child = child->next)
        if (child->parent == d)
            print_device(out, child, all, depth + 2);
}

void info_qtree(struct monitor_call *c)
{
    for (const struct device *d = c->machine->devices; d; d = d->next)
        if (!d->parent)
            print_device(c->out, d, c->machine->devices, 0);
}

static void print_registers(struct hart *h, FILE *out)
{
    fprintf(out, "\nCPU#%u\n", h->id);
    h->arch->print(h, out);
}

void info_registers(struct monitor_call *c)
{
    unsigned index;
    if (strcmp(c->arguments, "-a") == 0)
        for (unsigned i = 0; i < c->machine->nharts; i++)
            print_registers(c->machine->harts[i], c->out);
    else if (!*c->arguments)
        print_registers(c->hart, c->out);
    else if (hart_number(c, &index))
        print_registers(c->machine->harts[index], c->out);
}

void info_mem(struct monitor_call *c)
{
    if (c->hart->arch->print_map)
        c->hart->arch->print_map(c->hart, c->out);
    else
        fprintf(c->out, "page tables of this processor cannot be shown\n");
}

void info_tlb(struct monitor_call *c)
{
    softmmu_print(c->hart, c->out);
}

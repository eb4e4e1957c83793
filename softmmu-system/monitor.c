/*
 * The monitor's side of a character device: lines come in, commands run, their output goes out at
 * the pace that it is taken.
 *
 * A command never runs from within a device's call-back: it is deferred to the event loop's top, so
 * that it may let go of the machine's lock and stop the harts. Until its output has been taken, no
 * further input is.
 *
 * The prompt is QEMU's, since it is what scripts wait for.
 */
#include "softmmu-system/monitor.h"

#include <stdlib.h>
#include <string.h>

#include "softmmu-system/chardev.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/monitor_kind.h"
#include "util/log.h"

enum harts { RUNNING, STOPPED };

struct monitor {
    struct machine *machine;
    struct chardev_user user;
    struct line_editor line;
    struct loop_call execute;
    bool busy, greeted;
    unsigned cpu;
    char *pending; /* output that waits for room */
    size_t pending_size, pending_done;
};

static const struct command {
    const char *name, *alias, *arguments;
    enum harts harts;
    monitor_command_fn *run;
    const char *text;
} commands[] =
    {
#define COMMAND(name, alias, arguments, harts, function, text)                                     \
    {name, alias, arguments, harts, function, text},
#include "softmmu-system/monitor.def"
},
  infos[] = {
#define INFO(name, arguments, harts, function, text) {name, NULL, arguments, harts, function, text},
#include "softmmu-system/monitor.def"
};
enum { NCOMMANDS = sizeof commands / sizeof *commands, NINFOS = sizeof infos / sizeof *infos };

static struct monitor *monitor_of(struct chardev_user *u)
{
    return (struct monitor *)((char *)u - offsetof(struct monitor, user));
}

void monitor_choose(struct monitor *m, unsigned index)
{
    m->cpu = index;
}

const struct line_editor *monitor_line(const struct monitor *m)
{
    return &m->line;
}

/* ---- output ---- */

/* True when all has gone. */
static bool send_pending(struct monitor *m)
{
    while (m->pending_done < m->pending_size) {
        size_t n = m->pending_size - m->pending_done;
        size_t room = chardev_write_room(m->user.chardev);
        if (!room)
            return false;
        n = n < room ? n : room;
        chardev_write(m->user.chardev, (uint8_t *)m->pending + m->pending_done, n);
        m->pending_done += n;
    }
    free(m->pending);
    m->pending = NULL;
    m->pending_size = m->pending_done = 0;
    return true;
}

/* With the line ends of a raw terminal. */
static void put(struct monitor *m, const char *text, size_t n)
{
    char *to = realloc(m->pending, m->pending_size + 2 * n);
    if (!to)
        die("out of memory");
    m->pending = to;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n')
            to[m->pending_size++] = '\r';
        to[m->pending_size++] = text[i];
    }
    send_pending(m);
}

static void put_text(struct monitor *m, const char *text)
{
    put(m, text, strlen(text));
}

static void echo(struct line_editor *e, const char *text, size_t n)
{
    if (n)
        put((struct monitor *)((char *)e - offsetof(struct monitor, line)), text, n);
}

/* ---- commands ---- */

static const struct command *find(const struct command *table, unsigned n, const char *name,
                                  size_t length)
{
    for (unsigned i = 0; i < n; i++) {
        const char *names[] = {table[i].name, table[i].alias};
        for (int k = 0; k < 2; k++)
            if (names[k] && strlen(names[k]) == length && memcmp(names[k], name, length) == 0)
                return &table[i];
    }
    return NULL;
}

/* The command that a line names, and in *arguments what follows; NULL. */
static const struct command *parse(const char *line, const char **arguments)
{
    size_t n = strcspn(line, " /");
    const struct command *c = find(commands, NCOMMANDS, line, n);
    if (!c)
        return NULL;
    *arguments = line + n + strspn(line + n, " ");
    if (c->run != monitor_info || !**arguments)
        return c;
    n = strcspn(*arguments, " ");
    c = find(infos, NINFOS, *arguments, n);
    *arguments += n + strspn(*arguments + n, " ");
    return c;
}

static void run(struct monitor *m, const struct command *command, const char *arguments, FILE *out)
{
    struct machine *machine = m->machine;
    struct monitor_call c = {machine, m, machine->harts[m->cpu], arguments, out};
    if (command->harts == RUNNING) {
        command->run(&c);
        return;
    }
    bool stop = machine->state != RUN_STOPPED;
    machine_unlock(machine);
    if (stop)
        hart_stop_all(machine);
    command->run(&c);
    if (stop)
        hart_resume_all(machine);
    machine_lock(machine);
}

static void execute_line(struct monitor *m, char *line)
{
    const char *arguments;
    size_t n = strlen(line), size = 0;
    char *text = NULL;
    while (n && line[n - 1] == ' ')
        line[--n] = 0;
    line += strspn(line, " ");
    if (!*line)
        return;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        die("out of memory");
    const struct command *c = parse(line, &arguments);
    if (c)
        run(m, c, arguments, out);
    else
        fprintf(out, "unknown command: '%s'\n", line);
    fclose(out);
    put(m, text, size);
    free(text);
}

static void execute(struct loop_call *call)
{
    struct monitor *m = (struct monitor *)((char *)call - offsetof(struct monitor, execute));
    execute_line(m, m->line.text);
    line_reset(&m->line);
    line_show(&m->line);
    m->busy = false;
    chardev_accept(&m->user);
}

static void print_help(FILE *out, const struct command *c, const char *before)
{
    fprintf(out, "%s%s%s%s%s%s -- %s\n", before, c->name, c->alias ? "|" : "",
            c->alias ? c->alias : "", *c->arguments ? " " : "", c->arguments, c->text);
}

void monitor_help(struct monitor_call *c)
{
    if (strcmp(c->arguments, "info") == 0) {
        monitor_info(c);
        return;
    }
    const struct command *command = find(commands, NCOMMANDS, c->arguments, strlen(c->arguments));
    if (command)
        print_help(c->out, command, "");
    else if (*c->arguments)
        fprintf(c->out, "unknown command: '%s'\n", c->arguments);
    else
        for (unsigned i = 0; i < NCOMMANDS; i++)
            print_help(c->out, &commands[i], "");
}

void monitor_info(struct monitor_call *c)
{
    for (unsigned i = 0; i < NINFOS; i++)
        print_help(c->out, &infos[i], "info ");
}

/* The longest tail that all names that begin with `text` share. */
static bool complete(struct line_editor *e, const char *text, size_t n, char *tail, size_t size)
{
    const struct command *table = commands;
    unsigned count = NCOMMANDS, found = 0;
    (void)e;
    if (n >= 5 && memcmp(text, "info ", 5) == 0) {
        table = infos;
        count = NINFOS;
        text += 5;
        n -= 5;
    }
    for (unsigned i = 0; i < count; i++) {
        const char *name = table[i].name;
        if (strncmp(name, text, n) != 0)
            continue;
        if (found++ == 0)
            snprintf(tail, size, "%s ", name + n);
        size_t same = 0;
        while (tail[same] && tail[same] == name[n + same])
            same++;
        if (found > 1)
            tail[same] = 0;
    }
    return found && *tail;
}

/* ---- the character device ---- */

static size_t room(struct chardev_user *u)
{
    struct monitor *m = monitor_of(u);
    return m->busy || m->pending ? 0 : 1; /* a byte: it may be the last before a command runs */
}

static void receive(struct chardev_user *u, const uint8_t *bytes, size_t n)
{
    struct monitor *m = monitor_of(u);
    for (size_t i = 0; i < n && !m->busy; i++)
        if (line_byte(&m->line, bytes[i])) {
            m->busy = true;
            loop_defer(&m->execute);
        }
}

static void drained(struct chardev_user *u)
{
    struct monitor *m = monitor_of(u);
    if (send_pending(m) && !m->busy)
        chardev_accept(u);
}

static void opened(struct chardev_user *u, bool open)
{
    struct monitor *m = monitor_of(u);
    if (!open || m->busy)
        return;
    if (!m->greeted)
        put_text(m, "Ferry " PACKAGE_VERSION " monitor - type 'help' for more information\n");
    else
        put_text(m, "\n");
    m->greeted = true;
    line_show(&m->line);
}

bool monitor_start(struct machine *machine, struct chardev *c)
{
    struct monitor *m = calloc(1, sizeof *m);
    if (!m)
        die("out of memory");
    m->machine = machine;
    m->line.prompt = "(qemu) ";
    m->line.echo = echo;
    m->line.complete = complete;
    m->execute.run = execute;
    m->user = (struct chardev_user){
        .room = room, .receive = receive, .drained = drained, .opened = opened, .background = true};
    if (chardev_connect(c, &m->user))
        return true;
    free(m);
    return false;
}

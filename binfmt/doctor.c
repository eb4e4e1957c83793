/*
 * doctor: what is wrong with the registrations, and how to mend it, in a sentence each.
 *
 * Looks at the instance, then at the entries of each guest, then runs a probe and judges by what
 * happened. To add a finding: a call of `found` at its place.
 */
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binfmt/command.h"
#include "binfmt/probe.h"

struct report {
    const struct request *q;
    const struct place *p;
    unsigned problems, lines;
};

static const char *const instance_directory = "/proc/sys/fs/binfmt_misc";

static void line(struct report *r, bool problem, const char *about, const char *text)
{
    r->problems += problem;
    if (r->q->json) {
        printf("%s\n  {\"about\": ", r->lines ? "," : "");
        print_json(about);
        printf(", \"problem\": %s, \"text\": ", problem ? "true" : "false");
        print_json(text);
        putchar('}');
    } else {
        printf("%s: %s%s\n", about, problem ? "" : "(note) ", text);
    }
    r->lines++;
}

#define SAY(name, problem)                                                                         \
    __attribute__((format(printf, 3, 4))) static void name(struct report *r, const char *about,    \
                                                           const char *format, ...)                \
    {                                                                                              \
        char text[2 * PATH_MAX];                                                                   \
        va_list ap;                                                                                \
        va_start(ap, format);                                                                      \
        vsnprintf(text, sizeof text, format, ap);                                                  \
        va_end(ap);                                                                                \
        line(r, problem, about, text);                                                             \
    }
SAY(found, true)
SAY(note, false)
#undef SAY

/* ---- the instance ---- */

static bool one_in(const char *path)
{
    FILE *f = fopen(path, "re");
    int c = f ? fgetc(f) : EOF;
    if (f)
        fclose(f);
    return c == '1';
}

static void check_instance(struct report *r)
{
    const struct place *p = r->p;
    switch (p->instance) {
    case INSTANCE_NO_KERNEL:
        found(r, "binfmt_misc", "the kernel does not have it, or its module is not loaded: "
                                "modprobe binfmt_misc (for a container, on the host)");
        break;
    case INSTANCE_NOT_MOUNTED:
        found(r, "binfmt_misc", "it is not mounted: `ferry-binfmt install` does it, or "
                                "mount -t binfmt_misc binfmt_misc %s",
              instance_directory);
        break;
    case INSTANCE_READ_ONLY:
        note(r, "binfmt_misc", "not changeable from here: %s", explain_place(p, EACCES));
        break;
    case INSTANCE_READY: break;
    }
    if (p->instance <= INSTANCE_READ_ONLY && !p->enabled)
        found(r, "binfmt_misc", "it is switched off as a whole: echo 1 > %s/status",
              instance_directory);
    if (geteuid() != 0 && one_in(place_path(p, "/proc/sys/kernel/apparmor_restrict_unprivileged_"
                                               "userns")))
        note(r, "binfmt_misc",
             "AppArmor keeps users from making namespaces, so `ferry-binfmt run` needs a profile "
             "that allows userns, or root");
    if (!p->root[0] && !probe_directory())
        found(r, "probe", "no directory here allows programs to be executed (all mounted noexec): "
                          "TMPDIR=DIR names one");
}

/* ---- an entry by itself ---- */

static void check_flags(struct report *r, const struct entry *e, bool dynamic)
{
    if (!entry_has(e, 'F'))
        found(r, e->name, "without flag F programs in chroots and containers, which do not have "
                          "%s, do not start: ferry-binfmt install",
              e->interpreter);
    else if (dynamic)
        found(r, e->name, "%s is linked dynamically, so in chroots and containers it does not "
                          "find its libraries: register a static one",
              e->interpreter);
    if (!entry_has(e, 'P'))
        found(r, e->name, "without flag P programs do not get their argv[0], which login shells "
                          "and busybox need: ferry-binfmt install");
    if (!entry_has(e, 'C'))
        found(r, e->name, "without flag C set-user-ID programs (sudo, su) run without their "
                          "privileges: ferry-binfmt install");
}

static void check_magic(struct report *r, const struct entry *e, const struct binfmt_guest *g)
{
    uint8_t head[MAGIC_SIZE];
    binfmt_head(EM_X86_64, 64, ET_DYN, ELFOSABI_NONE, head);
    if (entry_takes(e, head))
        found(r, e->name, "its mask is so wide that it takes this machine's own programs: "
                          "echo -1 > %s/%s, then ferry-binfmt install",
              instance_directory, e->name);
    for (unsigned i = 0; i < binfmt_nguests; i++)
        if (&binfmt_guests[i] != g && entry_takes_guest(e, &binfmt_guests[i]) &&
            !strstr(e->name, binfmt_guests[i].name))
            found(r, e->name, "its mask also takes programs of %s", binfmt_guests[i].name);
    bool whole = true;
    binfmt_head(g->machine, g->bits, ET_DYN, ELFOSABI_NONE, head);
    whole &= entry_takes(e, head);
    binfmt_head(g->machine, g->bits, ET_EXEC, ELFOSABI_GNU, head);
    whole &= entry_takes(e, head);
    if (!whole)
        found(r, e->name, "it does not take position-independent programs or those marked as "
                          "GNU's: ferry-binfmt install");
}

static void check_entry(struct report *r, const struct entry *e, const struct binfmt_guest *g)
{
    bool dynamic;
    const char *fault = interpreter_fault(place_path(r->p, e->interpreter), &dynamic);
    if (!e->enabled) {
        if (entry_is_ferry(r->p, e))
            found(r, e->name, "it is disabled: echo 1 > %s/%s", instance_directory, e->name);
        return;
    }
    if (fault && !entry_has(e, 'F'))
        found(r, e->name, "its interpreter %s %s, so %s programs do not start: ferry-binfmt "
                          "install",
              e->interpreter, fault, g->name);
    else if (fault)
        found(r, e->name, "its interpreter %s %s; what was opened when it was registered still "
                          "serves, until the next boot: ferry-binfmt install",
              e->interpreter, fault);
    if (entry_is_ferry(r->p, e))
        check_flags(r, e, dynamic);
    check_magic(r, e, g);
}

/* ---- what happens ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static void judge_runner(struct report *r, const struct binfmt_guest *g, const struct entry *ours,
                         const struct probe_result *probe)
{
    const char *base = strrchr(probe->runner, '/');
    struct stat st;
    if (!probe->runner[0])
        return;
    if (!path_is_ferry(r->p, probe->runner)) {
        if (ours)
            found(r, g->name,
                  "programs are run by %s, not by ferry: its entry was registered after %s; "
                  "`ferry-binfmt install %s` puts ferry in front, --replace removes the other",
                  base + 1, ours->name, g->name);
        else
            found(r, g->name, "programs are run by %s, not by ferry: ferry-binfmt install %s",
                  base + 1, g->name);
        return;
    }
    if (ends_with(probe->runner, " (deleted)") ||
        (ours && stat(ours->interpreter, &st) == 0 && probe->runner_inode != st.st_ino &&
         strcmp(probe->runner, ours->interpreter) == 0))
        found(r, g->name,
              "programs still run under the old file of %s, replaced since it was registered: "
              "ferry-binfmt install",
              ours ? ours->interpreter : "ferry");
    if (strcmp(probe->args[0], PROBE_ARGV0))
        note(r, g->name, "argv[0] arrives as '%s'", probe->args[0]);
}

static void check_running(struct report *r, const struct binfmt_guest *g, const struct entry *ours)
{
    struct probe_result probe;
    probe_run(g, PROBE_PLAIN, &probe);
    if (probe.complete)
        judge_runner(r, g, ours, &probe);
    else if (probe.error)
        found(r, g->name, "a probe cannot be made: %s", strerror(probe.error));
    else if (ours)
        found(r, g->name, "%s is registered, but a program does not run: %s", ours->name,
              probe.said[0] ? probe.said : "it ends at once");
}

static void check_guest(struct report *r, const struct binfmt_guest *g)
{
    const struct entry *ours = NULL;
    unsigned others = 0;
    for (unsigned i = 0; i < r->p->nentries; i++) {
        const struct entry *e = &r->p->entries[i];
        if (!entry_takes_guest(e, g))
            continue;
        check_entry(r, e, g);
        if (entry_is_ferry(r->p, e))
            ours = ours && ours->enabled ? ours : e;
        else
            others += e->enabled;
    }
    if (!ours && !others && r->p->instance <= INSTANCE_READ_ONLY)
        found(r, g->name, "no entry takes its programs: ferry-binfmt install %s", g->name);
    if (r->p->enabled && !r->p->root[0])
        check_running(r, g, ours && ours->enabled ? ours : NULL);
}

/* ---- at boot ---- */

struct last_line {
    const struct binfmt_guest *guest;
    char path[PATH_MAX];
    bool ferry;
};

static void remember(void *context, const char *path, const char *text)
{
    struct last_line *l = context;
    char name[64];
    snprintf(name, sizeof name, "-%s%c", l->guest->name, text[0]);
    if (!strstr(text + 1, name))
        return;
    l->ferry = strstr(text, "/ferry");
    snprintf(l->path, sizeof l->path, "%s", path);
}

static void check_boot(struct report *r, const struct binfmt_guest *g)
{
    struct last_line last = {.guest = g};
    if (!place_in_first_namespace() && !r->p->root[0])
        return; /* what is registered here ends with the namespace */
    each_boot_file(r->p, remember, &last);
    if (!last.path[0])
        note(r, g->name, "the registration ends with the next boot: ferry-binfmt install "
                         "--persistent");
    else if (!last.ferry)
        found(r, g->name, "at the next boot %s puts another emulator in front: ferry-binfmt "
                          "install --persistent --replace",
              last.path);
}

int command_doctor(const struct request *q)
{
    struct place p;
    place_read(&p, q->root);
    struct report r = {.q = q, .p = &p};
    if (q->json)
        putchar('[');
    check_instance(&r);
    for (unsigned i = 0; i < q->nguests; i++) {
        check_guest(&r, q->guests[i]);
        check_boot(&r, q->guests[i]);
    }
    if (q->json)
        puts("\n]");
    else if (!r.problems)
        puts("all is well");
    probe_clean();
    place_free(&p);
    return r.problems ? 1 : 0;
}

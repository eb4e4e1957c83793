/* status: what is registered, by whom, and whether it works; as a table or as JSON. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "binfmt/command.h"
#include "binfmt/probe.h"

void print_json(const char *text)
{
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '"' || *c == '\\')
            printf("\\%c", *c);
        else if (*c < ' ')
            printf("\\u%04x", *c);
        else
            putchar(*c);
    putchar('"');
}

struct summary {
    const struct entry *ferry; /* an enabled entry of ours, or NULL */
    struct probe_result probe;
};

static void look(const struct place *p, const struct binfmt_guest *g, struct summary *s)
{
    *s = (struct summary){0};
    for (unsigned i = 0; i < p->nentries; i++) {
        const struct entry *e = &p->entries[i];
        if (e->enabled && entry_takes_guest(e, g) && entry_is_ferry(p, e) && !s->ferry)
            s->ferry = e;
    }
    if (!p->root[0])
        probe_run(g, PROBE_PLAIN, &s->probe);
}

static bool well(const struct place *p, const struct summary *s)
{
    return p->enabled && s->ferry && (p->root[0] || s->probe.complete);
}

static const char *instance_name(const struct place *p)
{
    switch (p->instance) {
    case INSTANCE_NOT_MOUNTED: return "not mounted";
    case INSTANCE_NO_KERNEL: return "not in this kernel, or its module is not loaded";
    case INSTANCE_READ_ONLY: return p->enabled ? "enabled, not ours to change" : "disabled";
    default: return p->enabled ? "enabled" : "disabled";
    }
}

/* ---- the table ---- */

static void print_guest(const struct place *p, const struct binfmt_guest *g,
                        const struct summary *s)
{
    bool any = false;
    for (unsigned i = 0; i < p->nentries; i++) {
        const struct entry *e = &p->entries[i];
        if (!entry_takes_guest(e, g))
            continue;
        printf("%-9s %-16s %-9s %-6s %s\n", any ? "" : g->name, e->name,
               e->enabled ? "enabled" : "disabled", e->flags, e->interpreter);
        any = true;
    }
    if (!any)
        printf("%-9s no entry\n", g->name);
    if (s->probe.complete)
        printf("%-9s programs are run by %s\n", "", s->probe.runner);
    else if (!p->root[0])
        printf("%-9s programs are not run%s%s\n", "", s->probe.said[0] ? ": " : "", s->probe.said);
}

static void print_boot_line(void *context, const char *path, const char *line)
{
    const struct request *q = context;
    for (unsigned i = 0; i < q->nguests; i++) {
        char name[64];
        snprintf(name, sizeof name, "-%s%c", q->guests[i]->name, line[0]);
        const char *at = strstr(line + 1, name);
        if (at)
            printf("at boot   %.*s by %s\n", (int)(at - line - 2 + (int)strlen(name)), line + 1,
                   path);
    }
}

static int print_table(const struct request *q, const struct place *p)
{
    int status = 0;
    printf("binfmt_misc: %s\n", instance_name(p));
    for (unsigned i = 0; i < q->nguests; i++) {
        struct summary s;
        look(p, q->guests[i], &s);
        print_guest(p, q->guests[i], &s);
        status |= !well(p, &s);
    }
    each_boot_file(p, print_boot_line, (void *)q);
    return status;
}

/* ---- JSON ---- */

static void print_hex(const char *key, const uint8_t *bytes, unsigned n)
{
    printf(", \"%s\": \"", key);
    for (unsigned i = 0; i < n; i++)
        printf("%02x", bytes[i]);
    putchar('"');
}

static void print_entry(const struct place *p, const struct entry *e)
{
    printf("    {\"name\": ");
    print_json(e->name);
    printf(", \"enabled\": %s, \"ferry\": %s, \"interpreter\": ", e->enabled ? "true" : "false",
           entry_is_ferry(p, e) ? "true" : "false");
    print_json(e->interpreter);
    printf(", \"flags\": ");
    print_json(e->flags);
    printf(", \"offset\": %u", e->offset);
    if (e->by_magic) {
        print_hex("magic", e->magic, e->size);
        print_hex("mask", e->mask, e->size);
    }
    printf(", \"guests\": [");
    for (unsigned i = 0, n = 0; i < binfmt_nguests; i++)
        if (entry_takes_guest(e, &binfmt_guests[i]))
            printf("%s\"%s\"", n++ ? ", " : "", binfmt_guests[i].name);
    printf("]}");
}

static int print_all_json(const struct request *q, const struct place *p)
{
    int status = 0;
    printf("{\n  \"binfmt_misc\": \"%s\",\n  \"enabled\": %s,\n  \"entries\": [\n",
           p->instance == INSTANCE_READY       ? "ready"
           : p->instance == INSTANCE_READ_ONLY ? "read-only"
           : p->instance == INSTANCE_NOT_MOUNTED ? "not mounted"
                                                 : "missing",
           p->enabled ? "true" : "false");
    for (unsigned i = 0; i < p->nentries; i++) {
        print_entry(p, &p->entries[i]);
        puts(i + 1 < p->nentries ? "," : "");
    }
    printf("  ],\n  \"guests\": {\n");
    for (unsigned i = 0; i < q->nguests; i++) {
        struct summary s;
        look(p, q->guests[i], &s);
        status |= !well(p, &s);
        printf("    \"%s\": {\"platform\": \"linux/%s\", \"entry\": ", q->guests[i]->name,
               q->guests[i]->docker);
        if (s.ferry)
            print_json(s.ferry->name);
        else
            printf("null");
        printf(", \"works\": %s, \"run_by\": ", s.probe.complete ? "true" : "false");
        if (s.probe.complete)
            print_json(s.probe.runner);
        else
            printf("null");
        printf("}%s\n", i + 1 < q->nguests ? "," : "");
    }
    printf("  }\n}\n");
    return status;
}

int command_status(const struct request *q)
{
    struct place p;
    place_read(&p, q->root);
    int status = q->json ? print_all_json(q, &p) : print_table(q, &p);
    probe_clean();
    place_free(&p);
    return status;
}

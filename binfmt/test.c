/* test: runs probes in every way that this user may, and says how each went. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "binfmt/command.h"
#include "binfmt/probe.h"

static const char *const way_names[PROBE_WAYS] = {
    [PROBE_PLAIN] = "program",
    [PROBE_SCRIPT] = "script",
    [PROBE_SETUID] = "set-user-ID",
    [PROBE_CHROOT] = "chroot",
};

/* What a probe that ran shows to be wrong, or NULL. */
static const char *judge(enum probe_way way, const struct probe_result *r)
{
    static char text[512];
    const char *argv0 = PROBE_ARGV0, *argv1 = PROBE_ARGV1;
    int argc = 2;
    if (way == PROBE_SCRIPT) {
        argc = 4;
        argv0 = NULL; /* the interpreter's path, as the kernel makes it */
        argv1 = "with words";
    }
    if (r->argc != argc || strcmp(r->args[1], argv1)) {
        snprintf(text, sizeof text, "wrong arguments: %d, '%s' '%s'", r->argc, r->args[0],
                 r->args[1]);
        return text;
    }
    if (argv0 && strcmp(r->args[0], argv0)) {
        snprintf(text, sizeof text, "argv[0] is '%s' (flag P is missing)", r->args[0]);
        return text;
    }
    if (way == PROBE_SCRIPT && strcmp(r->args[3], PROBE_ARGV1))
        return "a script's arguments are wrong";
    if (way == PROBE_SETUID && r->euid == r->uid)
        return "no privileges are gained (flag C is missing, or no_new_privs is set)";
    if (way == PROBE_SETUID && !r->secure)
        return "AT_SECURE is not set";
    return NULL;
}

static const char *why_not(const struct probe_result *r)
{
    static char text[512];
    if (r->error)
        snprintf(text, sizeof text, "%s", strerror(r->error));
    else if (WIFSIGNALED(r->status))
        snprintf(text, sizeof text, "killed by signal %d", WTERMSIG(r->status));
    else
        snprintf(text, sizeof text, "exit status %d%s%s", WEXITSTATUS(r->status),
                 r->said[0] ? ": " : "", r->said);
    return text;
}

static bool test_guest(const struct request *q, const struct binfmt_guest *g)
{
    bool ok = true;
    for (enum probe_way way = 0; way < PROBE_WAYS; way++) {
        struct probe_result r;
        probe_run(g, way, &r);
        const char *fault = r.skipped ? NULL : !r.complete ? why_not(&r) : judge(way, &r);
        ok &= !fault;
        if (!q->quiet || fault)
            printf("%-9s %-12s %s%s%s\n", g->name, way_names[way],
                   fault ? "FAILED: " : r.skipped ? "not open to this user" : "ok, by ",
                   fault ? fault : "", fault || r.skipped ? "" : r.runner);
        fflush(stdout);
    }
    return ok;
}

int command_test(const struct request *q)
{
    bool ok = true;
    for (unsigned i = 0; i < q->nguests; i++)
        ok &= test_guest(q, q->guests[i]);
    probe_clean();
    return ok ? 0 : 1;
}

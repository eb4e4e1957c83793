/*
 * install, remove, conf. A guest gets two entries: ferry-NAME, and qemu-NAME where nobody else has
 * that name, since tools look for it (mmdebstrap, pbuilder, live-build). The kernel asks the entry
 * registered last first, so ours come before those of another emulator that is there already.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binfmt/command.h"
#include "binfmt/probe.h"

static const char *const prefixes[] = {"ferry", "qemu"};

#define MARK "# Written by ferry-binfmt"

/* ---- the interpreter ---- */

const char *request_interpreter(const struct request *q)
{
    static char path[PATH_MAX];
    char own[PATH_MAX];
    if (q->interpreter)
        return q->interpreter;
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 8);
    char *slash = NULL;
    if (n > 0) {
        own[n] = '\0';
        slash = strrchr(own, '/');
    }
    if (slash) {
        memcpy(slash, "/ferry", 7);
        if (access(own, X_OK) == 0) {
            memcpy(path, own, sizeof path);
            return path;
        }
    }
    return FERRY_BINDIR "/ferry";
}

const char *interpreter_fault(const char *path, bool *dynamic)
{
    Elf64_Ehdr e = {0};
    struct stat st;
    *dynamic = false;
    if (stat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? "is not there" : "cannot be reached";
    if (!S_ISREG(st.st_mode))
        return "is no regular file";
    if (!(st.st_mode & 0111))
        return "is not executable";
    if (access(path, X_OK) != 0)
        return "cannot be executed (a file system mounted noexec?)";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL; /* executable and not readable: well */
    bool native = pread(fd, &e, sizeof e, 0) == sizeof e && !memcmp(e.e_ident, ELFMAG, SELFMAG) &&
                  e.e_ident[EI_CLASS] == ELFCLASS64 && e.e_machine == EM_X86_64;
    for (unsigned i = 0; native && i < e.e_phnum; i++) {
        Elf64_Phdr p;
        if (pread(fd, &p, sizeof p, (off_t)(e.e_phoff + i * sizeof p)) == sizeof p &&
            p.p_type == PT_INTERP)
            *dynamic = true;
    }
    close(fd);
    return native ? NULL : "is not a program of this machine";
}

const char *explain_place(const struct place *p, int error)
{
    switch (error) {
    case ENODEV:
        return "the kernel has no binfmt_misc; load its module (modprobe binfmt_misc), for a "
               "container on the host";
    case ENOENT: return "/proc is not mounted, or the kernel has no binfmt_misc";
    case ENOTSUP: return "no binfmt_misc below this root";
    case EPERM:
    case EACCES:
        if (place_in_first_namespace())
            return geteuid() == 0 ? "this container may not change the host's registrations; "
                                    "run it there, or privileged"
                                  : "only root may register for the whole machine; without root, "
                                    "`ferry-binfmt run COMMAND` registers for one command";
        return p->instance == INSTANCE_READ_ONLY
                   ? "this is the instance of another user namespace, and mounting an own one "
                     "needs Linux 6.7 or later and CAP_SYS_ADMIN here"
                   : "mounting binfmt_misc here needs Linux 6.7 or later and CAP_SYS_ADMIN";
    default: return strerror(error);
    }
}

/* ---- lines ---- */

/* The line for an entry of a guest, or an exit with the reason. */
static const char *line_for(const struct request *q, const struct binfmt_guest *g,
                            const char *prefix)
{
    static char line[1024];
    const char *interpreter = request_interpreter(q);
    if (!binfmt_line(g, prefix, interpreter, q->flags, line, sizeof line)) {
        fprintf(stderr,
                "ferry-binfmt: '%s' cannot be registered: the kernel takes an absolute path of at "
                "most 127 bytes\n",
                interpreter);
        exit(2);
    }
    return line;
}

static void write_conf(const struct request *q, const struct binfmt_guest *g, FILE *f)
{
    fprintf(f, MARK ". See binfmt.d(5).\n");
    for (unsigned i = 0; i < 2; i++)
        fprintf(f, "%s\n", line_for(q, g, prefixes[i]));
}

int command_conf(const struct request *q)
{
    for (unsigned i = 0; i < q->nguests; i++)
        write_conf(q, q->guests[i], stdout);
    return 0;
}

/* ---- at boot ---- */

/* Whether a file in /etc/binfmt.d is one of ours. */
static bool is_ours(const char *path)
{
    char text[sizeof MARK] = "";
    FILE *f = fopen(path, "re");
    bool ours = f && fgets(text, sizeof text, f) && !strcmp(text, MARK);
    if (f)
        fclose(f);
    return ours;
}

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "we");
    if (!f)
        fprintf(stderr, "ferry-binfmt: %s: %s\n", path, strerror(errno));
    return f;
}

struct hiding {
    const struct request *q;
    const struct place *p;
    const struct binfmt_guest *guest;
    bool done;
};

/* A file of another emulator: hidden by one of the same name in /etc. */
static void hide(void *context, const char *path, const char *line)
{
    struct hiding *h = context;
    char start[256], own[PATH_MAX];
    snprintf(start, sizeof start, "qemu-%s", h->guest->name);
    if (strncmp(line + 1, start, strlen(start)) || strstr(line, "/ferry"))
        return;
    snprintf(own, sizeof own, "%s/etc/binfmt.d%s", h->p->root, strrchr(path, '/'));
    if (!strcmp(own, path)) {
        fprintf(stderr, "ferry-binfmt: %s registers another emulator at boot: remove it\n", path);
        return;
    }
    FILE *f = create(own);
    if (!f)
        return;
    fprintf(f, MARK " --replace: hides %s.\n", path);
    fclose(f);
    if (!h->q->quiet)
        printf("%s: hides %s at boot\n", h->guest->name, path);
}

static bool persist(const struct request *q, const struct place *p, const struct binfmt_guest *g)
{
    char name[128];
    snprintf(name, sizeof name, "/etc/binfmt.d/ferry-%s.conf", g->name);
    const char *path = place_path(p, name);
    mkdir(place_path(p, "/etc"), 0755);
    mkdir(place_path(p, "/etc/binfmt.d"), 0755);
    FILE *f = create(path);
    if (!f)
        return false;
    write_conf(q, g, f);
    bool ok = fclose(f) == 0;
    if (q->replace)
        each_boot_file(p, hide, &(struct hiding){q, p, g, false});
    if (!q->quiet)
        printf("%s: registered at boot by %s\n", g->name, path);
    return ok;
}

/* Takes away what persist and hide wrote for the guest. True where there was something. */
static bool forget(const struct place *p, const struct binfmt_guest *g)
{
    bool found = false;
    for (unsigned i = 0; i < 2; i++) {
        char name[128];
        snprintf(name, sizeof name, "/etc/binfmt.d/%s-%s.conf", prefixes[i], g->name);
        const char *path = place_path(p, name);
        if (!is_ours(path))
            continue;
        if (unlink(path) != 0)
            fprintf(stderr, "ferry-binfmt: %s: %s\n", path, strerror(errno));
        found = true;
    }
    return found;
}

/* ---- now ---- */

static int drop(const struct place *p, const char *name)
{
    int error = place_tell(p, name, "-1");
    if (error)
        fprintf(stderr, "ferry-binfmt: cannot remove the entry %s: %s\n", name, strerror(error));
    return error;
}

static bool register_guest(const struct request *q, const struct place *p,
                           const struct binfmt_guest *g)
{
    bool ok = true;
    for (unsigned i = 0; i < p->nentries; i++) {
        const struct entry *e = &p->entries[i];
        if (!entry_takes_guest(e, g) || entry_is_ferry(p, e))
            continue;
        if (q->replace)
            drop(p, e->name);
        else if (!q->quiet && e->enabled)
            printf("%s: %s (%s) stays registered behind ferry; --replace removes it\n", g->name,
                   e->name, e->interpreter);
    }
    /* One after the other, so that a program is started by the one while the other is not there. */
    for (unsigned i = 0; i < 2; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s-%s", prefixes[i], g->name);
        const struct entry *e = place_entry(p, name);
        bool foreign = e && !entry_is_ferry(p, e);
        if (foreign && !q->replace)
            continue;
        if (e && !foreign)
            drop(p, name);
        int error = place_register(p, line_for(q, g, prefixes[i]));
        if (error) {
            fprintf(stderr, "ferry-binfmt: %s: cannot register %s: %s\n", g->name,
                    request_interpreter(q), strerror(error));
            ok = false;
        }
    }
    return ok;
}

static bool verify(const struct request *q, const struct binfmt_guest *g)
{
    struct probe_result r;
    probe_run(g, PROBE_PLAIN, &r);
    if (r.complete) {
        if (!q->quiet)
            printf("%s: programs are run by %s\n", g->name, r.runner);
    } else {
        fprintf(stderr, "ferry-binfmt: %s: registered, but a program does not run: %s\n", g->name,
                r.error ? strerror(r.error) : r.said);
    }
    return r.complete;
}

static bool usable(const struct request *q)
{
    struct place p = {.root = q->root};
    const char *interpreter = request_interpreter(q);
    bool dynamic;
    const char *fault = interpreter_fault(place_path(&p, interpreter), &dynamic);
    if (fault)
        fprintf(stderr, "ferry-binfmt: %s %s%s\n", interpreter, fault,
                q->interpreter ? "" : "; --interpreter names another");
    else if (dynamic)
        fprintf(stderr,
                "ferry-binfmt: %s is linked dynamically: it will not start in chroots and "
                "containers\n",
                interpreter);
    return !fault;
}

int command_install(const struct request *q)
{
    struct place p;
    bool ok = true;
    if (!usable(q))
        return 1;
    place_read(&p, q->root);
    int error = place_mount(&p);
    /* An image that is being built has no kernel; only what happens at boot matters. */
    bool only_boot = error && q->root[0] && q->persistent;
    if (error && !only_boot) {
        fprintf(stderr, "ferry-binfmt: %s\n", explain_place(&p, error));
        ok = false;
    }
    for (unsigned i = 0; i < q->nguests; i++) {
        const struct binfmt_guest *g = q->guests[i];
        if (q->persistent && !persist(q, &p, g))
            ok = false;
        if (!error && !(register_guest(q, &p, g) && (q->root[0] || verify(q, g))))
            ok = false;
    }
    if (!error && !p.enabled) {
        fprintf(stderr, "ferry-binfmt: binfmt_misc is switched off as a whole: "
                        "echo 1 > /proc/sys/fs/binfmt_misc/status\n");
        ok = false;
    }
    if (q->persistent && !reads_binfmt_d(&p))
        fprintf(stderr, "ferry-binfmt: nothing here reads /etc/binfmt.d at boot (no systemd): have "
                        "`ferry-binfmt install` run then\n");
    probe_clean();
    place_free(&p);
    return ok ? 0 : 1;
}

int command_remove(const struct request *q)
{
    struct place p;
    bool ok = true;
    place_read(&p, q->root);
    for (unsigned i = 0; i < q->nguests; i++) {
        const struct binfmt_guest *g = q->guests[i];
        unsigned found = 0;
        for (unsigned j = 0; j < p.nentries; j++) {
            const struct entry *e = &p.entries[j];
            if (!entry_takes_guest(e, g))
                continue;
            if (!entry_is_ferry(&p, e)) {
                if (!q->quiet)
                    printf("%s: %s (%s) stays\n", g->name, e->name, e->interpreter);
                continue;
            }
            found++;
            if (p.instance == INSTANCE_READ_ONLY) {
                fprintf(stderr, "ferry-binfmt: %s: %s\n", e->name, explain_place(&p, EACCES));
                ok = false;
            } else if (drop(&p, e->name) != 0) {
                ok = false;
            } else if (!q->quiet) {
                printf("%s: %s removed\n", g->name, e->name);
            }
        }
        if (q->persistent)
            found += forget(&p, g);
        if (!found && !q->quiet)
            printf("%s: nothing of ferry's is registered\n", g->name);
    }
    place_free(&p);
    return ok ? 0 : 1;
}

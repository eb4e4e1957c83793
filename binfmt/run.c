/*
 * run: a command in namespaces of its own, where ferry is registered in an own instance of
 * binfmt_misc (Linux 6.7). Nothing outside changes, and no privileges are needed.
 *
 * Root keeps all its users. Others are themselves inside; with --chroot they are root there, and
 * the users that /etc/subuid gives them are the root's other users, so that package managers work.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "binfmt/command.h"

enum { CANNOT = 125 }; /* as of env(1) and the like: the command was not reached */

__attribute__((noreturn)) static void fail(const char *what, const char *why)
{
    fprintf(stderr, "ferry-binfmt: %s: %s\n", what, why);
    exit(CANNOT);
}

/* ---- users ---- */

struct range {
    unsigned long start, count;
};

/* The user's name, without the C library's switch of services. */
static const char *user_name(uid_t uid)
{
    FILE *f = fopen("/etc/passwd", "re");
    const struct passwd *pw = NULL;
    while (f && (pw = fgetpwent(f)) && pw->pw_uid != uid)
        ;
    if (f)
        fclose(f);
    return pw ? pw->pw_name : "";
}

/* The first range that a file like /etc/subuid gives to the user. */
static bool sub_range(const char *file, uid_t uid, struct range *r)
{
    char line[256], owner[128], number[16];
    const char *name = user_name(uid);
    FILE *f = fopen(file, "re");
    bool found = false;
    snprintf(number, sizeof number, "%u", uid);
    while (f && !found && fgets(line, sizeof line, f))
        found = sscanf(line, "%127[^:]:%lu:%lu", owner, &r->start, &r->count) == 3 && r->count &&
                (!strcmp(owner, number) || !strcmp(owner, name));
    if (f)
        fclose(f);
    return found;
}

static bool write_map(pid_t pid, const char *file, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* newuidmap PID 0 UID 1 1 START COUNT: a program with the privileges that this takes. */
static bool new_map(const char *program, pid_t pid, unsigned own, const struct range *r)
{
    char words[6][24];
    snprintf(words[0], sizeof *words, "%d", (int)pid);
    snprintf(words[1], sizeof *words, "%u", own);
    snprintf(words[2], sizeof *words, "%lu", r->start);
    snprintf(words[3], sizeof *words, "%lu", r->count);
    pid_t child = fork();
    if (child == 0) {
        execlp(program, program, words[0], "0", words[1], "1", "1", words[2], words[3], NULL);
        _exit(127);
    }
    int status;
    return child > 0 && waitpid(child, &status, 0) == child && !status;
}

/* From outside the new namespace: gives `pid`, who is in it, its users. */
static bool map_from_outside(pid_t pid, uid_t uid, gid_t gid)
{
    struct range users, groups;
    if (uid == 0)
        return write_map(pid, "uid_map", "0 0 4294967295\n") &&
               write_map(pid, "gid_map", "0 0 4294967295\n");
    return sub_range("/etc/subuid", uid, &users) && sub_range("/etc/subgid", uid, &groups) &&
           new_map("newuidmap", pid, uid, &users) && new_map("newgidmap", pid, gid, &groups);
}

/* From inside: one user and group, known outside as `uid` and `gid`. */
static bool map_one(uid_t inner_uid, uid_t uid, gid_t inner_gid, gid_t gid)
{
    char text[64];
    write_map(getpid(), "setgroups", "deny");
    snprintf(text, sizeof text, "%u %u 1\n", inner_uid, uid);
    if (!write_map(getpid(), "uid_map", text))
        return false;
    snprintf(text, sizeof text, "%u %u 1\n", inner_gid, gid);
    return write_map(getpid(), "gid_map", text);
}

/* Enters the namespaces. A child that stays behind writes the maps. */
static void enter(bool as_root)
{
    int go[2], done[2];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    pid_t self = getpid();
    char c = 0;
    if (pipe2(go, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0)
        fail("pipe", strerror(errno));
    pid_t child = uid == 0 || as_root ? fork() : -1;
    if (child == 0) {
        close(go[1]);
        c = read(go[0], &c, 1) == 1 && map_from_outside(self, uid, gid);
        _exit(write(done[1], &c, 1) != 1);
    }
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        fail("cannot make a user namespace", strerror(errno));
    if (child > 0 && (write(go[1], "", 1) != 1 || read(done[0], &c, 1) != 1))
        fail("cannot map users", strerror(errno));
    if (child > 0)
        waitpid(child, NULL, 0);
    if (!c && !map_one(0, uid, 0, gid))
        fail("cannot map users", strerror(errno));
    close(go[0]), close(go[1]), close(done[0]), close(done[1]);
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
        fail("cannot become root in the namespace", strerror(errno));
}

/* Whoever registers is root; in one namespace more the user is who they were. */
static void become(uid_t uid, gid_t gid)
{
    if (uid != 0 && (unshare(CLONE_NEWUSER) != 0 || !map_one(uid, 0, gid, 0)))
        fail("cannot go back to the user", strerror(errno));
}

/* ---- files ---- */

/* Shows a place of this machine in the root, where both have it. */
static void show_in(const char *root, const char *path)
{
    char to[PATH_MAX + 32];
    struct stat st;
    snprintf(to, sizeof to, "%s%s", root, path);
    if (stat(to, &st) == 0)
        (void)mount(path, to, NULL, MS_BIND | MS_REC, NULL);
}

/*
 * The directory becomes the root itself where it can, not one made by chroot: in such a one nobody
 * may make user namespaces. What is registered lives as long as its instance is mounted somewhere,
 * which is then in the new root's /proc.
 */
static void enter_root(const char *root)
{
    static const char *const places[] = {"/proc", "/sys", "/dev", "/etc/resolv.conf"};
    char real[PATH_MAX];
    if (!realpath(root, real) || mount(real, real, NULL, MS_BIND | MS_REC, NULL) != 0 ||
        chdir(real) != 0)
        fail(root, strerror(errno));
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        show_in(real, places[i]);
    bool pivoted = access("proc/sys/fs/binfmt_misc/register", F_OK) == 0 &&
                   syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0;
    if ((!pivoted && chroot(".") != 0) || chdir("/") != 0)
        fail(root, strerror(errno));
}

int command_run(const struct request *q)
{
    static char *shell[] = {"/bin/sh", NULL};
    char **command = q->words[0] ? q->words : shell;
    struct place p;
    char line[1024];
    uid_t user = geteuid();
    gid_t group = getegid();
    enter(q->chroot);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        fail("cannot have an own view of mounts", strerror(errno));
    place_read(&p, "");
    /* An instance that is there is someone else's, even where it could be written to. */
    if (p.instance <= INSTANCE_READ_ONLY)
        p.instance = INSTANCE_NOT_MOUNTED;
    int error = place_mount(&p);
    if (error)
        fail("binfmt_misc", error == EPERM ? "mounting an own instance needs Linux 6.7 or later"
                                           : strerror(error));
    for (unsigned i = 0; i < q->nguests; i++) {
        const char *prefixes[] = {"ferry", "qemu"};
        for (unsigned j = 0; j < 2 && !error; j++)
            if (!binfmt_line(q->guests[i], prefixes[j], request_interpreter(q), q->flags, line,
                             sizeof line) ||
                (error = place_register(&p, line)))
                fail(request_interpreter(q), error ? strerror(error) : "cannot be registered");
    }
    place_free(&p);
    if (q->chroot)
        enter_root(q->chroot);
    else
        become(user, group);
    execvp(command[0], command);
    error = errno;
    fprintf(stderr, "ferry-binfmt: %s: %s\n", command[0], strerror(error));
    return error == ENOENT ? 127 : 126;
}

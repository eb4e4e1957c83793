/*
 * /proc/self/exe in every form of its path, for every call that takes one; after the program's name
 * has changed, is gone, and for programs that never had one.
 */
#include "guest.h"
#include <sys/inotify.h>
#include <sys/prctl.h>

static char self[PATH_MAX];
static struct stat own;

static void link_is(const char *what, int dirfd, const char *path)
{
    char text[PATH_MAX] = "";
    struct stat st = {0};
    ssize_t n = readlinkat(dirfd, path, text, sizeof text - 1);
    printf("%s: %s", what, n < 0 ? guest_error_name(errno) : strcmp(text, self) ? text : "self");
    n = fstatat(dirfd, path, &st, 0);
    printf(", %s", n                         ? guest_error_name(errno)
                   : st.st_ino == own.st_ino ? "its inode"
                                             : "another inode");
    printf(", %s\n", fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode)
                         ? "a link"
                         : "no link");
}

static void copy(const char *to)
{
    char buffer[1 << 16];
    int in = (int)MUST(open("/proc/self/exe", O_RDONLY)),
        out = (int)MUST(open(to, O_WRONLY | O_CREAT, 0755));
    ssize_t n;
    while ((n = read(in, buffer, sizeof buffer)) > 0)
        MUST(write(out, buffer, (size_t)n));
    close(in);
    close(out);
}

static void run(const char *path, int fd, char *what)
{
    char *args[] = {"me", what, NULL}, *none[] = {NULL};
    pid_t pid = (pid_t)MUST(fork());
    if (!pid) {
        if (path)
            execve(path, args, none);
        else
            fexecve(fd, args, none);
        printf("%s: %s\n", path, guest_error_name(errno));
        _exit(1);
    }
    guest_reap(what, pid);
}

/* What a program without a name sees of itself. */
static int nameless(const char *how)
{
    char text[PATH_MAX] = "", comm[17] = "";
    struct stat st;
    if (!strcmp(how, "deleted") && readlink("/proc/self/exe", text, sizeof text - 1) > 0)
        unlink(text);
    memset(text, 0, sizeof text);
    readlink("/proc/self/exe", text, sizeof text - 1);
    prctl(PR_GET_NAME, comm);
    printf("%s: %s\n", how, strstr(text, "/sys.proc_exe.") ? "self" : strrchr(text, '/'));
    if (strcmp(how, "memfd"))
        return 0;
    int fd = open("/proc/self/exe", O_RDONLY);
    YES(fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0);
    run("/proc/self/exe", -1, "again");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return nameless(argv[1]);
    MUST(readlink("/proc/self/exe", self, sizeof self));
    MUST(stat(self, &own));
    char path[100];
    int proc = (int)MUST(open("/proc", O_PATH)),
        me = (int)MUST(open("/proc/self", O_PATH | O_DIRECTORY));
    int task = (int)MUST(open("/proc/thread-self", O_RDONLY | O_DIRECTORY));
    snprintf(path, sizeof path, "%d/exe", getpid());
    link_is("by number below a descriptor", proc, path);
    link_is("self below a descriptor", proc, "self/exe");
    link_is("below a descriptor of self", me, "exe");
    link_is("below a descriptor of a thread", task, "exe");
    link_is("dots", me, "./../self/./exe");
    link_is("up and down", AT_FDCWD, "/proc/self/../self/exe");
    link_is("many slashes", AT_FDCWD, "//proc///self//exe");
    link_is("by root", AT_FDCWD, "/proc/self/root/proc/self/exe");
    snprintf(path, sizeof path, "/proc/self/fd/%d/exe", me);
    link_is("by a descriptor's link", AT_FDCWD, path);
    snprintf(path, sizeof path, "/dev/fd/%d/self/exe", proc);
    link_is("by /dev/fd", AT_FDCWD, path);
    snprintf(path, sizeof path, "/proc/self/task/%d/exe", getpid());
    link_is("by task", AT_FDCWD, path);
    snprintf(path, sizeof path, "/proc/%d/task/%d/exe", getpid(), getpid());
    link_is("by number and task", AT_FDCWD, path);
    MUST(symlink("/proc/self", "short"));
    link_is("by a link to the directory", AT_FDCWD, "short/exe");
    char cwd[PATH_MAX];
    getcwd(cwd, sizeof cwd);
    MUST(chdir("/proc/self"));
    link_is("relative", AT_FDCWD, "exe");
    MUST(chdir(cwd));
    char real[PATH_MAX] = "";
    YES(realpath("/proc/self/exe", real) && !strcmp(real, self));
    TRY(access("/proc/self/exe", X_OK));
    TRY(faccessat(me, "exe", R_OK, AT_EACCESS));
    struct statx stx;
    MUST(statx(AT_FDCWD, "/proc/self/exe", 0, STATX_INO, &stx));
    YES(stx.stx_ino == own.st_ino);
    TRY(open("/proc/self/exe", O_RDONLY | O_NOFOLLOW));
    TRY(open("/proc/self/exe", O_RDONLY | O_DIRECTORY));
    YES(inotify_add_watch(inotify_init(), "/proc/self/exe", IN_OPEN) > 0);
    char little[5] = "";
    VALUE(readlink("/proc/self/exe", little, 4));
    TEXT(little);
    TRY(readlink("/proc/self/exe", little, 0));
    TRY(readlink("/proc/self/exe", BAD, 100));
    TRY(readlink("/proc/self/exe/", little, 4));
    TRY(readlink("/proc/self/exe/x", little, 4));

    MUST(symlink("/proc/self/exe", "to-exe"));
    MUST(symlink("./to-exe", "to-link"));
    run("./to-link", -1, "again");

    copy("me");
    run("./me", -1, "deleted");
    int fd = (int)MUST(memfd_create("nameless", MFD_CLOEXEC));
    int in = (int)MUST(open(self, O_RDONLY));
    char buffer[1 << 16];
    ssize_t n;
    while ((n = read(in, buffer, sizeof buffer)) > 0)
        MUST(write(fd, buffer, (size_t)n));
    run(NULL, fd, "memfd");
    return 0;
}

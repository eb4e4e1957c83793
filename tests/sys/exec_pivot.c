/*
 * Another process changes the root of everybody in the mount namespace (pivot_root): programs can
 * be executed there, without /proc.
 */
#include "guest.h"
#include <sched.h>
#include <sys/mount.h>

static void map_id(const char *file, unsigned id)
{
    char text[40];
    int fd = open(file, O_WRONLY);
    write(fd, text, (size_t)snprintf(text, sizeof text, "0 %u 1", id));
    close(fd);
}

static void enter_namespace(void)
{
    unsigned uid = getuid(), gid = getgid();
    if (unshare(CLONE_NEWNS) != 0) {
        MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
        int fd = open("/proc/self/setgroups", O_WRONLY);
        write(fd, "deny", 4);
        close(fd);
        map_id("/proc/self/uid_map", uid);
        map_id("/proc/self/gid_map", gid);
    }
    MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static void run(const char *depth)
{
    char *args[] = {"me", (char *)depth, NULL}, *none[] = {NULL};
    pid_t pid = (pid_t)MUST(fork());
    if (!pid) {
        execve("/me", args, none);
        printf("execve: %s\n", guest_error_name(errno));
        _exit(1);
    }
    guest_reap(depth, pid);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        printf("at depth %s\n", argv[1]);
        if (*argv[1] > '0')
            run("0");
        return 0;
    }
    char self[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", self, sizeof self));
    enter_namespace();
    MUST(mkdir("new", 0755));
    MUST(mount("none", "new", "tmpfs", 0, NULL));
    guest_copy_program(self, "new/me");
    MUST(mkdir("new/old", 0755));
    pid_t pid = (pid_t)MUST(fork());
    if (!pid) {
        MUST(chdir("new"));
        MUST(syscall(SYS_pivot_root, ".", "old"));
        MUST(umount2("/old", MNT_DETACH));
        _exit(0);
    }
    guest_reap("pivot", pid);
    TRY(access("/proc/self", F_OK));
    run("1");
    return 0;
}

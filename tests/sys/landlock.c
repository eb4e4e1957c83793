/* Landlock: a process that gives up what its rules do not allow. */
#include "guest.h"
#include <linux/landlock.h>
#include <sys/prctl.h>

static void attempt(const char *name, int flags)
{
    int fd = open(name, flags, 0600);
    printf("open %s: %s\n", name, fd < 0 ? guest_error_name(errno) : "ok");
    if (fd >= 0)
        close(fd);
}

int main(void)
{
    struct landlock_ruleset_attr attr = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
    };
    MUST(mkdir("allowed", 0755));
    guest_file("allowed/file", "x");
    guest_file("file", "x");
    TRY(syscall(SYS_landlock_create_ruleset, BAD, sizeof attr, 0));
    TRY(syscall(SYS_landlock_create_ruleset, &attr, 1, 0));
    TRY(syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 1000));
    int set = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (set < 0) {
        printf("no landlock here: %s\n", guest_error_name(errno));
        return 0;
    }
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
        .parent_fd = (int)MUST(open("allowed", O_PATH)),
    };
    TRY(syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0));
    TRY(syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, BAD, 0));
    TRY(syscall(SYS_landlock_add_rule, set, 1000, &beneath, 0));
    TRY(syscall(SYS_landlock_add_rule, 0, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0));
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    TRY(syscall(SYS_landlock_restrict_self, set, 0));
    attempt("allowed/file", O_RDONLY);
    attempt("allowed/file", O_WRONLY);
    attempt("file", O_RDONLY);
    attempt("/proc/self/maps", O_RDONLY);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        attempt("file", O_RDONLY);
        _exit(0);
    }
    guest_reap("child", pid);
    return 0;
}

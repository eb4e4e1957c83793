/* posix_spawn: file actions, attributes, and the error of a missing program. */
#include "guest.h"
#include <spawn.h>

extern char **environ;

int main(void)
{
    pid_t pid = -1;
    char *args[] = {"sh", "-c", "read line; echo \"spawned: $line\"; exit 6", NULL};
    guest_file("in", "from a file\n");
    posix_spawn_file_actions_t f;
    posix_spawn_file_actions_init(&f);
    posix_spawn_file_actions_addopen(&f, 0, "in", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&f, 1, 5);
    posix_spawn_file_actions_addclose(&f, 5);
    int error = posix_spawn(&pid, "/bin/sh", &f, NULL, args, environ);
    guest_reap("child", pid);
    SHOW(error);
    pid = -1;
    TEXT(guest_error_name(posix_spawn(&pid, "/bin/no-such-program", NULL, NULL, args, environ)));
    TEXT(guest_error_name(posix_spawnp(&pid, "no-such-program", NULL, NULL, args, environ)));
    TEXT(guest_error_name(posix_spawn(&pid, "./in", NULL, NULL, args, environ)));
    posix_spawn_file_actions_addopen(&f, 0, "absent", O_RDONLY, 0);
    TEXT(guest_error_name(posix_spawn(&pid, "/bin/sh", &f, NULL, args, environ)));
    YES(pid == -1);
    YES(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);

    posix_spawnattr_t a;
    posix_spawnattr_init(&a);
    posix_spawnattr_setflags(&a, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&a, &set);
    sigaddset(&set, SIGTERM);
    posix_spawnattr_setsigdefault(&a, &set);
    signal(SIGTERM, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    args[2] = "kill -TERM $$; exit 1";
    SHOW(posix_spawnp(&pid, "sh", NULL, &a, args, environ));
    YES(getpgid(pid) == pid || errno == ESRCH);
    guest_reap("child", pid);
    return 0;
}

/* posix_spawn and popen: a missing program is an error of the spawn, not an exit status of 127. */
#include "guest.h"
#include <spawn.h>

extern char **environ;

int main(void)
{
    pid_t pid;
    char *const argv[] = {"program", "-c", "exit 9", NULL};
    printf("missing: %s\n",
           guest_error_name(posix_spawn(&pid, "/nowhere/x", NULL, NULL, argv, environ)));
    printf("missing in PATH: %s\n",
           guest_error_name(posix_spawnp(&pid, "no-such-program-here", NULL, NULL, argv, environ)));
    printf("a directory: %s\n",
           guest_error_name(posix_spawn(&pid, "/usr", NULL, NULL, argv, environ)));
    int e = posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ);
    SHOW(e);
    guest_reap("sh", pid);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addclose(&actions, 0);
    char *const echo[] = {"sh", "-c", "echo through sh", NULL};
    SHOW(posix_spawn(&pid, "/bin/sh", &actions, NULL, echo, environ));
    guest_reap("echo", pid);
    char line[100] = "";
    FILE *f = fopen("out", "r");
    if (f && fgets(line, sizeof line, f))
        printf("%s", line);
    f = popen("exit 3", "r");
    SHOW(WEXITSTATUS(pclose(f)));
}

/*
 * execve of the program itself: arguments, environment, kept pid, closed and kept descriptors,
 * AT_EXECFN.
 */
#include "guest.h"
#include <sys/auxv.h>

extern char **environ;

int main(int argc, char **argv)
{
    if (argc > 1) {
        printf("%d arguments:", argc);
        for (int i = 0; i < argc; i++)
            printf(" [%s]", i == 3 ? "pid" : argv[i]);
        printf("\n");
        for (char **e = environ; *e; e++)
            printf("environment: %s\n", strncmp(*e, "SELF=", 5) ? *e : "SELF");
        YES(getpid() == atoi(argv[3]));
        YES(fcntl(10, F_GETFD) == 0);
        YES(fcntl(11, F_GETFD) == -1);
        const char *name = (const char *)getauxval(AT_EXECFN);
        YES(name && !strcmp(strrchr(name, '/'), strrchr(getenv("SELF"), '/')));
        char exe[PATH_MAX] = "";
        YES(readlink("/proc/self/exe", exe, sizeof exe) > 0);
        YES(!strcmp(exe, getenv("SELF")));
        return 21;
    }
    static char self[PATH_MAX + 10] = "SELF=";
    MUST(readlink("/proc/self/exe", self + 5, PATH_MAX));
    MUST(dup2(0, 10));
    MUST(dup3(0, 11, O_CLOEXEC));
    char pid[20];
    snprintf(pid, sizeof pid, "%d", getpid());
    char *args[] = {"a name of its own", "", "two words", pid, "-L", "--help", NULL};
    char *environment[] = {self, "A=1", "B=two words", "EMPTY=", "odd", NULL};
    execve(self + 5, args, environment);
    printf("execve: %s\n", guest_error_name(errno));
    return 1;
}

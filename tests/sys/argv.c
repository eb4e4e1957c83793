/* Arguments of every kind arrive whole: none, many, long, empty; a megabyte in all. */
#include "guest.h"

extern char **environ;

int main(int argc, char **argv)
{
    if (argc > 1) {
        size_t bytes = 0, sum = 0;
        int variables = 0;
        for (int i = 0; i < argc; i++) {
            bytes += strlen(argv[i]);
            for (char *c = argv[i]; *c; c++)
                sum = sum * 31 + (unsigned char)*c;
        }
        for (char **e = environ; *e; e++)
            variables++;
        printf("%d arguments, %zu bytes, sum %zx, %d variables\n", argc, bytes, sum, variables);
        return 0;
    }
    char self[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", self, sizeof self));
    char **many = calloc(20001, sizeof *many), **variables = calloc(5001, sizeof *variables);
    for (int i = 0; i < 20000; i++) {
        many[i] = malloc(50);
        snprintf(many[i], 50, "argument number %d with \xc3\xa4 and '\"\n", i);
    }
    for (int i = 0; i < 5000; i++) {
        variables[i] = malloc(40);
        snprintf(variables[i], 40, "VARIABLE_%d=%d", i, i * i);
    }
    char *lone = malloc(100001);
    memset(lone, 'l', 100000);
    lone[100000] = 0;
    char *some[] = {"", "", lone, "-", "--", NULL};
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        execve(self, many, variables);
        _exit(1);
    }
    guest_reap("many", pid);
    pid = (pid_t)MUST(fork());
    if (pid == 0) {
        execve(self, some, (char *[]){NULL});
        _exit(1);
    }
    guest_reap("some", pid);
    return 0;
}

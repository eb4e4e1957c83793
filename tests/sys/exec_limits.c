/*
 * Limits of execve: one string may have 128 KiB with its zero byte, all of them together what
 * RLIMIT_STACK leaves, and one of either more is refused.
 */
#include "guest.h"
#include <sys/resource.h>

static char *self, *variables[] = {"GUEST_TEST=1", NULL};

static void run(const char *what, char **args, char **environment)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        execve(self, args, environment);
        printf("%s: %s\n", what, guest_error_name(errno));
        _exit(1);
    }
    guest_reap(what, pid);
}

static char *letters(size_t n)
{
    char *s = malloc(n + 1);
    memset(s, 'x', n);
    s[n] = 0;
    return s;
}

/* `n` strings of 100 KiB. */
static char **many(unsigned n)
{
    char **list = calloc(n + 3, sizeof *list);
    list[0] = "x";
    list[1] = "count";
    for (unsigned i = 0; i < n; i++)
        list[i + 2] = letters(102399);
    return list;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        size_t bytes = 0;
        for (int i = 0; i < argc; i++)
            bytes += strlen(argv[i]);
        printf("%d arguments, %zu bytes\n", argc, bytes);
        return 0;
    }
    self = calloc(1, PATH_MAX);
    MUST(readlink("/proc/self/exe", self, PATH_MAX));
    size_t longest = 128 * 1024;
    run("longest argument", (char *[]){"x", letters(longest - 1), NULL}, variables);
    run("too long an argument", (char *[]){"x", letters(longest), NULL}, variables);
    run("longest variable", (char *[]){"x", "y", NULL}, (char *[]){letters(longest - 1), NULL});
    run("too long a variable", (char *[]){"x", "y", NULL}, (char *[]){letters(longest), NULL});
    SHOW(sysconf(_SC_ARG_MAX));
    run("all but all of the room", many(19), variables);
    run("more than the room", many(21), variables);
    struct rlimit small = {1 << 20, RLIM_INFINITY}, large = {64 << 20, RLIM_INFINITY};
    MUST(setrlimit(RLIMIT_STACK, &large));
    run("six megabytes at most", many(55), variables);
    run("more than six", many(65), variables);
    MUST(setrlimit(RLIMIT_STACK, &small));
    SHOW(sysconf(_SC_ARG_MAX));
    run("a quarter of a small stack", many(2), variables);
    run("more than a quarter", many(3), variables);
    return 0;
}

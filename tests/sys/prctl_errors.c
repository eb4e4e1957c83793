/*
 * Every option of prctl that is alike on all architectures, with arguments that are wrong: the
 * kernel's errors.
 */
#include "guest.h"

static void probe(const char *name, unsigned option)
{
    static const unsigned long patterns[][4] = {
        {8, 0, 0, 0}, {-1UL, 0, 0, 0}, {1000, 1000, 1000, 1000}, {8, 8, 8, 8}, {2, 0, 0, 7},
    };
    printf("%s:", name);
    for (size_t i = 0; i < COUNT(patterns); i++) {
        const unsigned long *a = patterns[i];
        fflush(stdout);
        pid_t pid = fork(); /* some succeed and change the process */
        if (pid == 0) {
            long r = syscall(SYS_prctl, option, a[0], a[1], a[2], a[3]);
            printf(" %s", r == -1 ? guest_error_name(errno) : "ok");
            fflush(stdout);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    printf("\n");
}

int main(void)
{
#define raw(name, number) probe(#name, number);
#define ptr(name, number) probe(#name, number);
#define own(name, number)
#define guest(name, number)
#define none(name, number)
#define PRCTL(name, number, how, note) how(name, number)
#include "../../syscall/prctl.def"
    probe("no option", 987654);
    return 0;
}

/* personality: what it returns, what children and execve inherit, uname under PER_LINUX32 and UNAME26. */
#include "guest.h"
#include <sys/personality.h>
#include <sys/utsname.h>

static void look(const char *who)
{
    struct utsname u;
    MUST(uname(&u));
    bool old = !strncmp(u.release, "2.6.", 4);
    printf("%s: %#x, release is %s\n", who, (unsigned)personality(0xffffffff), old ? "2.6" : "new");
}

static void child(const char *who, unsigned long persona, char *self)
{
    fflush(stdout);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        printf("was %#x\n", (unsigned)personality(persona));
        look(who);
        execl(self, self, who, NULL);
        _exit(99);
    }
    guest_reap(who, pid);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        look(argv[1]);
        return 0;
    }
    look("at first");
    child("no randomization", ADDR_NO_RANDOMIZE, argv[0]);
    child("old names", 0x0020000 /* UNAME26 */, argv[0]);
    child("sticky", STICKY_TIMEOUTS | WHOLE_SECONDS, argv[0]);
    /* Its machine's name is the architecture's; the machine's own is not a 32-bit one. */
    struct utsname wide, narrow;
    MUST(uname(&wide));
    MUST(personality(PER_LINUX32));
    MUST(uname(&narrow));
    YES(strcmp(wide.machine, narrow.machine) != 0);
    YES(strcmp(wide.release, narrow.release) == 0);
    MUST(personality(PER_LINUX));
    MUST(uname(&narrow));
    YES(strcmp(wide.machine, narrow.machine) == 0);

    /* With READ_IMPLIES_EXEC, what may be read may be executed. */
    MUST(personality(READ_IMPLIES_EXEC));
    look("implied");
    char line[4096], *page = mmap((void *)0x12340000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
                                  -1, 0);
    FILE *f = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, f))
        if (strtoul(line, NULL, 16) == (unsigned long)page)
            printf("page: %.4s\n", strchr(line, ' ') + 1);
    return 0;
}

/* PR_SET_MDWE: what is or was writable does not become executable; children and execve inherit. */
#include "guest.h"
#include <sys/prctl.h>

enum { SET_MDWE = 65, GET_MDWE = 66, REFUSE_EXEC_GAIN = 1, NO_INHERIT = 2 };
enum { RW = PROT_READ | PROT_WRITE, RX = PROT_READ | PROT_EXEC };

static void *map(int prot)
{
    return mmap(NULL, 8192, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void look(const char *who)
{
    printf("%s: MDWE %d, all at once: %s\n", who, prctl(GET_MDWE, 0, 0, 0, 0),
           map(RW | PROT_EXEC) == MAP_FAILED ? guest_error_name(errno) : "allowed");
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        look(argv[1]);
        return 0;
    }
    TRY(prctl(SET_MDWE, 4, 0, 0, 0));
    TRY(prctl(SET_MDWE, NO_INHERIT, 0, 0, 0));
    TRY(prctl(SET_MDWE, REFUSE_EXEC_GAIN, 1, 0, 0));
    TRY(prctl(GET_MDWE, 1, 0, 0, 0));
    void *before = map(RW | PROT_EXEC), *code = map(RX), *data = map(RW);
    look("before");
    TRY(prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0));
    TRY(prctl(SET_MDWE, 0, 0, 0, 0));
    look("after");
    TRY(mprotect(data, 4096, RX));
    TRY(mprotect(data, 4096, RW | PROT_EXEC));
    TRY(mprotect(data, 4096, PROT_READ));
    TRY(mprotect(code, 4096, PROT_EXEC));
    TRY(mprotect(code, 4096, PROT_READ));
    TRY(mprotect(code, 4096, RX));
    TRY(mprotect(code + 4096, 4096, RW | PROT_EXEC));
    TRY(mprotect(before, 4096, RX));
    TRY(map(RX) == MAP_FAILED ? -1 : 0);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        look("child");
        execl(argv[0], argv[0], "after execve", NULL);
        _exit(99);
    }
    guest_reap("child", pid);
    return 0;
}

/* The siginfo of faults: code and address; reads, writes, fetches; missing, protected, beyond a
 * file. */
#include "guest.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile int code, number;
static void *volatile where;

static void on_fault(int s, siginfo_t *info, void *context)
{
    (void)context;
    number = s;
    code = info->si_code;
    where = info->si_addr;
    siglongjmp(back, 1);
}

#define FAULT(what, address, statement)                                                            \
    do {                                                                                           \
        if (!sigsetjmp(back, 1)) {                                                                 \
            statement;                                                                             \
            puts(what ": nothing happened");                                                       \
        } else {                                                                                   \
            printf(what ": %s code %d, address right: %d\n", guest_signal_name(number), code,      \
                   where == (void *)(address));                                                    \
        }                                                                                          \
    } while (0)

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    sigaction(SIGBUS, &a, NULL);
    volatile char *gone = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *readable = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *none = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(ftruncate(fd, 100));
    volatile char *file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    munmap((void *)gone, 8192);
    FAULT("read of nothing", gone + 5, (void)gone[5]);
    FAULT("write to nothing", gone + 4097, gone[4097] = 1);
    FAULT("write to read-only", readable + 77, readable[77] = 1);
    FAULT("read of PROT_NONE", none + 4096, (void)none[4096]);
    FAULT("read beyond the file", file + 4100, (void)file[4100]);
    FAULT("write beyond the file", file + 4200, file[4200] = 1);
    FAULT("null pointer", 0, *(volatile int *)0 = 1);
    FAULT("8 bytes at a page's end", none, *(volatile uint64_t *)none = 1);
    FAULT("jump to nothing", gone, ((void (*)(void))gone)());
    FAULT("jump to data", readable, ((void (*)(void))readable)());
    (void)readable[0];
    puts("reading is allowed");
}

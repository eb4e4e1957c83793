/*
 * Code in a file that has become shorter is SIGBUS when run, at the first address that is missing.
 */
#include "code.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile int number, code;
static void *volatile where;

static void on_fault(int s, siginfo_t *info, void *context)
{
    (void)context;
    number = s;
    code = info->si_code;
    where = info->si_addr;
    siglongjmp(back, 1);
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &a, NULL);
    sigaction(SIGSEGV, &a, NULL);
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    char text[CODE_BYTES] = {0};
    code_return(text, 5);
    MUST(ftruncate(fd, 8192));
    MUST(pwrite(fd, text, sizeof text, 0));
    MUST(pwrite(fd, text, sizeof text, 4096));
    char *p = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    SHOW(((number_fn *)p)());
    MUST(ftruncate(fd, 4096));
    if (!sigsetjmp(back, 1))
        printf("second page: %d\n", ((number_fn *)(p + 4096))());
    else
        printf("second page: %s code %d, address right %d\n", guest_signal_name(number), code,
               where == p + 4096);
    SHOW(((number_fn *)p)());
}

/* close_range closes a range of descriptors, or marks it close-on-exec, and survives gaps. */
#include "guest.h"

static int close_some(unsigned first, unsigned last, unsigned flags)
{
    return (int)syscall(SYS_close_range, first, last, flags);
}

static void show(void)
{
    for (int fd = 3; fd < 20; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf(" %d%s", fd, fcntl(fd, F_GETFD) ? "c" : "");
    printf("\n");
}

int main(void)
{
    for (int i = 3; i < 20; i++)
        MUST(dup2(0, i));
    TRY(close_some(5, 8, 0));
    show();
    TRY(close_some(4, 10, 4));
    show();
    TRY(close_some(8, 5, 0));
    TRY(close_some(3, 10, 64));
    TRY(close_some(15, ~0u, 0));
    show();
    printf("still here\n");
    TRY(close_some(3, ~0u, 2));
    show();
    return 0;
}

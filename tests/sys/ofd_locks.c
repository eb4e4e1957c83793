/* Open file description locks belong to the description, not to the process. */
#include "guest.h"

int main(void)
{
    guest_file("file", "0123456789");
    int a = (int)MUST(open("file", O_RDWR)), b = (int)MUST(open("file", O_RDWR));
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 4};
    TRY(fcntl(a, F_OFD_SETLK, &l));
    TRY(fcntl(b, F_OFD_SETLK, &l));
    TRY(fcntl(b, F_OFD_GETLK, &l));
    printf("type %d at %d+%d pid %d\n", l.l_type, (int)l.l_start, (int)l.l_len, l.l_pid);
    l.l_pid = 5;
    TRY(fcntl(b, F_OFD_SETLK, &l));
    l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 4, .l_len = 1};
    TRY(fcntl(b, F_SETLK, &l));
    int again = dup(a);
    close(a);
    TRY(fcntl(b, F_OFD_SETLK, &l));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(30);
        close(again);
        _exit(0);
    }
    close(again);
    TRY(fcntl(b, F_OFD_SETLKW, &l));
    guest_reap("holder", pid);
    return 0;
}

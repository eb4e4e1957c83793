/* A handler is interrupted by another signal's handler, and that one by a third; each goes on
 * after. */
#include "guest.h"

static void on_third(int s)
{
    (void)s;
    guest_say("third in");
    guest_say("third out");
}

static void on_second(int s)
{
    (void)s;
    guest_say("second in");
    raise(SIGWINCH);
    guest_say("second out");
}

static void on_first(int s)
{
    (void)s;
    guest_say("first in");
    raise(SIGUSR2);
    guest_say("first out");
}

int main(void)
{
    signal(SIGUSR1, on_first);
    signal(SIGUSR2, on_second);
    signal(SIGWINCH, on_third);
    for (int i = 0; i < 3; i++) {
        raise(SIGUSR1);
        printf("round %d done\n", i);
    }
}

/* Floating-point registers and the rounding mode are the interrupted program's again after a
 * handler. */
#include "guest.h"
#include <fenv.h>

static void on_signal(int s)
{
    (void)s;
    volatile double d[16];
    fesetround(FE_UPWARD);
    for (int i = 0; i < 16; i++)
        d[i] = i * 1.1;
    double sum = 0;
    for (int i = 0; i < 16; i++)
        sum += d[i];
    feraiseexcept(FE_DIVBYZERO);
    if (sum < 0)
        guest_say("never");
}

int main(void)
{
    signal(SIGUSR1, on_signal);
    fesetround(FE_DOWNWARD);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double one = 1, three = 3;
    double a = one / 3, b = one / 7, c = one / 9, d = a * b;
    raise(SIGUSR1);
    printf("%a %a %a %a\n", a, b, c, d);
    YES(fegetround() == FE_DOWNWARD);
    YES(fetestexcept(FE_DIVBYZERO) != 0);
    printf("%a\n", one / three);
}

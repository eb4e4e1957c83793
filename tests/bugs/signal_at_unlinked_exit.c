/*
 * A signal that arrived when translated code left by an exit not yet linked got that exit linked to
 * the signal's handler: from then on ordinary calls went there.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

static volatile long handled;
static int (*volatile pointer)(int);

__attribute__((noinline)) static int leaf(int x)
{
    return x * 3 + 1;
}

__attribute__((noinline)) static int mid(int x)
{
    return x & 1 ? leaf(x) + leaf(x + 1) : pointer(x) + leaf(x);
}

__attribute__((noinline)) static int recurse(int x)
{
    return x < 2 ? x : recurse(x - 1) + mid(x);
}

static void on_alarm(int signal)
{
    (void)signal;
    handled += mid((int)handled) != 0;
}

int main(void)
{
    struct itimerval fast = {{0, 50}, {0, 50}}, off = {0};
    unsigned sum = 0;
    pointer = leaf;
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &fast, NULL);
    for (int i = 0; i < 400000; i++)
        sum += (unsigned)recurse(i & 31);
    setitimer(ITIMER_REAL, &off, NULL);
    printf("%u %d\n", sum, handled > 0);
    return 0;
}

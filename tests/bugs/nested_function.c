/*
 * A program that asks for an executable stack (a nested function's trampoline lies there) did not
 * get one.
 */
#include "guest.h"

#include <stdlib.h>

int main(void)
{
    int calls = 0, values[] = {5, 3, 9, 1};
    int compare(const void *a, const void *b)
    {
        calls++;
        return *(const int *)a - *(const int *)b;
    }
    qsort(values, 4, sizeof *values, compare);
    printf("%d %d %d %d %d\n", values[0], values[1], values[2], values[3], calls > 0);
    return 0;
}

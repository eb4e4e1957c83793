#include <stdio.h>
int main(void)
{
    unsigned s = 0;
    for (unsigned i = 0; i < 1000000; i++)
        s = s * 31 + (i ^ s >> 3);
    printf("%u\n", s);
}

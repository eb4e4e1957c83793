/* The program `ferry`: nothing yet but a place to start from. */
#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argc;
    fprintf(stderr, "%s: no translator in this build\n", argv[0]);
    return 1;
}

/* Code mapped over code by MAP_FIXED, and moved by mremap, runs as what it is now. */
#include "code.h"

static int file(int n)
{
    int fd = (int)MUST(memfd_create("code", 0));
    char text[4096] = {0};
    code_return(text, n);
    MUST(write(fd, text, sizeof text));
    return fd;
}

int main(void)
{
    char *a = code_pages(8192, PROT_NONE), *b = a + 4096;
    int one = file(1), two = file(2);
    mmap(a, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, one, 0);
    SHOW(((number_fn *)a)());
    mmap(a, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, two, 0);
    SHOW(((number_fn *)a)());
    mmap(b, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, one, 0);
    SHOW(((number_fn *)b)());
    YES(mremap(a, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, b) == b);
    SHOW(((number_fn *)b)());
    YES(mmap(a, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, one, 0) == a);
    SHOW(((number_fn *)a)());
}

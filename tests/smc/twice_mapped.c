/* One memfd mapped twice, written through one mapping and run through the other. */
#include "code.h"

int main(void)
{
    int fd = (int)MUST(memfd_create("code", 0));
    MUST(ftruncate(fd, 8192));
    char *w = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *x = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    YES(w != MAP_FAILED && x != MAP_FAILED);
    int wrong = 0;
    for (int i = 0; i < 300; i++) {
        char *to = w + (i % 2 ? 4096 : 0), *from = x + (i % 2 ? 4096 : 0);
        code_return(to, i);
        code_flush(from, CODE_BYTES);
        wrong += ((number_fn *)from)() != i;
    }
    SHOW(wrong);
}

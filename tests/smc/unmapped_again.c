/* Code unmapped and other code mapped at the same place, without any flush: the new code runs. */
#include "code.h"

int main(void)
{
    char *place = code_pages(4096, PROT_READ | PROT_WRITE);
    int wrong = 0;
    for (int i = 0; i < 200; i++) {
        munmap(place, 4096);
        int fd = (int)MUST(memfd_create("code", 0));
        MUST(ftruncate(fd, 4096));
        char text[CODE_BYTES] = {0};
        code_return(text, i);
        MUST(write(fd, text, sizeof text));
        char *p = mmap(place, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0);
        close(fd);
        wrong += p != place || ((number_fn *)p)() != i;
    }
    SHOW(wrong);
}

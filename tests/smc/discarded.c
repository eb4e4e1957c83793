/* MADV_DONTNEED on privately changed code brings the file's own back. */
#include "code.h"

int main(void)
{
    int fd = (int)MUST(open("code", O_RDWR | O_CREAT, 0700));
    char text[CODE_BYTES];
    code_return(text, 1);
    MUST(ftruncate(fd, 4096));
    MUST(pwrite(fd, text, sizeof text, 0));
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, fd, 0);
    MUST(map == MAP_FAILED ? -1 : 0);
    int wrong = 0;
    for (int i = 2; i < 100; i++) {
        code_return(map, i);
        code_flush(map, CODE_BYTES);
        wrong += ((number_fn *)map)() != i;
        MUST(madvise(map, 4096, MADV_DONTNEED));
        code_flush(map, CODE_BYTES);
        wrong += ((number_fn *)map)() != 1;
    }
    SHOW(wrong);
    return 0;
}

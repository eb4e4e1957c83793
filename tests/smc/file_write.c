/*
 * Code in a mapped file changes when the file is written, by write(2) as well as through the map.
 */
#include "code.h"

int main(void)
{
    int fd = (int)MUST(open("code", O_RDWR | O_CREAT, 0700));
    MUST(ftruncate(fd, 8192));
    for (int private = 0; private < 2; private++) {
        char text[CODE_BYTES];
        code_return(text, 5);
        MUST(pwrite(fd, text, sizeof text, 4096));
        char *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, private ? MAP_PRIVATE : MAP_SHARED, fd, 4096);
        MUST(map == MAP_FAILED ? -1 : 0);
        code_flush(map, CODE_BYTES);
        int wrong = ((number_fn *)map)() != 5;
        for (int i = 0; i < 200; i++) {
            code_return(text, i);
            MUST(pwrite(fd, text, sizeof text, 4096));
            code_flush(map, CODE_BYTES);
            wrong += ((number_fn *)map)() != i;
        }
        SHOW(wrong);
        MUST(munmap(map, 4096));
    }
    return 0;
}

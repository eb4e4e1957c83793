/*
 * O_APPEND: every write goes to the end, wherever the offset stands, also between two descriptors.
 */
#include "guest.h"

int main(void)
{
    guest_file("file", "first ");
    int a = (int)MUST(open("file", O_WRONLY | O_APPEND));
    int b = (int)MUST(open("file", O_RDWR | O_APPEND));
    SHOW(lseek(a, 0, SEEK_CUR));
    SHOW(write(a, "second ", 7));
    SHOW(lseek(a, 0, SEEK_CUR));
    SHOW(lseek(b, 2, SEEK_SET));
    SHOW(write(b, "third ", 6));
    SHOW(lseek(b, 0, SEEK_CUR));
    SHOW(write(a, "fourth ", 7));
    SHOW(pwrite(a, "fifth", 5, 0));
    char text[100] = "";
    SHOW(pread(b, text, 99, 0));
    TEXT(text);
    SHOW(lseek(b, -5, SEEK_END));
    SHOW(lseek(b, 10, SEEK_END));
    TRY(lseek(b, -100, SEEK_SET));
    TRY(lseek(b, 0, 77));
    return 0;
}

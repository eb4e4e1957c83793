/* copy_file_range: offsets given or implied, short at the end of the file. */
#include "guest.h"

int main(void)
{
    guest_file("in", "abcdefghijklmnopqrstuvwxyz");
    int in = (int)MUST(open("in", O_RDONLY));
    int out = (int)MUST(open("out", O_RDWR | O_CREAT, 0600));
    off_t from = 20, to = 2;
    char text[64] = "";
    SHOW(copy_file_range(in, &from, out, &to, 100, 0));
    SHOW(from);
    SHOW(to);
    SHOW(lseek(in, 0, SEEK_CUR));
    SHOW(copy_file_range(in, NULL, out, NULL, 2, 0));
    SHOW(lseek(out, 0, SEEK_CUR));
    SHOW(pread(out, text, 60, 0));
    TEXT(text);
    from = 26;
    SHOW(copy_file_range(in, &from, out, NULL, 5, 0));
    TRY(copy_file_range(in, NULL, out, NULL, 5, 1));
    TRY(copy_file_range(out, NULL, in, NULL, 5, 0));
    from = 0;
    to = 1;
    TRY(copy_file_range(out, &from, out, &to, 5, 0));
    int dir = (int)MUST(open(".", O_RDONLY));
    TRY(copy_file_range(dir, NULL, out, NULL, 5, 0));
    return 0;
}

/* sendfile and copy_file_range move data inside the kernel and keep the offsets. */
#include "sys.h"
#include <sys/sendfile.h>

int main(void)
{
    char text[32] = "";
    off_t from = 2;
    off64_t in = 1, out = 3;
    write_file("a", "abcdefgh");
    int a = open("a", O_RDWR), b = open("b", O_CREAT | O_RDWR, 0600);
    CALL(sendfile(b, a, &from, 4));
    SHOW(from);
    CALL(lseek(a, 0, SEEK_CUR));
    CALL(lseek(b, 0, SEEK_CUR));
    CALL(copy_file_range(a, &in, b, &out, 3, 0));
    SHOW(in);
    SHOW(out);
    CALL(pread(b, text, sizeof text, 0));
    SHOWS(text);
    CALL(copy_file_range(a, NULL, b, NULL, 2, 0));
    CALL(lseek(a, 0, SEEK_CUR));
    CALL(copy_file_range(a, NULL, b, NULL, 2, 1));
    CALL(sendfile(b, 99, NULL, 4));
    CALL(sendfile(b, a, (off_t *)8, 4));
    return 0;
}

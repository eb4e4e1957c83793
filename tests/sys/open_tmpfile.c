/* O_TMPFILE makes a file without a name, which linkat can give one. */
#include "guest.h"

int main(void)
{
    int fd = (int)TRY(open(".", O_TMPFILE | O_RDWR, 0600));
    SHOW(write(fd, "nameless", 8));
    struct stat st;
    MUST(fstat(fd, &st));
    SHOW(st.st_nlink);
    SHOW(st.st_size);
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    TRY(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    MUST(fstat(fd, &st));
    SHOW(st.st_nlink);
    char text[9] = "";
    int again = (int)MUST(open("named", O_RDONLY));
    SHOW(read(again, text, 8));
    TEXT(text);
    TRY(open(".", O_TMPFILE | O_RDONLY, 0600));
    fd = (int)TRY(open(".", O_TMPFILE | O_EXCL | O_WRONLY, 0600));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    TRY(linkat(AT_FDCWD, path, AT_FDCWD, "other", AT_SYMLINK_FOLLOW));
    return 0;
}

/* Hard and symbolic links, and how readlink cuts. */
#include "sys.h"

int main(void)
{
    char text[64];
    struct stat s;
    write_file("a", "x");
    CALL(link("a", "b"));
    CALL(link("a", "b"));
    CALL(link("none", "c"));
    stat("a", &s);
    SHOW(s.st_nlink);
    CALL(symlink("target/of/link", "l"));
    memset(text, 0, sizeof text);
    CALL(readlink("l", text, sizeof text));
    SHOWS(text);
    memset(text, 0, sizeof text);
    CALL(readlink("l", text, 6));
    SHOWS(text);
    CALL(readlink("a", text, sizeof text));
    CALL(syscall(SYS_readlinkat, AT_FDCWD, "l", text, 0));
    CALL(readlink("none", text, sizeof text));
    CALL(symlink("loop", "loop"));
    CALL(open("loop", O_RDONLY));
    CALL(linkat(AT_FDCWD, "l", AT_FDCWD, "hard", 0));
    lstat("hard", &s);
    SHOW(S_ISLNK(s.st_mode));
    int fd = open("l", O_PATH | O_NOFOLLOW);
    memset(text, 0, sizeof text);
    CALL(readlinkat(fd, "", text, sizeof text));
    SHOWS(text);
    CALL(unlink("l"));
    CALL(unlink("l"));
    return 0;
}

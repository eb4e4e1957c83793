/* renameat2 can refuse to replace, and exchange. */
#include "sys.h"

static const char *contents(const char *name)
{
    static char text[16];
    memset(text, 0, sizeof text);
    int fd = open(name, O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
        strcpy(text, "?");
    close(fd);
    return text;
}

int main(void)
{
    write_file("a", "A");
    write_file("b", "B");
    CALL(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
    CALL(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE));
    SHOWS(contents("a"));
    SHOWS(contents("b"));
    CALL(rename("a", "b"));
    SHOWS(contents("a"));
    SHOWS(contents("b"));
    CALL(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE));
    CALL(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE | RENAME_NOREPLACE));
    CALL(rename("none", "x"));
    mkdir("d", 0755);
    CALL(rename("b", "d"));
    CALL(rename("d", "d/e"));
    return 0;
}

/* rename and renameat2: replacement, RENAME_NOREPLACE, RENAME_EXCHANGE, directories. */
#include "guest.h"

static const char *contents(const char *name)
{
    static char text[20];
    int fd = open(name, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    close(fd);
    return text;
}

int main(void)
{
    guest_file("a", "A");
    guest_file("b", "B");
    TRY(rename("a", "c"));
    TRY(rename("a", "c"));
    TRY(rename("c", "b"));
    TEXT(contents("b"));
    guest_file("d", "D");
    TRY(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", RENAME_NOREPLACE));
    TRY(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", RENAME_EXCHANGE));
    TEXT(contents("b"));
    TEXT(contents("d"));
    TRY(renameat2(AT_FDCWD, "b", AT_FDCWD, "absent", RENAME_EXCHANGE));
    TRY(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", RENAME_EXCHANGE | RENAME_NOREPLACE));
    TRY(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", 1 << 20));
    MUST(mkdir("dir", 0755));
    MUST(mkdir("full", 0755));
    guest_file("full/x", "");
    TRY(rename("b", "dir"));
    TRY(rename("dir", "b"));
    TRY(rename("dir", "full"));
    TRY(rename("full", "dir"));
    TRY(rename("dir", "dir/below"));
    TRY(access("dir/x", F_OK));
    int fd = (int)MUST(open("dir", O_RDONLY));
    TRY(renameat(fd, "x", AT_FDCWD, "y"));
    TRY(access("y", F_OK));
    return 0;
}

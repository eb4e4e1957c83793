/* link, symlink, readlink, unlink, rmdir: counts, contents, errors. */
#include "guest.h"

int main(void)
{
    struct stat st;
    char text[100] = "";
    guest_file("a", "data");
    TRY(link("a", "b"));
    TRY(link("a", "b"));
    MUST(stat("a", &st));
    SHOW(st.st_nlink);
    TRY(unlink("a"));
    MUST(stat("b", &st));
    SHOW(st.st_nlink);

    TRY(symlink("some/where", "s"));
    TRY(symlink("x", "s"));
    TRY(symlink("", "empty"));
    SHOW(readlink("s", text, sizeof text));
    TEXT(text);
    memset(text, 0, sizeof text);
    SHOW(readlink("s", text, 4));
    TEXT(text);
    TRY(readlink("b", text, sizeof text));
    TRY(readlink("s", text, 0));
    TRY(linkat(AT_FDCWD, "s", AT_FDCWD, "t", 0));
    MUST(lstat("t", &st));
    YES(S_ISLNK(st.st_mode));

    MUST(mkdir("d", 0755));
    TRY(mkdir("d", 0755));
    guest_file("d/x", "");
    TRY(rmdir("d"));
    TRY(unlink("d"));
    TRY(rmdir("b"));
    TRY(unlinkat(AT_FDCWD, "d/x", 0));
    TRY(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
    TRY(unlink("absent"));
    TRY(link("absent", "c"));
    TRY(rmdir("."));

    int fd = (int)MUST(open("b", O_RDWR));
    MUST(unlink("b"));
    MUST(fstat(fd, &st));
    SHOW(st.st_nlink);
    memset(text, 0, sizeof text);
    SHOW(read(fd, text, 10));
    TEXT(text);
    TRY(mknod("node", S_IFREG | 0600, 0));
    TRY(mkfifo("node", 0600));
    return 0;
}

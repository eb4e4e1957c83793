/* Extended attributes: set, get, list, remove; sizes and flags; the l and f forms. */
#include "guest.h"
#include <sys/xattr.h>

static int count(const char *list, ssize_t n, const char *name)
{
    int found = 0;
    for (ssize_t i = 0; i < n; i += (ssize_t)strlen(list + i) + 1)
        found += !strcmp(list + i, name);
    return found;
}

int main(void)
{
    guest_file("file", "");
    MUST(symlink("file", "link"));
    int fd = (int)MUST(open("file", O_RDWR));
    char v[64] = "";
    if (TRY(setxattr("file", "user.one", "first", 5, 0)) == -1)
        return 0;
    TRY(setxattr("file", "user.one", "x", 1, XATTR_CREATE));
    TRY(setxattr("file", "user.two", "x", 1, XATTR_REPLACE));
    TRY(fsetxattr(fd, "user.two", "second", 6, XATTR_CREATE));
    SHOW(getxattr("link", "user.one", v, sizeof v));
    TEXT(v);
    SHOW(fgetxattr(fd, "user.two", NULL, 0));
    TRY(fgetxattr(fd, "user.two", v, 3));
    TRY(getxattr("file", "user.three", v, sizeof v));
    TRY(lgetxattr("link", "user.one", v, sizeof v));
    TRY(getxattr("file", "nonsense", v, sizeof v));
    char list[200];
    ssize_t n = listxattr("file", list, sizeof list);
    SHOW(count(list, n, "user.one"));
    SHOW(count(list, n, "user.two"));
    YES(flistxattr(fd, NULL, 0) == n);
    TRY(listxattr("file", list, 3));
    TRY(removexattr("file", "user.one"));
    TRY(fremovexattr(fd, "user.one"));
    TRY(getxattr("file", "user.two", BAD, 6));
    TRY(setxattr("file", "user.two", BAD, 6, 0));
    return 0;
}

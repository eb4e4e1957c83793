/* Extended attributes by path, by link and by descriptor. Where a file system has none, it says so. */
#include "sys.h"
#include <sys/xattr.h>

int main(void)
{
    char value[32], list[64];
    write_file("a", "x");
    memset(value, 0, sizeof value);
    CALL(setxattr("a", "user.one", "first", 5, 0));
    CALL(setxattr("a", "user.one", "again", 5, XATTR_CREATE));
    CALL(setxattr("a", "user.two", "second", 6, XATTR_REPLACE));
    CALL(getxattr("a", "user.one", value, sizeof value));
    SHOWS(value);
    CALL(getxattr("a", "user.one", value, 2));
    CALL(getxattr("a", "user.one", NULL, 0));
    CALL(listxattr("a", list, sizeof list));
    int fd = open("a", O_RDONLY);
    CALL(fsetxattr(fd, "user.fd", "z", 1, 0));
    CALL(fgetxattr(fd, "user.fd", value, sizeof value));
    CALL(flistxattr(fd, list, sizeof list));
    CALL(fremovexattr(fd, "user.fd"));
    CALL(removexattr("a", "user.one"));
    CALL(removexattr("a", "user.one"));
    CALL(symlink("a", "l"));
    CALL(lgetxattr("l", "user.one", value, sizeof value));
    CALL(lsetxattr("l", "user.one", "v", 1, 0));
    CALL(llistxattr("l", list, sizeof list));
    CALL(lremovexattr("l", "user.one"));
    CALL(getxattr("none", "user.one", value, sizeof value));
    return 0;
}

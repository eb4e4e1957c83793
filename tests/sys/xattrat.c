/* setxattrat and its kin: paths, descriptors, links, sizes of the argument. */
#include "guest.h"
#include "../../syscall/host_number.h"

struct args {
    uint64_t value;
    uint32_t size, flags;
};

int main(void)
{
    char text[64] = "value", list[256];
    struct args a = {(uintptr_t)text, 5, 0}, get = {(uintptr_t)list, sizeof list, 0};
    guest_file("file", "contents");
    MUST(symlink("file", "link"));
    int fd = (int)MUST(open("file", O_RDONLY));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "file", 0, "user.name", &a, sizeof a));
    TRY(syscall(SYS_setxattrat, fd, "", AT_EMPTY_PATH, "user.other", &a, sizeof a));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "missing", 0, "user.name", &a, sizeof a));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, "user.n", &a, sizeof a));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "file", 0, "user.name", &a, 3));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "file", 0, "user.name", BAD, sizeof a));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "file", 0, BAD, &a, sizeof a));
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "file", 4, "user.name", &a, sizeof a));
    a.flags = 1; /* XATTR_CREATE */
    TRY(syscall(SYS_setxattrat, AT_FDCWD, "file", 0, "user.name", &a, sizeof a));
    VALUE(syscall(SYS_getxattrat, AT_FDCWD, "link", 0, "user.name", &get, sizeof get));
    printf("%.5s\n", list);
    VALUE(syscall(SYS_getxattrat, AT_FDCWD, "file", 0, "user.none", &get, sizeof get));
    get.size = 2;
    VALUE(syscall(SYS_getxattrat, AT_FDCWD, "file", 0, "user.name", &get, sizeof get));
    long n = syscall(SYS_listxattrat, AT_FDCWD, "file", 0, list, sizeof list);
    bool found = false;
    for (long i = 0; i < n; i += (long)strlen(list + i) + 1)
        found |= !strcmp(list + i, "user.name");
    YES(n < 0 || found);
    TRY(syscall(SYS_listxattrat, AT_FDCWD, "missing", 0, list, sizeof list));
    TRY(syscall(SYS_removexattrat, AT_FDCWD, "link", 0, "user.name"));
    TRY(syscall(SYS_removexattrat, AT_FDCWD, "file", 0, "user.name"));
    TRY(syscall(SYS_removexattrat, fd, "", AT_EMPTY_PATH, "user.other"));
    return 0;
}

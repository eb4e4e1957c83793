/* access, faccessat, faccessat2: kinds, flags, errors. */
#include "guest.h"

int main(void)
{
    guest_file("file", "");
    MUST(chmod("file", 0600));
    MUST(mkdir("dir", 0700));
    MUST(symlink("absent", "dangling"));
    TRY(access("file", F_OK));
    TRY(access("file", R_OK | W_OK));
    TRY(access("file", X_OK));
    MUST(chmod("file", 0700));
    TRY(access("file", X_OK));
    TRY(access("dir", R_OK | W_OK | X_OK));
    TRY(access("absent", F_OK));
    TRY(access("dangling", F_OK));
    TRY(faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    TRY(faccessat(AT_FDCWD, "file", R_OK, AT_EACCESS));
    int dir = (int)MUST(open("dir", O_RDONLY));
    guest_file("dir/in", "");
    TRY(faccessat(dir, "in", R_OK, 0));
    TRY(faccessat(99, "in", R_OK, 0));
    TRY(access("file", 8));
    TRY(faccessat(AT_FDCWD, "file", R_OK, 0x8000));
    TRY(syscall(SYS_faccessat2, dir, "", F_OK, AT_EMPTY_PATH));
    TRY(access("file/x", F_OK));
    TRY(access(BAD, F_OK));
    return 0;
}

/* Permissions: chmod, access, umask, chown to oneself. */
#include "sys.h"

int main(void)
{
    struct stat s;
    SHOW(umask(027) >= 0);
    SHOW(umask(022));
    write_file("a", "");
    CALL(chmod("a", 0640));
    stat("a", &s);
    SHOW(s.st_mode);
    int fd = open("a", O_RDWR);
    CALL(fchmod(fd, 0600));
    CALL(fchmodat(AT_FDCWD, "a", 0444, 0));
    stat("a", &s);
    SHOW(s.st_mode);
    CALL(access("a", F_OK));
    CALL(access("a", R_OK));
    CALL(access("a", X_OK));
    CALL(access("none", F_OK));
    CALL(faccessat(AT_FDCWD, "a", R_OK, AT_EACCESS));
    CALL(syscall(SYS_faccessat, AT_FDCWD, "a", 16));
    CALL(chown("a", (uid_t)-1, (gid_t)-1));
    CALL(lchown("a", getuid(), getgid()));
    CALL(fchown(fd, getuid(), (gid_t)-1));
    CALL(fchownat(fd, "", getuid(), getgid(), AT_EMPTY_PATH));
    CALL(chmod("none", 0));
    CALL(fchmod(99, 0));
    return 0;
}

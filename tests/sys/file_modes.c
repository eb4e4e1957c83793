/* Permissions: chmod, access, umask, chown to oneself. */
#include "guest.h"

int main(void)
{
    struct stat s;
    umask(027);
    SHOW(umask(022));
    guest_file("a", "");
    VALUE(chmod("a", 0640));
    stat("a", &s);
    SHOW(s.st_mode);
    int fd = open("a", O_RDWR);
    VALUE(fchmod(fd, 0600));
    VALUE(fchmodat(AT_FDCWD, "a", 0444, 0));
    stat("a", &s);
    SHOW(s.st_mode);
    VALUE(access("a", F_OK));
    VALUE(access("a", R_OK));
    VALUE(access("a", X_OK));
    VALUE(access("none", F_OK));
    VALUE(faccessat(AT_FDCWD, "a", R_OK, AT_EACCESS));
    VALUE(syscall(SYS_faccessat, AT_FDCWD, "a", 16));
    VALUE(chown("a", (uid_t)-1, (gid_t)-1));
    VALUE(lchown("a", getuid(), getgid()));
    VALUE(fchown(fd, getuid(), (gid_t)-1));
    VALUE(fchownat(fd, "", getuid(), getgid(), AT_EMPTY_PATH));
    VALUE(chmod("none", 0));
    VALUE(fchmod(99, 0));
    return 0;
}

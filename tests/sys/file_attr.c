/* file_getattr and file_setattr, cachestat, inode flags by ioctl. */
#include "guest.h"
#include "../../syscall/host_number.h"
#include <linux/fs.h>
#include <sys/ioctl.h>

struct attr {
    uint64_t xflags;
    uint32_t extsize, nextents, projid, cowextsize;
};

int main(void)
{
    struct attr a = {0};
    guest_file("file", "contents");
    MUST(symlink("file", "link"));
    int fd = (int)MUST(open("file", O_RDWR));
    TRY(syscall(SYS_file_getattr, AT_FDCWD, "file", &a, sizeof a, 0));
    TRY(syscall(SYS_file_getattr, AT_FDCWD, "missing", &a, sizeof a, 0));
    TRY(syscall(SYS_file_getattr, AT_FDCWD, "file", &a, 8, 0));
    TRY(syscall(SYS_file_getattr, AT_FDCWD, "file", BAD, sizeof a, 0));
    TRY(syscall(SYS_file_getattr, AT_FDCWD, "file", &a, sizeof a, 1));
    TRY(syscall(SYS_file_getattr, AT_FDCWD, "link", &a, sizeof a, AT_SYMLINK_NOFOLLOW));
    TRY(syscall(SYS_file_getattr, fd, "", &a, sizeof a, AT_EMPTY_PATH));
    TRY(syscall(SYS_file_setattr, AT_FDCWD, "missing", &a, sizeof a, 0));
    TRY(syscall(SYS_file_setattr, fd, "", &a, sizeof a, AT_EMPTY_PATH));
    a.xflags = UINT64_MAX;
    TRY(syscall(SYS_file_setattr, AT_FDCWD, "file", &a, sizeof a, 0));

    long flags = 0;
    TRY(ioctl(fd, FS_IOC_GETFLAGS, &flags));
    TRY(ioctl(fd, FS_IOC_GETFLAGS, BAD));
    TRY(ioctl(fd, FS_IOC_SETFLAGS, BAD));
    TRY(ioctl(fd, FICLONE, fd));
    TRY(ioctl(fd, FICLONE, 1000));

    struct {
        uint64_t offset, length;
    } range = {0, 0};
    uint64_t stat[5] = {0};
    long r = syscall(SYS_cachestat, fd, &range, stat, 0);
    printf("cachestat: %s\n", r == 0 ? "ok" : guest_error_name(errno));
    TRY(syscall(SYS_cachestat, fd, BAD, stat, 0));
    TRY(syscall(SYS_cachestat, fd, &range, BAD, 0));
    TRY(syscall(SYS_cachestat, fd, &range, stat, 1));
    TRY(syscall(SYS_cachestat, 1000, &range, stat, 0));
    return 0;
}

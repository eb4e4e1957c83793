/* Numbers that are no descriptors give EBADF, whatever else is wrong. */
#include "guest.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

int main(void)
{
    char c[8];
    struct iovec v = {c, 8};
    for (int fd = -1; fd < 2000; fd += 1999) {
        TRY(read(fd, c, 1));
        TRY(write(fd, c, 1));
        TRY(readv(fd, &v, 1));
        TRY(pwrite(fd, c, 1, 0));
        TRY(close(fd));
        TRY(fstat(fd, BAD));
        TRY(lseek(fd, 0, SEEK_SET));
        TRY(dup(fd));
        TRY(fcntl(fd, F_GETFL));
        TRY(ioctl(fd, FIONREAD, c));
        TRY(ftruncate(fd, 0));
        TRY(fchmod(fd, 0));
        TRY(fchdir(fd));
        TRY(fsync(fd));
        TRY(openat(fd, "x", O_RDONLY));
        TRY(mkdirat(fd, "x", 0700));
        TRY(listen(fd, 1));
        TRY(getsockname(fd, BAD, BAD));
        TRY(recv(fd, c, 1, 0));
        TRY(sendfile(fd, fd, NULL, 1));
        TRY(epoll_wait(fd, BAD, 1, 0));
        TRY(inotify_rm_watch(fd, 1));
        TRY(timerfd_gettime(fd, BAD));
        TRY(syscall(SYS_getdents64, fd, c, 8));
        TRY(syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
    }
    return 0;
}

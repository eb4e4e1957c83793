/*
 * What rows raw and wait of syscall.def take for granted: that these constants and layouts are
 * alike on x86-64 and a 64-bit guest. VALUE(expression) each; abi_values.c turns them into
 * assertions that the guest's compiler checks against the guest's headers.
 */

#include <asm/sembuf.h>
#include <asm/termbits.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/fanotify.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/if_link.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <linux/taskstats.h>
#include <mqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define ABI_ERRORS(V)                                                                              \
    V(EPERM)                                                                                       \
    V(ENOENT) V(EINTR) V(EAGAIN) V(EDEADLK) V(ENAMETOOLONG) V(ENOSYS) V(ENOTEMPTY) V(ELOOP)        \
        V(ENOMSG) V(EIDRM) V(EOVERFLOW) V(EILSEQ) V(ENOTSOCK) V(EADDRINUSE) V(ENETDOWN)            \
            V(ECONNRESET) V(ETIMEDOUT) V(EINPROGRESS) V(ESTALE) V(EDQUOT) V(ECANCELED)             \
                V(EOWNERDEAD) V(ERFKILL) V(EHWPOISON)

#define ABI_SIGNALS(V)                                                                             \
    V(SIGHUP)                                                                                      \
    V(SIGBUS) V(SIGUSR1) V(SIGUSR2) V(SIGCHLD) V(SIGCONT) V(SIGSTOP) V(SIGURG) V(SIGIO) V(SIGPWR)  \
        V(SIGSYS) V(SIGSTKFLT) V(SA_NOCLDSTOP) V(SA_SIGINFO) V(SA_ONSTACK) V(SA_RESTART)           \
            V(SA_NODEFER) V(SA_RESETHAND) V(SS_ONSTACK) V(SS_DISABLE) V(SI_USER) V(SI_TKILL)       \
                V(SI_TIMER) V(SEGV_MAPERR) V(BUS_ADRALN) V(FPE_INTDIV) V(ILL_ILLOPC) V(CLD_EXITED) \
                    V(POLL_IN) V(SIGEV_SIGNAL) V(SIGEV_THREAD_ID)

#define ABI_FILES(V)                                                                               \
    V(O_ASYNC)                                                                                     \
    V(__O_TMPFILE) V(FD_CLOEXEC) V(F_RDLCK) V(F_WRLCK) V(F_UNLCK) V(AT_FDCWD)                      \
        V(AT_STATX_DONT_SYNC) V(STATX_BASIC_STATS) V(STATX_BTIME) V(S_IFMT) V(S_IFSOCK) V(S_ISVTX) \
            V(POLLIN) V(POLLPRI) V(POLLOUT) V(POLLRDNORM) V(POLLWRBAND) V(POLLRDHUP) V(POLLMSG)    \
                V(EPOLLET) V(EPOLLONESHOT) V(EPOLLEXCLUSIVE) V(UTIME_NOW) V(UTIME_OMIT)            \
                    V(F_SEAL_WRITE) V(FALLOC_FL_PUNCH_HOLE) V(POSIX_FADV_DONTNEED)                 \
                        V(POSIX_FADV_NOREUSE) V(MS_SYNC) V(MCL_ONFAULT) V(MREMAP_MAYMOVE)          \
                            V(MADV_POPULATE_READ) V(RLIM_INFINITY) V(PER_LINUX32)                  \
                                V(ADDR_NO_RANDOMIZE) V(TCGETS) V(TCSETSF) V(TIOCGWINSZ)            \
                                    V(TIOCGPTN) V(FIONREAD) V(TIOCSCTTY) V(TCSANOW) V(ICANON)      \
                                        V(ECHO) V(VMIN) V(VTIME) V(B9600) V(BOTHER) V(OPOST)       \
                                            V(IXON) V(CS8) V(NCCS)

#define ABI_SOCKETS(V)                                                                             \
    V(SO_REUSEADDR)                                                                                \
    V(SO_TYPE) V(SO_ERROR) V(SO_BROADCAST) V(SO_SNDBUF) V(SO_RCVBUF) V(SO_KEEPALIVE) V(SO_LINGER)  \
        V(SO_REUSEPORT) V(SO_PASSCRED) V(SO_PEERCRED) V(SO_RCVTIMEO) V(SO_SNDTIMEO)                \
            V(SO_ACCEPTCONN) V(SO_PEERSEC) V(SO_TIMESTAMP) V(SO_PROTOCOL) V(SO_DOMAIN)             \
                V(SO_BUSY_POLL) V(SOL_SOCKET) V(SCM_RIGHTS) V(SCM_CREDENTIALS) V(SIOCATMARK)       \
                    V(SIOCGIFCONF) V(TCP_NODELAY) V(IP_TOS) V(IPV6_V6ONLY) V(AF_MAX) V(SOMAXCONN)

#define ABI_LAYOUTS(V)                                                                             \
    V(sizeof(struct statfs))                                                                       \
    V(offsetof(struct statfs, f_fsid)) V(offsetof(struct statfs, f_flags)) V(                      \
        sizeof(struct statx)) V(offsetof(struct statx, stx_dev_minor)) V(sizeof(struct dirent64))  \
        V(offsetof(struct dirent64, d_type)) V(offsetof(struct dirent64, d_name)) V(               \
            sizeof(struct flock)) V(offsetof(struct flock, l_pid)) V(sizeof(struct f_owner_ex))    \
            V(sizeof(struct iovec)) V(sizeof(struct msghdr)) V(offsetof(                           \
                struct msghdr, msg_flags)) V(sizeof(struct cmsghdr)) V(sizeof(struct mmsghdr))     \
                V(sizeof(struct sockaddr_storage)) V(sizeof(struct sockaddr_un)) V(                \
                    sizeof(struct ucred)) V(sizeof(struct linger)) V(sizeof(struct msqid_ds))      \
                    V(offsetof(struct msqid_ds, msg_lrpid)) V(sizeof(struct shmid_ds)) V(offsetof( \
                        struct shmid_ds, shm_nattch)) V(offsetof(struct shmid_ds, shm_segsz))      \
                        V(sizeof(struct shminfo)) V(sizeof(struct seminfo)) V(sizeof(              \
                            struct msginfo)) V(sizeof(struct sembuf)) V(sizeof(struct sysinfo))    \
                            V(offsetof(struct sysinfo, mem_unit)) V(sizeof(struct utsname)) V(     \
                                sizeof(struct timex)) V(offsetof(struct timex,                     \
                                                                 tai)) V(sizeof(struct sigevent))  \
                                V(offsetof(struct sigevent, sigev_notify)) V(sizeof(siginfo_t)) V( \
                                    offsetof(siginfo_t, si_status)) V(offsetof(siginfo_t,          \
                                                                               si_addr))           \
                                    V(offsetof(siginfo_t, si_value)) V(                            \
                                        offsetof(siginfo_t,                                        \
                                                 si_band)) V(offsetof(siginfo_t, si_fd))           \
                                        V(sizeof(stack_t)) V(offsetof(stack_t, ss_size)) V(        \
                                            sizeof(struct termios)) V(sizeof(struct pollfd))       \
                                            V(sizeof(struct signalfd_siginfo)) V(sizeof(           \
                                                struct inotify_event)) V(sizeof(struct iocb))      \
                                                V(sizeof(struct io_event)) V(                      \
                                                    sizeof(struct clone_args))                     \
                                                    V(sizeof(struct perf_event_attr)) V(           \
                                                        sizeof(struct robust_list_head))           \
                                                        V(sizeof(struct futex_waitv)) V(           \
                                                            sizeof(struct file_handle))            \
                                                            V(sizeof(struct ifreq)) V(             \
                                                                sizeof(struct ifconf))             \
                                                                V(sizeof(struct fiemap)) V(sizeof( \
                                                                    struct                         \
                                                                    fanotify_event_metadata))      \
                                                                    V(sizeof(struct mount_attr))   \
                                                                        V(sizeof(fd_set))

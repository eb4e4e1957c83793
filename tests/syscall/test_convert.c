/* Rows served by their kinds: paths, structures, flags, words; for 64- and 32-bit guests. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tests/syscall/fake.h"

static char dir[64];

static void setup(void)
{
    fake_riscv64();
    fake_handlers();
    strcpy(dir, "/tmp/test-syscall.XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    int fd = open("file", O_CREAT | O_WRONLY, 0640);
    cr_assert_eq(write(fd, "0123456789", 10), 10);
    close(fd);
}

static void teardown(void)
{
    unlink("file");
    unlink("made");
    rmdir("madedir");
    rmdir(dir);
}

TestSuite(convert, .init = setup, .fini = teardown, .timeout = 30);
TestSuite(narrow, .init = setup, .fini = teardown, .timeout = 30);

/* The numbers of the generic table, as the tests use them. */
enum {
    nr_epoll_ctl = 21,
    nr_epoll_pwait = 22,
    nr_dup = 23,
    nr_dup3 = 24,
    nr_fcntl = 25,
    nr_mkdirat = 34,
    nr_openat = 56,
    nr_close = 57,
    nr_lseek = 62,
    nr_read = 63,
    nr_ppoll = 73,
    nr_readlinkat = 78,
    nr_newfstatat = 79,
    nr_fstat = 80,
    nr_semget = 190,
    nr_semctl = 191,
    nr_getpid = 172,
    nr_close_range = 436,
};

Test(convert, stat)
{
    struct stat host;
    struct guest8_stat guest;
    struct timespec times[2] = {{11, 12}, {13, 14}};
    utimensat(AT_FDCWD, "file", times, 0);
    memset(&guest, 0xee, sizeof guest);
    cr_assert_eq(GUEST(nr_newfstatat, (uint64_t)AT_FDCWD, P("file"), P(&guest), 0), 0);
    stat("file", &host);
    cr_assert_eq(guest.st_ino, host.st_ino);
    cr_assert_eq(guest.st_dev, host.st_dev);
    cr_assert_eq(guest.st_mode, S_IFREG | 0640u);
    cr_assert_eq(guest.st_nlink, 1);
    cr_assert_eq(guest.st_uid, host.st_uid);
    cr_assert_eq(guest.st_size, 10);
    cr_assert_eq(guest.st_blksize, host.st_blksize);
    cr_assert_eq(guest.st_blocks, host.st_blocks);
    cr_assert_eq(guest.st_atime_sec, 11);
    cr_assert_eq(guest.st_atime_nsec, 12);
    cr_assert_eq(guest.st_mtime_sec, 13);
    cr_assert_eq(guest.st_mtime_nsec, 14);
    cr_assert_eq(guest.st_ctime_sec, host.st_ctim.tv_sec);
    cr_assert_eq(guest.unused5, 0);
    cr_assert_eq(GUEST(nr_fstat, 999, P(&guest)), -EBADF);
    cr_assert_eq(GUEST(nr_newfstatat, (uint64_t)AT_FDCWD, P("none"), P(&guest), 0), -ENOENT);
    cr_assert_eq(GUEST(nr_newfstatat, (uint64_t)AT_FDCWD, 8, P(&guest), 0), -EFAULT);
    cr_assert_eq(GUEST(nr_newfstatat, (uint64_t)AT_FDCWD, P("file"), 8, 0), -EFAULT);
}

Test(convert, paths_are_rewritten)
{
    struct guest8_stat guest;
    fake.path_from = "/of/the/guest";
    fake.path_to = "file";
    cr_assert_eq(GUEST(nr_newfstatat, (uint64_t)AT_FDCWD, P("/of/the/guest"), P(&guest), 0), 0);
    int64_t fd = GUEST(nr_openat, (uint64_t)AT_FDCWD, P("/of/the/guest"), O_RDONLY, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(GUEST(nr_close, (uint64_t)fd), 0);
    fake.path_to = "madedir";
    cr_assert_eq(GUEST(nr_mkdirat, (uint64_t)AT_FDCWD, P("/of/the/guest"), 0755), 0);
    cr_assert_eq(access("madedir", F_OK), 0);
}

Test(convert, the_guests_own_name)
{
    char text[32] = "";
    fake.exe = "/bin/program";
    cr_assert_eq(GUEST(nr_readlinkat, (uint64_t)AT_FDCWD, P("/proc/self/exe"), P(text), 32), 12);
    cr_assert_str_eq(text, "/bin/program");
    memset(text, 0, sizeof text);
    cr_assert_eq(GUEST(nr_readlinkat, (uint64_t)AT_FDCWD, P("/proc/self/exe"), P(text), 4), 4);
    cr_assert_str_eq(text, "/bin");
    cr_assert_eq(GUEST(nr_readlinkat, (uint64_t)AT_FDCWD, P("/proc/self/exe"), P(text), 0),
                 -EINVAL);
    cr_assert_eq(GUEST(nr_readlinkat, (uint64_t)AT_FDCWD, P("/proc/self/exe"), 8, 9), -EFAULT);
}

Test(convert, epoll_events_are_spread)
{
    struct guest8_epoll_event add, got[5];
    int ep = epoll_create1(0), fds[3];
    for (unsigned i = 0; i < 3; i++) {
        fds[i] = eventfd(1, 0);
        add = (struct guest8_epoll_event){EPOLLIN, 0x55, UINT64_C(0x0123456789abcdef) + i};
        cr_assert_eq(GUEST(nr_epoll_ctl, (uint64_t)ep, EPOLL_CTL_ADD, (uint64_t)fds[i], P(&add)),
                     0);
    }
    memset(got, 0x77, sizeof got);
    cr_assert_eq(GUEST(nr_epoll_pwait, (uint64_t)ep, P(got), 5, 0, 0, 8), 3);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(got[i].events, (uint32_t)EPOLLIN);
        cr_assert_eq(got[i].data, UINT64_C(0x0123456789abcdef) + i);
    }
    cr_assert_eq(got[3].events, 0x77777777u, "nothing behind the events is written");
    cr_assert_eq(GUEST(nr_epoll_pwait, (uint64_t)ep, P(got), 0, 0, 0, 8), -EINVAL);
    cr_assert_eq(GUEST(nr_epoll_pwait, (uint64_t)ep, P(got), 0x7fffffff / 16 + 1, 0, 0, 8),
                 -EINVAL);
}

Test(convert, temporary_masks)
{
    uint64_t mask = 0x1234;
    struct timespec t = {0, 1000};
    cr_assert_eq(GUEST(nr_ppoll, 0, 0, P(&t), P(&mask), 8), 0);
    cr_assert_eq(fake.mask_seen, 0x1234);
    cr_assert_eq(fake.mask_result, 0);
    cr_assert_eq(GUEST(nr_ppoll, 0, 0, P(&t), P(&mask), 4), -EINVAL);
    cr_assert_eq(GUEST(nr_ppoll, 0, 0, P(&t), 8, 8), -EFAULT);
    fake.mask_waiting = true;
    t.tv_sec = 1000;
    cr_assert_eq(GUEST(nr_ppoll, 0, 0, P(&t), P(&mask), 8), -EINTR);
    cr_assert_eq(fake.mask_result, -EINTR);
}

Test(convert, semid_ds)
{
    struct guest8_semid_ds guest;
    int id = semget(IPC_PRIVATE, 3, 0600);
    memset(&guest, 0xee, sizeof guest);
    cr_assert_eq(GUEST(nr_semctl, (uint64_t)id, 0, IPC_STAT, P(&guest)), 0);
    cr_assert_eq(guest.sem_nsems, 3);
    cr_assert_eq(guest.mode & 0777, 0600);
    cr_assert_eq(guest.uid, geteuid());
    cr_assert_eq(guest.sem_otime, 0);
    cr_assert_gt(guest.sem_ctime, 1600000000u);
    guest.mode = 0640;
    cr_assert_eq(GUEST(nr_semctl, (uint64_t)id, 0, IPC_SET, P(&guest)), 0);
    cr_assert_eq(GUEST(nr_semctl, (uint64_t)id, 0, IPC_STAT, P(&guest)), 0);
    cr_assert_eq(guest.mode & 0777, 0640);
    cr_assert_eq(GUEST(nr_semctl, (uint64_t)id, 1, SETVAL, 77), 0);
    cr_assert_eq(GUEST(nr_semctl, (uint64_t)id, 1, GETVAL, 0), 77);
    cr_assert_eq(GUEST(nr_semctl, (uint64_t)id, 0, IPC_RMID, 0), 0);
}

Test(convert, reserved_descriptors)
{
    struct rlimit limit = {64, 0}, now;
    getrlimit(RLIMIT_NOFILE, &now);
    limit.rlim_max = now.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int pipes[2];
    cr_assert_eq(pipe(pipes), 0);
    int fd = fd_reserve(pipes[1]);
    getrlimit(RLIMIT_NOFILE, &now);
    cr_assert_eq(now.rlim_cur, 64, "the limit is as it was");
    cr_assert_geq(fd, 64);
    cr_assert(fd_reserved(fd));
    cr_assert_not(fd_reserved(fd + 1));
    cr_assert_eq(fcntl(pipes[1], F_GETFD), -1, "the old number is free");
    cr_assert_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);

    const uint64_t u = (uint64_t)fd;
    cr_assert_eq(GUEST(nr_close, u), -EBADF);
    cr_assert_eq(GUEST(nr_dup, u), -EBADF);
    cr_assert_eq(GUEST(nr_dup3, 0, u, 0), -EBADF);
    cr_assert_eq(GUEST(nr_dup3, u, 40, 0), -EBADF);
    cr_assert_eq(GUEST(nr_fcntl, u, F_GETFD), -EBADF);
    cr_assert_eq(GUEST(nr_fstat, u, P(&now)), -EBADF);
    cr_assert_eq(dup2(0, 50), 50);
    cr_assert_eq(GUEST(nr_close_range, 40, UINT32_MAX, 0), 0);
    cr_assert_eq(fcntl(50, F_GETFD), -1);
    cr_assert_eq(write(fd, "x", 1), 1, "still ours");
    cr_assert_eq(GUEST(nr_close_range, u, u, 0), 0);
    cr_assert_eq(write(fd, "x", 1), 1, "still ours");
    fd_unreserve(fd);
    cr_assert_not(fd_reserved(fd));
    cr_assert_eq(fcntl(fd, F_GETFD), -1);
}

/* Where the soft limit is the hard one, the last numbers below it are taken. */
Test(convert, reserved_without_room_above)
{
    struct rlimit limit = {64, 64};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int pipes[2];
    cr_assert_eq(pipe(pipes), 0);
    int fd = fd_reserve(pipes[1]);
    cr_assert(fd >= 48 && fd < 64);
    for (uint64_t i = 40; i < 70; i++)
        GUEST(nr_close, i);
    cr_assert_eq(GUEST(nr_dup3, 0, (uint64_t)fd, 0), -EBADF);
    cr_assert_eq(fcntl(fd, F_GETFD), FD_CLOEXEC, "still ours");
    cr_assert_eq(fd_reserve(60), -EBADF);
}

Test(convert, unknown_and_absent_calls)
{
    cr_assert_eq(GUEST(nr_getpid), getpid());
    cr_assert_eq(GUEST(244), -ENOSYS);
    cr_assert_eq(GUEST(18), -ENOSYS, "lookup_dcookie");
    cr_assert_eq(GUEST(100000), -ENOSYS);
    cr_assert_eq(GUEST(UINT64_MAX), -ENOSYS);
    cr_assert_str_eq(syscall_name(&fake.abi, nr_openat), "openat");
    cr_assert_null(syscall_name(&fake.abi, 244));
}

/* ---- a guest with words of four bytes, elsewhere in memory ---- */

static struct guest_memory {
    struct guest4_timespec time;
    struct guest4_rusage usage;
    char path[32], data[32];
    uint32_t iov[4];
} * memory;

/* Puts `memory` at guest address 0x10000. */
static void arm(void)
{
    memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fake_arm32(P(memory) - 0x10000);
}

#define G(field) (0x10000 + offsetof(struct guest_memory, field))

enum {
    arm_lseek = 19,
    arm_getrusage = 77,
    arm_getpriority = 96,
    arm_pread64 = 180,
    arm_clock_gettime = 263,
    arm_openat = 322,
    arm_fcntl = 55,
    arm_ftruncate = 93
};

Test(narrow, structures)
{
    arm();
    cr_assert_eq(GUEST(arm_clock_gettime, CLOCK_MONOTONIC, G(time)), 0);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    cr_assert(now.tv_sec - memory->time.tv_sec <= 1);
    cr_assert(memory->time.tv_nsec >= 0 && memory->time.tv_nsec < 1000000000);
    memset(&memory->usage, 0xee, sizeof memory->usage);
    cr_assert_eq(GUEST(arm_getrusage, RUSAGE_SELF, G(usage)), 0);
    cr_assert_gt(memory->usage.maxrss, 0);
    cr_assert_lt(memory->usage.maxrss, 10000000);
    cr_assert_eq(GUEST(arm_clock_gettime, CLOCK_MONOTONIC, 0x50000000), -EFAULT);
}

Test(narrow, open_flags_and_register_pairs)
{
    arm();
    strcpy(memory->path, "file");
    cr_assert_eq(GUEST(arm_openat, (uint32_t)AT_FDCWD, G(path), 040000, 0), -ENOTDIR,
                 "O_DIRECTORY");
    int64_t fd = GUEST(arm_openat, (uint32_t)AT_FDCWD, G(path), O_RDWR | 0400000, 0);
    cr_assert_geq(fd, 0, "O_LARGEFILE is not O_NOFOLLOW here");
    cr_assert(GUEST(arm_fcntl, (uint64_t)fd, F_GETFL) & 0400000);
    /* fd, buffer, size, a register left out, the offset's low and high word */
    cr_assert_eq(GUEST(arm_pread64, (uint64_t)fd, G(data), 3, 0xdead, 5, 0), 3);
    cr_assert_str_eq(memory->data, "567");
    cr_assert_eq(GUEST(arm_pread64, (uint64_t)fd, G(data), 3, 0, 0, 1), 0, "at 4 GiB");
    cr_assert_eq(GUEST(arm_lseek, (uint64_t)fd, (uint32_t)-4, SEEK_END), 6, "the sign is extended");
}

Test(narrow, functions_get_wide_arguments)
{
    uint64_t wide[6];
    const struct row *row = &syscall_rows[ROW_pwrite64];
    convert_widen(row, (const uint64_t[6]){0xffffffff, 0x80000000, 5, 9, 0x89abcdef, 0x01234567},
                  wide);
    cr_assert_eq(wide[0], UINT64_MAX, "a descriptor has a sign");
    cr_assert_eq(wide[1], 0x80000000, "an address has none");
    cr_assert_eq(wide[2], 5);
    cr_assert_eq(wide[3], UINT64_C(0x0123456789abcdef));
}

/* kcmp, pidfd_getfd, tkill, rt_tgsigqueueinfo, userfaultfd, perf_event_open, security modules. */
#include "guest.h"
#include "../../syscall/host_number.h"
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

static siginfo_t got;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    got = *info;
}

static void *resolve(void *argument)
{
    static char copy[4096] = "from the handler";
    struct uffd_msg m;
    int fd = *(int *)argument;
    if (read(fd, &m, sizeof m) != sizeof m)
        return NULL;
    SHOW(m.event == UFFD_EVENT_PAGEFAULT);
    struct uffdio_copy c = {.dst = m.arg.pagefault.address & ~4095UL,
                            .src = (uintptr_t)copy, .len = 4096};
    TRY(ioctl(fd, UFFDIO_COPY, &c));
    return NULL;
}

static void user_faults(void)
{
    struct uffdio_api api = {.api = UFFD_API};
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | 1 /* UFFD_USER_MODE_ONLY */);
    if (fd < 0) {
        printf("no user faults: %s\n", guest_error_name(errno));
        return;
    }
    TRY(ioctl(fd, UFFDIO_API, &api));
    struct uffdio_register r = {.range = {(uintptr_t)page, 4096},
                                .mode = UFFDIO_REGISTER_MODE_MISSING};
    TRY(ioctl(fd, UFFDIO_REGISTER, &r));
    pthread_t thread;
    pthread_create(&thread, NULL, resolve, &fd);
    char first = *(volatile char *)page;
    pthread_join(thread, NULL);
    printf("%c: %s\n", first, page);
    close(fd);
}

static void events(void)
{
    struct perf_event_attr a = {.type = PERF_TYPE_SOFTWARE, .size = sizeof a,
                                .config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1,
                                .exclude_kernel = 1, .exclude_hv = 1};
    uint64_t count = 0;
    int fd = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0) {
        printf("no events: %s\n", guest_error_name(errno));
        return;
    }
    TRY(ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
    for (volatile int i = 0; i < 1000000; i++)
        ;
    TRY(ioctl(fd, PERF_EVENT_IOC_DISABLE, 0));
    VALUE(read(fd, &count, sizeof count));
    YES(count > 0);
    void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    YES(map != MAP_FAILED);
    close(fd);
}

int main(void)
{
    int p[2], copy = dup(0);
    MUST(pipe(p));
    VALUE(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, 0, copy));
    YES(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, 0, p[0]) > 0);
    VALUE(syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0));
    VALUE(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, 0, 1000));
    VALUE(syscall(SYS_kcmp, getpid(), 999999999, KCMP_VM, 0, 0));
    VALUE(syscall(SYS_kcmp, getpid(), getpid(), 1000, 0, 0));

    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    int parent = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        close(p[0]), close(p[1]);
        int fd = (int)syscall(SYS_pidfd_getfd, parent, p[1], 0);
        printf("pidfd_getfd: %s\n", fd < 0 ? guest_error_name(errno) : "ok");
        if (fd >= 0)
            write(fd, "x", 1);
        TRY(syscall(SYS_pidfd_getfd, parent, 1000, 0));
        TRY(syscall(SYS_pidfd_getfd, parent, p[1], 1));
        _exit(0);
    }
    guest_reap("child", pid);

    sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL);
    TRY(syscall(SYS_tkill, gettid(), SIGUSR1));
    SHOW(got.si_code == SI_TKILL);
    YES(got.si_pid == getpid());
    TRY(syscall(SYS_tkill, -1, SIGUSR1));
    TRY(syscall(SYS_tkill, gettid(), 1000));
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
    info.si_pid = 17, info.si_value.sival_int = 99;
    TRY(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &info));
    printf("%d %d %d\n", got.si_code == SI_QUEUE, got.si_pid, got.si_value.sival_int);
    info.si_code = SI_USER;
    TRY(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &info));
    TRY(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, BAD));
    TRY(syscall(SYS_pidfd_send_signal, parent, SIGUSR1, NULL, 0));
    TRY(syscall(SYS_pidfd_send_signal, parent, SIGUSR1, NULL, 0x80000000));

    user_faults();
    events();
    uint64_t ids[16];
    uint32_t size = sizeof ids;
    long modules = syscall(SYS_lsm_list_modules, ids, &size, 0);
    printf("security modules: %s\n", modules < 0 ? guest_error_name(errno) : "listed");
    TRY(syscall(SYS_lsm_list_modules, ids, &size, 1));
    TRY(syscall(SYS_lsm_list_modules, ids, BAD, 0));
    TRY(syscall(SYS_lsm_get_self_attr, 1000, ids, &size, 0));
    TRY(syscall(SYS_lsm_set_self_attr, 1000, ids, 8, 0));
    TRY(syscall(SYS_bpf, 1000, BAD, 0));
    return 0;
}

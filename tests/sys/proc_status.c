/*
 * /proc/self/stat, status, statm, limits, smaps: signals, sizes and limits are the program's own.
 */
#include "guest.h"
#include <sys/personality.h>
#include <sys/resource.h>

static char text[1 << 18];

static char *slurp(const char *path)
{
    memset(text, 0, sizeof text);
    int fd = (int)MUST(open(path, O_RDONLY));
    long n = 0, got;
    while ((got = read(fd, text + n, 1000)) > 0) /* in small pieces */
        n += got;
    close(fd);
    return text;
}

static void lines(const char *path, const char *first)
{
    for (char *p = strtok(slurp(path), "\n"); p; p = strtok(NULL, "\n"))
        if (!strncmp(p, first, strlen(first)))
            printf("%s\n", p);
}

static long value(const char *path, const char *key)
{
    char *at = strstr(slurp(path), key);
    return at ? atol(at + strlen(key)) : -1;
}

/* Fields of stat from the one after the name on. */
static unsigned long field(int number)
{
    char *p = strrchr(slurp("/proc/self/stat"), ')');
    for (int i = 2; i < number; i++)
        p = strchr(p + 1, ' ');
    return strtoul(p, NULL, 10);
}

static void nothing(int signal)
{
    (void)signal;
}

int main(void)
{
    signal(SIGUSR1, nothing);
    signal(SIGSEGV, nothing);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGRTMIN + 3, nothing);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGILL);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGRTMAX);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGHUP);
    raise(SIGILL);
    lines("/proc/self/status", "SigPnd");
    lines("/proc/self/status", "SigBlk");
    lines("/proc/self/status", "SigIgn");
    lines("/proc/self/status", "SigCgt");
    lines("/proc/thread-self/status", "SigBlk");
    lines("/proc/self/status", "ShdPnd");
    lines("/proc/self/status", "Threads");
    SHOW(field(20));
    SHOW(field(32));
    SHOW(field(33));
    SHOW(field(34));
    long before = (long)field(23), pages = value("/proc/self/statm", ""), size = 64 << 20;
    YES(before < 32 << 20);
    void *m = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SHOW((long)field(23) - before);
    SHOW(value("/proc/self/statm", "") - pages);
    YES(value("/proc/self/status", "VmSize:") == (before + size) / 1024);
    YES(value("/proc/self/status", "VmData:") >= size / 1024);
    YES(value("/proc/self/status", "VmExe:") > 100 && value("/proc/self/status", "VmExe:") < 4096);
    munmap(m, (size_t)size);
    YES(value("/proc/self/status", "VmSize:") == before / 1024);
    YES((unsigned long)field(26) <= (unsigned long)main &&
        (unsigned long)field(27) > (unsigned long)main);
    YES(field(28) > (unsigned long)&set && field(28) - (unsigned long)&set < 1 << 20);
    YES(field(47) <= (unsigned long)sbrk(0));
    struct rlimit limit = {3ul << 30, RLIM_INFINITY};
    MUST(setrlimit(RLIMIT_AS, &limit));
    limit.rlim_cur = 1ul << 30;
    MUST(setrlimit(RLIMIT_DATA, &limit));
    lines("/proc/self/limits", "Max address");
    lines("/proc/self/limits", "Max data");
    YES(value("/proc/self/smaps_rollup", "\nRss:") > 10 &&
        value("/proc/self/smaps_rollup", "\nRss:") < 4096);
    slurp("/proc/self/smaps");
    YES(strstr(text, "[stack]\nSize:") && strstr(text, "VmFlags:"));
    MUST(personality(ADDR_NO_RANDOMIZE));
    lines("/proc/self/personality", "");
    int fd = (int)MUST(open("/proc/self/stat", O_RDONLY));
    char first[10] = "", again[10] = "";
    MUST(read(fd, first, 5));
    MUST(lseek(fd, 0, SEEK_SET));
    MUST(read(fd, again, 5));
    YES(!strcmp(first, again));
    YES(pread(fd, again, 5, 0) == 5);
    TRY(open("/proc/self/stat", O_WRONLY));
    TRY(open("/proc/self/stat", O_RDONLY | O_DIRECTORY));
    return 0;
}

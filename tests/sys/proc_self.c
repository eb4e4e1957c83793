/*
 * /proc/self of a guest: exe, cmdline, comm, environ, status, stat and cwd are the guest program's.
 */
#include "guest.h"
#include <sys/prctl.h>

static char text[1 << 16];

static long slurp(const char *path)
{
    memset(text, 0, sizeof text);
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        printf("%s: %s\n", path, guest_error_name(errno));
        return -1;
    }
    long n = 0, got;
    while ((got = read(fd, text + n, sizeof text - 1 - (size_t)n)) > 0)
        n += got;
    close(fd);
    return n;
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        char self[PATH_MAX] = "";
        MUST(readlink("/proc/self/exe", self, sizeof self));
        execl(self, "zero", "first", "", "last one", NULL);
    }
    char exe[PATH_MAX] = "", path[100];
    MUST(readlink("/proc/self/exe", exe, sizeof exe));
    YES(!strncmp(strrchr(exe, '/'), "/sys.proc_self.", 15));
    snprintf(path, sizeof path, "/proc/%d/exe", getpid());
    char other[PATH_MAX] = "";
    YES(readlink(path, other, sizeof other) > 0 && !strcmp(exe, other));
    memset(other, 0, sizeof other);
    YES(readlink("/proc/thread-self/exe", other, sizeof other) > 0 && !strcmp(exe, other));
    struct stat a, b;
    MUST(stat("/proc/self/exe", &a));
    MUST(stat(exe, &b));
    YES(a.st_ino == b.st_ino);
    int fd = (int)MUST(open("/proc/self/exe", O_RDONLY));
    MUST(fstat(fd, &a));
    YES(a.st_ino == b.st_ino);

    long n = slurp("/proc/self/cmdline");
    for (long i = 0; i < n; i++)
        putchar(text[i] ? text[i] : '|');
    putchar('\n');
    n = slurp("/proc/self/comm");
    YES(n == 16 && !strncmp(text, strrchr(exe, '/') + 1, 15));
    MUST(prctl(PR_SET_NAME, "renamed"));
    slurp("/proc/self/comm");
    TEXT(text);
    n = slurp("/proc/self/environ");
    for (long i = 0; i + 1 < n; i++)
        text[i] = text[i] ? text[i] : 10;
    YES(strstr(text, "PATH=/usr/bin:/bin") != NULL);
    slurp("/proc/self/status");
    YES(!strncmp(text, "Name:\trenamed\n", 14));
    snprintf(path, sizeof path, "\nPid:\t%d\n", getpid());
    YES(strstr(text, path) != NULL);
    slurp("/proc/self/stat");
    snprintf(path, sizeof path, "%d (renamed) R ", getpid());
    YES(!strncmp(text, path, strlen(path)));
    memset(other, 0, sizeof other);
    readlink("/proc/self/cwd", other, sizeof other);
    YES(!strcmp(other, getcwd(exe, sizeof exe)));
    YES(slurp("/proc/self/auxv") > 100 && slurp("/proc/cpuinfo") > 10);
    TRY(readlink("/proc/self", path, sizeof path));
    TRY(open("/proc/self/absent", O_RDONLY));
    (void)argv;
    return 0;
}

/* What /proc says of another process: program, arguments, name, mappings, in the forms ps reads. */
#include "guest.h"
#include <sys/prctl.h>

static char text[1 << 18];

static long slurp(int pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    memset(text, 0, sizeof text);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return -1;
    long n = 0, got;
    while ((got = read(fd, text + n, sizeof text - 1 - (size_t)n)) > 0)
        n += got;
    close(fd);
    return n;
}

static int child(const char *how)
{
    char c;
    if (!strcmp(how, "renamed")) {
        prctl(PR_SET_NAME, "a new name");
    }
    write(1, "+", 1);
    read(0, &c, 1);
    return 5;
}

static void look(pid_t pid, const char *self)
{
    char path[64], exe[PATH_MAX] = "";
    struct stat a, b;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    YES(readlink(path, exe, sizeof exe - 1) > 0 && !strcmp(exe, self));
    YES(stat(path, &a) == 0 && stat(self, &b) == 0 && a.st_ino == b.st_ino);
    snprintf(path, sizeof path, "/proc/%d/task/%d/exe", pid, pid);
    memset(exe, 0, sizeof exe);
    YES(readlink(path, exe, sizeof exe - 1) > 0 && !strcmp(exe, self));
    long n = slurp(pid, "cmdline");
    for (long i = 0; i < n; i++)
        putchar(text[i] ? text[i] : '|');
    printf("\n");
    n = slurp(pid, "environ");
    for (long i = 0; i < n; i++)
        putchar(text[i] ? text[i] : '|');
    printf("\n");
    slurp(pid, "comm");
    printf("%s", text);
    unsigned long size = 0;
    slurp(pid, "stat");
    YES(strstr(text, "(a new name) S ") != NULL);
    sscanf(strrchr(text, ')'),
           ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
           "%*d %*d %*u %lu",
           &size);
    YES(size > 100000 && size < 32 << 20);
    slurp(pid, "status");
    YES(!strncmp(text, "Name:\ta new name\n", 17));
    YES(strstr(text, "\nSigCgt:\t0000000000000000\n") != NULL);
    char *vm = strstr(text, "\nVmSize:");
    YES(vm && atol(vm + 8) == (long)(size / 1024));
    slurp(pid, "statm");
    YES((unsigned long)atol(text) == size / 4096);
    slurp(pid, "maps");
    YES(strstr(text, self) != NULL);
    YES(strstr(text, "[stack]") != NULL);
    YES(strstr(text, "[vdso]") != NULL);
    YES(strstr(text, "ferry") == NULL);
    slurp(pid, "smaps_rollup");
    YES(strstr(text, "\nRss:") != NULL);
    YES(slurp(pid, "auxv") > 100);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argv[1]);
    char self[PATH_MAX] = "", c;
    MUST(readlink("/proc/self/exe", self, sizeof self - 1));
    int to[2], from[2];
    MUST(pipe2(to, O_CLOEXEC));
    MUST(pipe2(from, O_CLOEXEC));
    pid_t pid = (pid_t)MUST(fork());
    if (!pid) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execle(self, "its own name", "renamed", "", "third word", NULL,
               (char *[]){"FIRST=1", "SECOND=two words", NULL});
        _exit(1);
    }
    MUST(read(from[0], &c, 1));
    guest_sleep_ms(200); /* it sleeps in read by then */
    look(pid, self);
    write(to[1], "x", 1);
    guest_reap("child", pid);
    return 0;
}

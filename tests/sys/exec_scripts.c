/*
 * Scripts: lines of every length, arguments, chains, descriptors that would be closed, no argv, and
 * what the kernel refuses.
 */
#include "guest.h"

static char self[PATH_MAX];

static void script(const char *name, const char *text)
{
    guest_file(name, text);
    MUST(chmod(name, 0755));
}

static void run(const char *name, char **args)
{
    char *none[] = {NULL};
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        execve(name, args, none);
        printf("%s: %s\n", name, guest_error_name(errno));
        _exit(1);
    }
    guest_reap(name, pid);
}

/* A line of `n` characters whose interpreter is ./me, or whose argument is long. */
static void long_line(const char *name, size_t n, bool argument)
{
    char text[1000] = "#!";
    size_t at = 2;
    if (argument) {
        at += (size_t)sprintf(text + at, "./me ");
        memset(text + at, 'a', n - at);
    } else {
        while (at + 5 < n)
            at += (size_t)sprintf(text + at, at + 6 < n ? "./" : "/.");
        while (at + 4 < n)
            text[at++] = '/';
        memcpy(text + at, "./me", 4);
    }
    text[n] = '\n';
    text[n + 1] = 0;
    script(name, text);
    run(name, (char *[]){"zero", "one", NULL});
}

int main(int argc, char **argv)
{
    if (!getenv("GUEST_TEST")) {
        printf("%d:", argc);
        for (int i = 0; i < argc; i++)
            printf(" [%.20s %zu]", strstr(argv[i], "/dev/fd") ? "/dev/fd" : argv[i],
                   strlen(argv[i]));
        printf("\n");
        return 3;
    }
    MUST(readlink("/proc/self/exe", self, sizeof self));
    MUST(symlink(self, "me"));
    char *args[] = {"zero", "one", NULL}, *none[] = {NULL};
    script("./tabs", "#!\t ./me\t \t-x  y\t \n");
    script("./crlf", "#!./me\r\n");
    script("./quotes", "#!./me 'a b' \"c\"\n");
    script("./one", "#!./two\n");
    script("./two", "#!./three 2\n");
    script("./three", "#!./four\n");
    script("./four", "#!./five 4\n");
    script("./five", "#!./six\n");
    script("./six", "#!./me 6\n");
    script("./directory", "#!/\n");
    script("./device", "#!/dev/null\n");
    script("./blank", "#!   \n");
    script("./zero", "#!./me");
    int zero = open("./zero", O_WRONLY | O_APPEND);
    write(zero, "\0b c\n", 5);
    close(zero);
    script("./data", "#!./private\n");
    script("./private", "#!./me\n");
    chmod("./private", 0644);
    script("./through", "#!./text\n");
    script("./text", "no program\n");
    script("./not-yet", " #!./me\n");
    script("./tiny", "#");
    run("./tabs", args);
    run("./crlf", args);
    run("./quotes", args);
    run("./six", args);
    run("./five", args);
    run("./four", args);
    run("./three", args);
    run("./two", args);
    run("./one", args);
    run("./directory", args);
    run("./device", args);
    run("./blank", args);
    run("./zero", args);
    run("./data", args);
    run("./through", args);
    run("./not-yet", args);
    run("./tiny", args);
    run("./six", none);
    long_line("./line254", 254, false);
    long_line("./line255", 255, false);
    long_line("./line256", 256, false);
    long_line("./line300", 300, false);
    long_line("./arg255", 255, true);
    long_line("./arg256", 256, true);
    long_line("./arg400", 400, true);

    int fd = (int)MUST(open("./six", O_RDONLY | O_CLOEXEC)),
        kept = (int)MUST(open("./six", O_RDONLY));
    TRY(syscall(SYS_execveat, fd, "", args, none, AT_EMPTY_PATH));
    int dir = (int)MUST(open(".", O_RDONLY | O_CLOEXEC));
    TRY(syscall(SYS_execveat, dir, "six", args, none, 0));
    pid_t pid = (pid_t)MUST(fork());
    if (!pid) {
        fexecve(kept, args, none);
        _exit(1);
    }
    guest_reap("by descriptor", pid);
    pid = (pid_t)MUST(fork());
    if (!pid) {
        fcntl(dir, F_SETFD, 0);
        syscall(SYS_execveat, dir, "six", args, none, 0);
        _exit(1);
    }
    guest_reap("below a descriptor", pid);
    return 0;
}

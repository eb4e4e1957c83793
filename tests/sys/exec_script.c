/*
 * #! scripts: interpreter and argument, the guest's own program as interpreter, chains, bad lines.
 */
#include "guest.h"

static void script(const char *name, const char *line, const char *path)
{
    char text[PATH_MAX + 100];
    snprintf(text, sizeof text, line, path);
    guest_file(name, text);
    MUST(chmod(name, 0755));
}

static void run(const char *name)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        execl(name, "zero", "one", "two words", NULL);
        printf("%s: %s\n", name, guest_error_name(errno));
        _exit(1);
    }
    guest_reap(name, pid);
}

int main(int argc, char **argv)
{
    char self[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", self, sizeof self));
    if (argc > 1) {
        YES(!strcmp(argv[0], self));
        for (int i = 1; i < argc; i++)
            printf("[%s]", argv[i]);
        printf("\n");
        return 12;
    }
    script("./plain", "#!%s\n", self);
    script("./argument", "#! %s  several words as one \n", self);
    script("./chain", "#!./argument more\n%s", "");
    script("./shell", "#!/bin/sh\necho \"shell: $0 $*\"; exit 9\n%s", "");
    script("./no-newline", "#!%s", self);
    script("./missing", "#!/no/such/interpreter\n%s", "");
    script("./empty-line", "#!\n%s", "");
    script("./no-line", "echo without an interpreter; exit 8\n%s", "");
    script("./loop", "#!./loop\n%s", "");
    script("./empty", "%s", "");
    script("./private", "#!%s\n", self);
    MUST(chmod("./private", 0644));
    run("./plain");
    run("./argument");
    run("./chain");
    run("./shell");
    run("./no-newline");
    run("./missing");
    run("./empty-line");
    run("./no-line");
    run("./loop");
    run("./empty");
    run("./private");
    execlp("./no-line", "name", NULL);
    return 1;
}

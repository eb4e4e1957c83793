/* Scripts: interpreter, its one argument, nesting, what argv becomes; and lines that are none. */
#include "guest.h"

static char self[PATH_MAX];

static void script(const char *name, const char *line)
{
    char text[PATH_MAX + 100];
    snprintf(text, sizeof text, line, self);
    guest_file(name, text);
    MUST(chmod(name, 0755));
}

static void run(const char *path)
{
    pid_t child = fork();
    if (!child) {
        char *const argv[] = {"zero", "one", "two words", NULL};
        execv(path, argv);
        printf("%s: %s\n", path, guest_error_name(errno));
        _exit(1);
    }
    guest_reap(path, child);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            printf("  [%d] %s\n", i, argv[i]);
        return 0;
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    script("plain", "#!%s\n");
    script("argument", "#! %s  first second  \nrest");
    script("noline", "#!");
    script("missing", "#!/nowhere/interpreter\n");
    script("shell", "#!/bin/sh\necho \"sh says $0 $1 $2\"\n");
    guest_file("outer", "#!./plain\n");
    chmod("outer", 0755);
    script("empty", "");
    script("text", "echo no magic\n");
    guest_file("not_executable", "#!/bin/sh\n");
    mkdir("directory", 0755);
    static const char *const names[] = {"./plain", "./argument", "./noline", "./missing", "./shell",
                                        "./outer", "./empty", "./text", "./not_executable",
                                        "./directory", "./absent", "./plain/below"};
    for (size_t i = 0; i < COUNT(names); i++)
        run(names[i]);
    /* A chain that is too long. */
    guest_file("s0", "#!./s1\n");
    guest_file("s1", "#!./s0\n");
    chmod("s0", 0755);
    chmod("s1", 0755);
    run("./s0");
}

/* Prints docs/syscalls.md from the rows of syscall.def. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A row as text; only what the page shows. */
struct entry {
    const char *name, *how, *kinds, *note;
    int generic, arm32;
};

#define A(kind) #kind " "
static const struct entry entries[] = {
#define SYS(name, generic, arm32, ret, how, args, note) {#name, #how, args, note, generic, arm32},
#include "syscall/syscall.def"
};

static const struct {
    const char *how, *text;
} hows[] = {
    {"raw", "host"},       {"wait", "host, interruptible"},
    {"conv", "converted"}, {"fn", "Ferry"},
    {"user", "Ferry"},     {"none", "**no**"},
};

static const char *text_of(const char *how)
{
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
        if (strcmp(hows[i].how, how) == 0)
            return hows[i].text;
    return "?";
}

static int count(const char *how)
{
    int n = 0;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        n += strcmp(entries[i].how, how) == 0;
    return n;
}

static int total(void)
{
    return (int)(sizeof entries / sizeof *entries);
}

/* Options of prctl that are not simply passed on. */
static const struct {
    const char *name, *how, *note;
} options[] = {
#define PRCTL(name, number, how, note) {#name, #how, note},
#include "syscall/prctl.def"
};

static void print_options(void)
{
    size_t n = sizeof options / sizeof *options;
    printf("\n## Options of prctl\n\n"
           "All %zu of them have a row in `syscall/prctl.def`. Those that the host's kernel does not "
           "serve as they\nare:\n\n| option | served by | note |\n| --- | --- | --- |\n",
           n);
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(options[i].how, "raw") || !strcmp(options[i].how, "ptr"))
            continue;
        bool none = !strcmp(options[i].how, "none");
        bool guest = !strcmp(options[i].how, "guest");
        printf("| `%s` | %s | %s |\n", options[i].name,
               none ? "**no**: EINVAL" : guest ? "the guest's processor" : "Ferry",
               options[i].note);
    }
}

int main(void)
{
    printf(
        "# System calls\n\n"
        "Made from `syscall/syscall.def`; `make syscalls-page` writes it anew.\n\n"
        "Of the %d calls that the kernel's generic table has (riscv64, aarch64), %d are served:\n"
        "%d by the host's kernel as they are, %d after their paths, structures or flags were\n"
        "converted, %d by Ferry itself because they are about the process, its memory, threads "
        "and\n"
        "signals, or about descriptors and paths that only Ferry knows. %d answer ENOSYS, as a "
        "kernel\n"
        "without them would.\n\n",
        total(), total() - count("none"), count("raw") + count("wait"), count("conv"),
        count("fn") + count("user"), count("none"));
    printf("Nothing is printed for a call that is missing; `-d unimp` logs it. `ioctl` passes "
           "requests that\n"
           "nobody has heard of to the host's driver, which answers as the guest's would.\n\n");
    printf("| call | riscv64, aarch64 | arm | served by | note |\n"
           "| --- | ---: | ---: | --- | --- |\n");
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        const struct entry *e = &entries[i];
        char arm[16] = "";
        if (e->arm32 >= 0)
            snprintf(arm, sizeof arm, "%d", e->arm32);
        printf("| `%s` | %d | %s | %s | %s |\n", e->name, e->generic, arm, text_of(e->how),
               e->note);
    }
    print_options();
    return 0;
}

/* Why a file cannot be executed, in the order in which the kernel looks. */
#include "guest.h"
#include <elf.h>
#include <sched.h>
#include <sys/mount.h>

static char self[PATH_MAX], *args[] = {"x", "started", NULL}, *none[] = {NULL};

static void copy(const char *from, const char *to, mode_t mode)
{
    char buffer[1 << 16];
    int in = (int)MUST(open(from, O_RDONLY)), out = (int)MUST(open(to, O_WRONLY | O_CREAT, 0700));
    ssize_t n;
    while ((n = read(in, buffer, sizeof buffer)) > 0)
        MUST(write(out, buffer, (size_t)n));
    MUST(fchmod(out, mode));
    close(in);
    close(out);
}

/* A copy of ourselves with one thing changed. */
static void changed(const char *name, void (*change)(Elf64_Ehdr *, Elf64_Phdr *))
{
    copy(self, name, 0755);
    int fd = (int)MUST(open(name, O_RDWR));
    void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    Elf64_Ehdr *e = m;
    change(e, (Elf64_Phdr *)((char *)m + e->e_phoff));
    munmap(m, 4096);
    close(fd);
    TRY(execve(name, args, none));
}

static void no_type(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    (void)p;
    e->e_type = ET_REL;
}

static void no_headers(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    (void)p;
    e->e_phnum = 0;
}

static void odd_headers(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    (void)p;
    e->e_phentsize = 57;
}

static void missing_interpreter(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    static const char name[] = "/no/such/ld.so";
    char *at = (char *)e + 4000;
    memcpy(at, name, sizeof name);
    p[e->e_phnum - 1].p_type = PT_INTERP;
    p[e->e_phnum - 1].p_offset = 4000;
    p[e->e_phnum - 1].p_filesz = sizeof name;
}

static void directory_as_interpreter(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    missing_interpreter(e, p);
    memcpy((char *)e + 4000, "/tmp", 5);
    p[e->e_phnum - 1].p_filesz = 5;
}

static void null_as_interpreter(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    missing_interpreter(e, p);
    memcpy((char *)e + 4000, "/dev/null", 10);
    p[e->e_phnum - 1].p_filesz = 10;
}

static void bad_interpreter(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    missing_interpreter(e, p);
    memcpy((char *)e + 4000, "./text", 7);
    p[e->e_phnum - 1].p_filesz = 7;
}

static void private_interpreter(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    missing_interpreter(e, p);
    memcpy((char *)e + 4000, "./data", 7);
    p[e->e_phnum - 1].p_filesz = 7;
}

static void open_name(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    missing_interpreter(e, p);
    p[e->e_phnum - 1].p_filesz--;
}

static void short_name(Elf64_Ehdr *e, Elf64_Phdr *p)
{
    missing_interpreter(e, p);
    p[e->e_phnum - 1].p_filesz = 1;
}

static void noexec(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return;
    mkdir("mounted", 0755);
    if (mount("none", "mounted", "tmpfs", MS_NOEXEC, NULL) != 0)
        return;
    copy(self, "mounted/program", 0755);
    int error = execve("mounted/program", args, none) ? errno : 0;
    int again = access("mounted/program", X_OK) ? errno : 0;
    if (error != EACCES || again != EACCES)
        printf("noexec: %s %s\n", guest_error_name(error), guest_error_name(again));
    guest_file("mounted/script", "#!/bin/sh\necho run\n");
    chmod("mounted/script", 0755);
    if (execve("mounted/script", args, none) != -1 || errno != EACCES)
        printf("script: %s\n", guest_error_name(errno));
    umount("mounted");
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        printf("started\n");
        return 0;
    }
    MUST(readlink("/proc/self/exe", self, sizeof self));
    guest_file("text", "no program\n");
    chmod("text", 0755);
    guest_file("data", "data\n");
    chmod("data", 0644);
    changed("./type", no_type);
    changed("./headers", no_headers);
    changed("./odd", odd_headers);
    changed("./interp", missing_interpreter);
    changed("./interp2", directory_as_interpreter);
    changed("./interp3", null_as_interpreter);
    changed("./interp4", bad_interpreter);
    changed("./interp5", private_interpreter);
    changed("./interp6", open_name);
    changed("./interp7", short_name);
    /* Written to by somebody: not now. */
    copy(self, "busy", 0755);
    int fd = (int)MUST(open("busy", O_RDWR));
    TRY(execve("./busy", args, none));
    TRY(syscall(SYS_execveat, fd, "", args, none, AT_EMPTY_PATH));
    close(fd);
    guest_file("writing", "#!./busy\n");
    chmod("writing", 0755);
    fd = (int)MUST(open("writing", O_WRONLY));
    TRY(execve("./writing", args, none));
    close(fd);
    /* No regular files. */
    MUST(mkfifo("fifo", 0755));
    TRY(execve("./fifo", args, none));
    TRY(execve("/", args, none));
    TRY(execve("text/", args, none));
    fd = (int)MUST(open(".", O_RDONLY | O_DIRECTORY));
    TRY(syscall(SYS_execveat, fd, "", args, none, AT_EMPTY_PATH));
    TRY(syscall(SYS_execveat, fd, "", args, none, 0));
    TRY(syscall(SYS_execveat, fd, "text", args, none, 0x10));
    TRY(syscall(SYS_execveat, -1, "text", args, none, 0));
    TRY(syscall(SYS_execveat, -1, "", args, none, AT_EMPTY_PATH));
    TRY(syscall(SYS_execveat, 99, "text", args, none, 0));
    int file = (int)MUST(open("data", O_RDONLY));
    TRY(syscall(SYS_execveat, file, "text", args, none, 0));
    TRY(syscall(SYS_execveat, file, "", args, none, AT_EMPTY_PATH));
    MUST(symlink("text", "to-text"));
    TRY(syscall(SYS_execveat, fd, "to-text", args, none, AT_SYMLINK_NOFOLLOW));
    char long_name[NAME_MAX + 10];
    memset(long_name, 'n', sizeof long_name);
    long_name[sizeof long_name - 1] = 0;
    TRY(execve(long_name, args, none));
    char *path = malloc(PATH_MAX + 10);
    memset(path, '/', PATH_MAX + 9);
    path[PATH_MAX + 9] = 0;
    TRY(execve(path, args, none));
    TRY(execve((char *)BAD, args, none));
    TRY(execve((char *)BAD, (char **)BAD, none));
    pid_t pid = (pid_t)MUST(fork());
    if (!pid) {
        noexec();
        _exit(0);
    }
    guest_reap("noexec", pid);
    return 0;
}

/* What cannot be executed says why, and the caller goes on unharmed. */
#include "guest.h"

int main(void)
{
    char *args[] = {"x", NULL}, *none[] = {NULL};
    char self[PATH_MAX] = "", path[PATH_MAX + 10];
    MUST(readlink("/proc/self/exe", self, sizeof self));
    TRY(execve("./absent", args, none));
    TRY(execve("", args, none));
    TRY(execve(".", args, none));
    TRY(execve("/dev/null", args, none));
    guest_file("text", "no program\n");
    TRY(execve("./text", args, none));
    MUST(chmod("text", 0755));
    TRY(execve("./text", args, none));
    guest_file("short", "\177ELF");
    MUST(chmod("short", 0755));
    TRY(execve("./short", args, none));
    snprintf(path, sizeof path, "%s/below", self);
    TRY(execve(path, args, none));
    MUST(symlink("loop", "loop"));
    TRY(execve("./loop", args, none));
    MUST(symlink("absent", "dangling"));
    TRY(execve("./dangling", args, none));
    TRY(execve(self, (char **)BAD, none));
    char *bad[] = {"x", BAD, NULL};
    TRY(execve(self, bad, none));
    TRY(execve(self, args, (char **)BAD));
    char *huge = malloc((1 << 17) + 1);
    memset(huge, 'a', 1 << 17);
    huge[1 << 17] = 0;
    char *big[] = {"x", huge, NULL};
    TRY(execve(self, big, none));
    execlp("absent-everywhere", "x", NULL);
    printf("%s\n", guest_error_name(errno));
    int w = (int)MUST(open("busy", O_CREAT | O_WRONLY, 0755));
    MUST(write(w, "\177ELF", 4));
    TRY(execve("./busy", args, none));
    printf("unharmed\n");
    return 0;
}

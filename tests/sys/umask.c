/* umask takes permissions from files, directories, fifos and nodes; children inherit it. */
#include "guest.h"

static void show(const char *name)
{
    struct stat st;
    MUST(lstat(name, &st));
    printf("%s %o\n", name, st.st_mode & 07777);
}

int main(void)
{
    printf("%o\n", umask(027));
    printf("%o\n", umask(07777));
    printf("%o\n", umask(027));
    MUST(open("file", O_CREAT | O_WRONLY, 0777));
    MUST(mkdir("dir", 0777));
    MUST(mkfifo("fifo", 0666));
    MUST(symlink("x", "link"));
    show("file");
    show("dir");
    show("fifo");
    show("link");
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        printf("child %o\n", umask(0));
        MUST(open("open", O_CREAT | O_WRONLY, 0666));
        _exit(0);
    }
    guest_reap("child", pid);
    show("open");
    printf("%o\n", umask(0));
    return 0;
}

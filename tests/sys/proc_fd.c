/* /proc/self/fd and fdinfo list exactly the guest's descriptors. */
#include "guest.h"
#include <dirent.h>

int main(void)
{
    guest_file("file", "contents");
    int fd = (int)MUST(open("file", O_RDONLY));
    MUST(dup2(fd, 50));
    MUST(lseek(fd, 5, SEEK_SET));
    DIR *d = opendir("/proc/self/fd");
    int seen[100] = {0}, others = 0;
    struct dirent *e;
    while ((e = readdir(d)))
        if (e->d_name[0] != '.') {
            int n = atoi(e->d_name);
            if (n < 100 && n != dirfd(d))
                seen[n] = 1;
            else if (n != dirfd(d))
                others++;
        }
    for (int i = 0; i < 100; i++)
        if (seen[i])
            printf("%d\n", i);
    SHOW(others);
    char target[PATH_MAX] = "", here[PATH_MAX];
    readlink("/proc/self/fd/50", target, sizeof target);
    getcwd(here, sizeof here);
    YES(!strncmp(target, here, strlen(here)));
    TEXT(target + strlen(here));
    FILE *f = fopen("/proc/self/fdinfo/50", "r");
    int pos = -1;
    YES(f && fscanf(f, "pos: %d", &pos) == 1);
    SHOW(pos);
    int again = (int)TRY(open("/proc/self/fd/50", O_RDWR));
    char c;
    MUST(read(again, &c, 1));
    SHOW(c);
    TRY(open("/proc/self/fd/99", O_RDONLY));
    TRY(open("/dev/fd/50", O_RDONLY));
    TRY(readlink("/proc/self/fd/99", target, 10));
    return 0;
}

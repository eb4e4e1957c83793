/* getdents64 lists each entry once, in records whose layout is the same everywhere, and seeks. */
#include "sys.h"
#include <dirent.h>

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

int main(void)
{
    char names[200][16], name[16];
    int count = 0, again = 0;
    CALL(mkdir("d", 0755));
    for (int i = 0; i < 100; i++) {
        sprintf(name, "d/f%03d", i);
        write_file(name, "");
    }
    mkdir("d/sub", 0755);
    symlink("x", "d/link");
    DIR *d = opendir("d");
    long place = telldir(d);
    for (struct dirent *e; (e = readdir(d));) {
        snprintf(names[count++], 16, "%s %d", e->d_name, e->d_type);
        if (e->d_ino == 0)
            printf("no inode\n");
    }
    qsort(names, (size_t)count, 16, compare);
    for (int i = 0; i < count; i++)
        puts(names[i]);
    seekdir(d, place);
    while (readdir(d))
        again++;
    SHOW(again);
    closedir(d);
    char small[8];
    int fd = open("d", O_RDONLY | O_DIRECTORY);
    CALL(syscall(SYS_getdents64, fd, small, sizeof small));
    CALL(syscall(SYS_getdents64, 99, small, sizeof small));
    fd = open("d/f000", O_RDONLY);
    CALL(syscall(SYS_getdents64, fd, names, sizeof names));
    return 0;
}

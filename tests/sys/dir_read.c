/* readdir: every name once, with its type and inode. */
#include "guest.h"
#include <dirent.h>

int main(void)
{
    char name[300];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "file-%03d", i);
        guest_file(name, "");
    }
    MUST(mkdir("dir", 0755));
    MUST(symlink("nowhere", "link"));
    MUST(mkfifo("fifo", 0600));
    memset(name, 'x', 255);
    name[255] = 0;
    guest_file(name, "");

    DIR *d = opendir(".");
    struct dirent *e;
    int files = 0, dots = 0, wrong = 0;
    while ((e = readdir(d))) {
        struct stat st;
        MUST(lstat(e->d_name, &st));
        if (strcmp(e->d_name, "..") && (st.st_ino != e->d_ino || IFTODT(st.st_mode) != e->d_type))
            wrong++;
        if (e->d_type == DT_DIR && e->d_name[0] == '.')
            dots++;
        else if (e->d_type == DT_REG)
            files++;
        else
            printf("%s: type %d\n", !strcmp(e->d_name, "dir") ? "dir" : "special",
                   e->d_type == DT_DIR ? e->d_type : 0);
    }
    SHOW(files);
    SHOW(dots);
    SHOW(wrong);
    closedir(d);

    struct dirent **list;
    int n = scandir(".", &list, NULL, alphasort);
    SHOW(n);
    TEXT(list[0]->d_name);
    TEXT(list[3]->d_name);
    TEXT(list[n - 2]->d_name);
    YES(opendir("file-000") == NULL && errno == ENOTDIR);
    YES(opendir("absent") == NULL && errno == ENOENT);
    return 0;
}

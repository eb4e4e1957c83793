/* O_PATH descriptors name a place and cannot read, write or be mapped. */
#include "guest.h"
#include <sys/ioctl.h>

int main(void)
{
    guest_file("file", "contents");
    MUST(mkdir("dir", 0755));
    guest_file("dir/inner", "x");
    MUST(symlink("file", "link"));
    int file = (int)MUST(open("file", O_PATH));
    int dir = (int)MUST(open("dir", O_PATH));
    int link = (int)MUST(open("link", O_PATH | O_NOFOLLOW));
    char c[16] = "";
    TRY(read(file, c, 1));
    TRY(write(file, c, 1));
    TRY(ftruncate(file, 0));
    TRY(fchmod(file, 0600));
    TRY(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, file, 0));
    TRY(ioctl(file, FIONREAD, c));
    struct stat st;
    TRY(fstat(file, &st));
    SHOW(st.st_size);
    MUST(fstat(link, &st));
    YES(S_ISLNK(st.st_mode));
    SHOW(readlinkat(link, "", c, sizeof c));
    TEXT(c);
    TRY(openat(dir, "inner", O_RDONLY));
    TRY(fchdir(dir));
    TRY(access("inner", F_OK));
    char proc[40];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", file);
    int again = (int)TRY(open(proc, O_RDONLY));
    SHOW(read(again, c, 8));
    TRY(dup(file));
    return 0;
}

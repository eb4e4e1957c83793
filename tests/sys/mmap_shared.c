/* MAP_SHARED: file and map are one; anonymous shared memory lives across fork. */
#include "guest.h"

int main(void)
{
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(ftruncate(fd, 10000));
    char *a = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *b = mmap(NULL, 10000, PROT_READ, MAP_SHARED, fd, 0);
    strcpy(a + 5000, "through the map");
    TEXT(b + 5000);
    char text[30] = "";
    MUST(pread(fd, text, 29, 5000));
    TEXT(text);
    MUST(pwrite(fd, "THROUGH", 7, 5000));
    TEXT(b + 5000);
    TRY(msync(a, 10000, MS_SYNC));
    TRY(msync(a, 10000, MS_ASYNC | MS_SYNC));
    TRY(msync(a + 1, 10, MS_SYNC));

    volatile int *s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile int *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    s[0] = p[0] = 1;
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        s[0] += 10;
        p[0] += 10;
        a[0] = 'c';
        _exit(s[0] + p[0]);
    }
    guest_reap("child", pid);
    printf("%d %d %c\n", s[0], p[0], b[0]);
    MUST(ftruncate(fd, 100));
    printf("%d\n", b[99]);
    MUST(ftruncate(fd, 10000));
    printf("%d\n", b[5000]);
    TRY(munmap(a, 10000));
    return 0;
}

/* MAP_PRIVATE of a file: copy on write, zeroes after the end, offsets, errors of mmap. */
#include "guest.h"

int main(void)
{
    long page = sysconf(_SC_PAGESIZE);
    char *block = calloc(1, (size_t)page * 2);
    memset(block, 'a', (size_t)page);
    memset(block + page, 'b', 100);
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(write(fd, block, (size_t)page + 100));
    char *p = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    printf("%c %c %d\n", p[0], p[page], p[page + 100]);
    p[0] = 'X';
    char c;
    MUST(pread(fd, &c, 1, 0));
    printf("file %c map %c\n", c, p[0]);
    MUST(pwrite(fd, "Y", 1, page));
    printf("%c\n", p[page]);
    if (MUST(fork()) == 0) {
        p[0] = 'Z';
        _exit(p[page] != 'Y');
    }
    int status;
    wait(&status);
    guest_ended("child", status);
    printf("%c\n", p[0]);
    char *second = mmap(NULL, 10, PROT_READ, MAP_PRIVATE, fd, page);
    printf("%c\n", second[1]);
    close(fd);
    printf("%c\n", second[2]);
    TRY(munmap(second, 10));
    TRY(munmap(p + 1, 10));
    TRY(munmap(p, 0));
    TRY(munmap(p, (size_t)page * 2));
    TRY(munmap(p, (size_t)page * 2));
    fd = (int)MUST(open("file", O_RDONLY));
    TRY(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, fd, 1) == MAP_FAILED ? -1 : 0);
    TRY(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
    TRY(mmap(NULL, 10, PROT_READ, 0, fd, 0) == MAP_FAILED ? -1 : 0);
    TRY(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, -1, 0) == MAP_FAILED ? -1 : 0);
    TRY(mmap(NULL, 10, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
    TRY(mmap(NULL, 10, PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
    TRY(mmap(NULL, (size_t)1 << 62, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    int w = (int)MUST(open("file", O_WRONLY));
    TRY(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, w, 0) == MAP_FAILED ? -1 : 0);
    int d = (int)MUST(open(".", O_RDONLY));
    TRY(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, d, 0) == MAP_FAILED ? -1 : 0);
    return 0;
}

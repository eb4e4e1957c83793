/*
 * mmap's errors in the kernel's order: a crooked offset, then the descriptor, then length, flags and
 * address, then what the file allows.
 */
#include "guest.h"

static void *map(size_t length, int prot, int flags, int fd, off_t offset)
{
    return (void *)syscall(SYS_mmap, NULL, length, prot, flags, fd, offset);
}

int main(void)
{
    guest_file("file", "contents");
    int rd = (int)MUST(open("file", O_RDONLY)), wr = (int)MUST(open("file", O_WRONLY));
    int dir = (int)MUST(open(".", O_RDONLY)), path = (int)MUST(open("file", O_PATH));
    TRY(map(0, PROT_READ, MAP_SHARED, -1, 0));
    TRY(map(4096, PROT_READ, MAP_SHARED, -1, 0));
    TRY(map(4096, PROT_READ, MAP_SHARED, 500, 0));
    TRY(map(4096, PROT_READ, MAP_SHARED, path, 0));
    TRY(map(4096, PROT_READ, MAP_SHARED, -1, 1));
    TRY(map(0, PROT_READ, MAP_SHARED, rd, 1));
    TRY(map(0, PROT_READ, MAP_SHARED, rd, 0));
    TRY(map(4096, PROT_READ, 0, -1, 0));
    TRY(map(4096, PROT_READ, 0, rd, 0));
    TRY(map(4096, PROT_READ, 0, rd, 100));
    TRY(map(SIZE_MAX - 4095, PROT_READ, MAP_SHARED, rd, 0));
    TRY(map(SIZE_MAX - 4095, PROT_READ, MAP_SHARED, -1, 0));
    TRY(map((size_t)1 << 60, PROT_READ, MAP_SHARED, -1, 0));
    TRY(map(4096, PROT_READ, MAP_SHARED, wr, 0));
    TRY(map(4096, PROT_WRITE, MAP_SHARED, rd, 0));
    TRY(map(4096, PROT_READ, MAP_PRIVATE, wr, 0));
    TRY(map(4096, PROT_READ, MAP_PRIVATE, dir, 0));
    TRY(map(0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    TRY(map(4096, PROT_READ, MAP_ANONYMOUS, -1, 0));
    return 0;
}

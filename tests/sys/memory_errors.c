/* Errors of calls about memory where several things are wrong at once. */
#include "guest.h"

int main(void)
{
    void *const beyond = (void *)0xffff800000000000ul;
    char *map = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(munmap(map + 8192, 4096));
    char *hole = map + 8192;
    TRY(syscall(SYS_mprotect, hole, 4096, 0x40));
    TRY(syscall(SYS_mprotect, map, 4096, 1L << 32));
    TRY(syscall(SYS_mprotect, hole, 4096, PROT_READ));
    TRY(syscall(SYS_mprotect, beyond, 4096, PROT_READ));
    TRY(syscall(SYS_mprotect, map, 4096, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP));
    TRY(syscall(SYS_mprotect, map + 1, 0, PROT_READ));
    TRY(syscall(SYS_madvise, hole, 4096, 1000));
    TRY(syscall(SYS_madvise, hole, 4096, MADV_DONTNEED));
    TRY(syscall(SYS_madvise, beyond, 4096, MADV_DONTNEED));
    TRY(syscall(SYS_madvise, map + 1, 0, 1000));
    TRY(syscall(SYS_mincore, beyond, 4096, -1L));
    TRY(syscall(SYS_mincore, hole, 4096, -1L));
    TRY(syscall(SYS_mincore, hole, 4096, map));
    TRY(mremap(beyond, 4096, 8192, 0) == MAP_FAILED ? -1 : 0);
    TRY(mremap(map, 4096, 8192, 1000) == MAP_FAILED ? -1 : 0);
    TRY(mremap(map + 4096, 8, 1, MREMAP_MAYMOVE | 4 /* DONTUNMAP */) == MAP_FAILED ? -1 : 0);
    TRY(mremap(map + 4096, 8, 8192, MREMAP_MAYMOVE | 4) == MAP_FAILED ? -1 : 0);
    TRY(mlockall(0));
    TRY(mlockall(8));
    TRY(munlock(hole, 4096));
    TRY(msync(hole, 4096, MS_SYNC | MS_ASYNC));
    TRY(msync(hole, 4096, MS_SYNC));
    return 0;
}

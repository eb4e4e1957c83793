/* What mmap, munmap, mprotect, madvise and mincore refuse, and in which order they look. */
#include "guest.h"

#define FAR ((void *)(1UL << 62))
#define MAP(...) (mmap(__VA_ARGS__) == MAP_FAILED ? -1 : 0)

int main(void)
{
    const int anon = MAP_PRIVATE | MAP_ANONYMOUS;
    char *p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, anon, -1, 0);
    int ro = (int)MUST(open("/proc/self/exe", O_RDONLY)), dir = (int)MUST(open(".", O_RDONLY));
    TRY(MAP(NULL, 0, PROT_READ, anon, -1, 0));
    TRY(MAP(NULL, 0, PROT_READ, MAP_PRIVATE, 999, 0));
    TRY(MAP(NULL, -1UL, PROT_READ, anon, -1, 0));
    TRY(MAP(NULL, -4096UL, PROT_READ, anon, -1, 0));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_PRIVATE, ro, 1));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_PRIVATE, 999, 0));
    TRY(MAP(NULL, 4096, PROT_READ, 0, ro, 0));
    TRY(MAP(NULL, 4096, PROT_WRITE, MAP_SHARED, ro, 0));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_PRIVATE, dir, 0));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, ro, 0));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE, ro, 0));
    TRY(MAP(p, 4096, PROT_READ, MAP_SHARED_VALIDATE, ro, 0));
    TRY(MAP(NULL, 0, PROT_READ, MAP_PRIVATE, open(".", O_PATH), 0));
    TRY(MAP(p + 1, 4096, PROT_READ, anon | MAP_FIXED, -1, 0));
    TRY(MAP(FAR, 4096, PROT_READ, anon | MAP_FIXED, -1, 0));
    TRY(MAP((char *)FAR + 1, 4096, PROT_READ, anon | MAP_FIXED, -1, 0));
    TRY(MAP(p, 4096, PROT_READ, anon | MAP_FIXED_NOREPLACE, -1, 0));
    TRY(MAP(FAR, 4096, PROT_READ, anon, -1, 0)); /* a hint may be anything */
    TRY(MAP(p + 1, 4096, PROT_READ, anon, -1, 0));
    TRY(MAP(p, 4096, PROT_WRITE, MAP_SHARED | MAP_FIXED, ro, 0));
    p[0] = 1; /* a refused mapping has replaced nothing */
    TRY(munmap(p, 0));
    TRY(munmap(p + 1, 4096));
    TRY(munmap(FAR, 4096));
    TRY(munmap(p + 4 * 4096, 4096));
    TRY(munmap(p + 4 * 4096, 4096));
    TRY(mprotect(p + 1, 4096, PROT_READ));
    TRY(mprotect(p + 1, 4096, 0x7000000));
    TRY(mprotect(p, 0, 0x7000000));
    TRY(mprotect(p, 4096, 0x7000000));
    TRY(mprotect(FAR, 4096, PROT_READ));
    TRY(mprotect(p, -4096UL, PROT_READ));
    TRY(mprotect(p, -1UL, PROT_READ));
    TRY(mprotect(p, 4096, PROT_GROWSUP));
    TRY(mprotect(p, 4096, PROT_GROWSDOWN));
    TRY(mprotect(p, 4096, PROT_GROWSUP | PROT_GROWSDOWN));
    TRY(mprotect(p, 4096, PROT_READ | PROT_WRITE | 8)); /* PROT_SEM */
    TRY(mprotect(p, 8 * 4096, PROT_READ)); /* up to the hole, and no further */
    unsigned char in_core[8];
    TRY(read(open("/dev/zero", O_RDONLY), p + 3 * 4096, 1));
    TRY(read(open("/dev/zero", O_RDONLY), p + 5 * 4096, 1));
    TRY(madvise(p, 4096, 999));
    TRY(madvise(p + 1, 4096, 999));
    TRY(madvise(p + 1, 4096, MADV_DONTNEED));
    TRY(madvise(FAR, 4096, MADV_DONTNEED));
    TRY(madvise(p, 0, MADV_DONTNEED));
    TRY(madvise(p, -4096UL, MADV_NORMAL));
    TRY(madvise(p, 8 * 4096, MADV_DONTNEED));
    TRY(mincore(p + 1, 4096, in_core));
    TRY(mincore(p, 8 * 4096, in_core));
    TRY(mincore(p, 4096, (unsigned char *)-4096L));
    TRY(mincore(p + 4 * 4096, 4096, (unsigned char *)-4096L));
    TRY(mincore(p, 4096, BAD));
    TRY(mincore(p, 8 * 4096, BAD)); /* before the hole */
    TRY(syscall(SYS_msync, p, 4096, 1UL << 32));
    TRY(syscall(SYS_mremap, p, 4096, 4096, 1UL << 32, 0));
    TRY(msync(p, 8 * 4096, MS_ASYNC));
    TRY(msync(p, 4096, MS_ASYNC | MS_SYNC));
    TRY(msync(p + 1, 4096, MS_ASYNC));
    TRY(mlock(p, 8 * 4096));
    TRY(munlock(p, 8 * 4096));
    TRY(syscall(SYS_mlock2, p, 4096, 8));
}

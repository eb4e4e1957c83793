/* mseal (Linux 6.10): what can no longer be done to a mapping. */
#include "guest.h"
#include <sys/utsname.h>

enum { PAGE = 4096 };
#define mseal(p, size, flags) syscall(462, p, size, flags)

int main(void)
{
    struct utsname u;
    int major = 0, minor = 0;
    uname(&u);
    sscanf(u.release, "%d.%d", &major, &minor);
    if (major * 100 + minor < 612)
        return 0;
    char *p = mmap(NULL, 8 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *w = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY(mseal(p, PAGE, 1));
    TRY(mseal(p + 1, PAGE, 0));
    TRY(mseal(p, 0, 0));
    TRY(mseal(p, 1 << 30, 0));
    TRY(mseal(p + 2 * PAGE, 2 * PAGE, 0));
    TRY(mseal(p + 2 * PAGE, 2 * PAGE, 0));
    TRY(mprotect(p + 3 * PAGE, PAGE, PROT_NONE));
    TRY(mprotect(p, 8 * PAGE, PROT_READ | PROT_WRITE));
    TRY(munmap(p + 2 * PAGE, PAGE));
    TRY(munmap(p, 8 * PAGE));
    YES(mremap(p + 2 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED && errno == EPERM);
    YES(mmap(p + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
            MAP_FAILED && errno == EPERM);
    YES(mmap(p + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) == MAP_FAILED && errno == EEXIST);
    TRY(madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED));
    TRY(madvise(p + 2 * PAGE, PAGE, MADV_WILLNEED));
    TRY(mseal(w, 2 * PAGE, 0));
    w[0] = 1;
    TRY(madvise(w, PAGE, MADV_DONTNEED)); /* could be overwritten as well */
    SHOW(w[0]);
    if (fork() == 0) {
        TRY(munmap(w, PAGE)); /* inherited */
        _exit(0);
    }
    wait(NULL);
    TRY(munmap(p, 2 * PAGE));
}

/* openat2 takes its flags from a structure, and keeps a path below the directory on request. */
#include "sys.h"
#include <linux/openat2.h>

static long openat2(int dir, const char *path, const void *how, size_t size)
{
    return syscall(SYS_openat2, dir, path, how, size);
}

int main(void)
{
    struct open_how how = {.flags = O_RDWR | O_CREAT, .mode = 0600};
    struct {
        struct open_how how;
        uint64_t more;
    } longer = {.how = {.flags = O_RDONLY}};
    int dir;
    OK(openat2(AT_FDCWD, "f", &how, sizeof how));
    how = (struct open_how){.flags = O_RDONLY};
    OK(openat2(AT_FDCWD, "f", &how, sizeof how));
    CALL(openat2(AT_FDCWD, "f", &how, sizeof how - 1));
    OK(openat2(AT_FDCWD, "f", &longer, sizeof longer));
    longer.more = 1;
    CALL(openat2(AT_FDCWD, "f", &longer, sizeof longer));
    CALL(mkdir("d", 0755));
    OK(dir = open("d", O_RDONLY | O_DIRECTORY));
    how.resolve = RESOLVE_BENEATH;
    CALL(openat2(dir, "../f", &how, sizeof how));
    how.resolve = RESOLVE_IN_ROOT;
    CALL(openat2(dir, "../f", &how, sizeof how));
    how.resolve = RESOLVE_NO_SYMLINKS;
    CALL(symlink("f", "l"));
    CALL(openat2(AT_FDCWD, "l", &how, sizeof how));
    how = (struct open_how){.flags = ~UINT64_C(0)};
    CALL(openat2(AT_FDCWD, "f", &how, sizeof how));
    CALL(openat2(AT_FDCWD, "f", (void *)8, sizeof how));
    return 0;
}

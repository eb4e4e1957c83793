/* openat2: extensible structure, refused unknown flags, RESOLVE_ flags. */
#include "guest.h"
#include <linux/openat2.h>

static long openat2(int dir, const char *path, const void *how, size_t size)
{
    return syscall(SYS_openat2, dir, path, how, size);
}

int main(void)
{
    MUST(mkdir("dir", 0755));
    guest_file("dir/file", "x");
    MUST(symlink("file", "dir/link"));
    MUST(symlink("/etc", "dir/out"));
    int dir = (int)MUST(open("dir", O_RDONLY));
    struct {
        struct open_how how;
        uint64_t more;
    } w = {.how = {.flags = O_RDONLY}};
    TRY(openat2(dir, "file", &w.how, sizeof w.how));
    TRY(openat2(dir, "file", &w, sizeof w));
    w.more = 1;
    TRY(openat2(dir, "file", &w, sizeof w));
    TRY(openat2(dir, "file", &w, 8));
    TRY(openat2(dir, "file", NULL, sizeof w.how));
    w.how.resolve = RESOLVE_BENEATH;
    TRY(openat2(dir, "../dir/file", &w.how, sizeof w.how));
    TRY(openat2(dir, "link", &w.how, sizeof w.how));
    w.how.resolve = RESOLVE_NO_SYMLINKS;
    TRY(openat2(dir, "link", &w.how, sizeof w.how));
    w.how.resolve = RESOLVE_IN_ROOT;
    TRY(openat2(dir, "/file", &w.how, sizeof w.how));
    TRY(openat2(dir, "out/passwd", &w.how, sizeof w.how));
    w.how.resolve = 1u << 30;
    TRY(openat2(dir, "file", &w.how, sizeof w.how));
    w.how = (struct open_how){.flags = O_RDONLY, .mode = 0600};
    TRY(openat2(dir, "file", &w.how, sizeof w.how));
    w.how = (struct open_how){.flags = 1ull << 40};
    TRY(openat2(dir, "file", &w.how, sizeof w.how));
    /* A process's program is behind a magic link. */
    const uint64_t refused[] = {0, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_NO_XDEV};
    for (size_t i = 0; i < COUNT(refused); i++) {
        w.how = (struct open_how){.flags = O_RDONLY | O_CLOEXEC, .resolve = refused[i]};
        TRY(openat2(AT_FDCWD, "/proc/self/exe", &w.how, sizeof w.how));
    }
    return 0;
}

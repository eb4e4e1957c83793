/* mremap over several ranges, out of nothing, without unmapping, and what it refuses. */
#include "guest.h"

enum { PAGE = 4096 };
#define MOVED(...) (mremap(__VA_ARGS__) == MAP_FAILED ? -1 : 0)

static char *pages(int n, int flags)
{
    return mmap(NULL, (size_t)n * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
}

static bool readable(const char *p)
{
    int fd[2];
    MUST(pipe(fd));
    bool yes = write(fd[1], p, 1) == 1;
    close(fd[0]);
    close(fd[1]);
    return yes;
}

int main(void)
{
    char *p = pages(8, MAP_PRIVATE), *room = pages(16, MAP_PRIVATE);
    for (int i = 0; i < 8; i++)
        p[i * PAGE] = (char)i;
    /* Ranges that differ: not to be resized. */
    mprotect(p + 2 * PAGE, PAGE, PROT_READ);
    TRY(MOVED(p, 4 * PAGE, 6 * PAGE, MREMAP_MAYMOVE));
    TRY(MOVED(p, 8 * PAGE, 7 * PAGE, 0)); /* shrinking may cross them */
    YES(readable(p + 6 * PAGE));
    YES(readable(p + 7 * PAGE));
    mprotect(p + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE); /* one again */
    p = mremap(p, 7 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
    YES(p != MAP_FAILED && p[6 * PAGE] == 6 && !p[19 * PAGE]);
    /* Down, and up again in place. */
    YES(mremap(p, 20 * PAGE, 3 * PAGE, 0) == p);
    YES(mremap(p, 3 * PAGE, 4 * PAGE, 0) == p);
    YES(p[2 * PAGE] == 2 && !p[3 * PAGE]);
    /* To a fixed place, over what is there. */
    room[3 * PAGE] = 77;
    char *to = room + 2 * PAGE;
    YES(mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
    YES(to[PAGE] == 1 && !readable(p));
    TRY(MOVED(to, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE));
    TRY(MOVED(to, 4 * PAGE, 4 * PAGE, MREMAP_FIXED, room + 8 * PAGE));
    TRY(MOVED(to, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 1));
    TRY(MOVED(to, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (char *)(1UL << 62)));
    TRY(MOVED(to + 1, 4 * PAGE, 4 * PAGE, 0));
    TRY(MOVED(to, PAGE, 0, 0));
    TRY(MOVED(to, PAGE, -1UL, MREMAP_MAYMOVE));
    TRY(MOVED(to, PAGE, PAGE, 64));
    TRY(MOVED(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE)); /* nothing there any more */
    TRY(MOVED((char *)(1UL << 62), PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    TRY(MOVED(room, 0, PAGE, MREMAP_MAYMOVE)); /* private memory has no second copy */
    /* Leaves what it moves mapped, and empty. */
    const int dontunmap = MREMAP_MAYMOVE | 4;
    TRY(syscall(SYS_mremap, to, 2 * PAGE, 2 * PAGE, dontunmap, to + 1)); /* a hint, but looked at */
    char *left = (char *)syscall(SYS_mremap, to, 2 * PAGE, 2 * PAGE, dontunmap, 0);
    YES(left != MAP_FAILED && left[PAGE] == 1 && to[PAGE] == 0);
    /* The same memory twice. */
    char *s = pages(2, MAP_SHARED);
    char *again = mremap(s, 0, 2 * PAGE, MREMAP_MAYMOVE);
    YES(again != MAP_FAILED && again != s);
    again[PAGE] = 9;
    SHOW(s[PAGE]);
    /* A file's window moves and grows. */
    guest_file("file", "");
    int fd = (int)MUST(open("file", O_RDWR));
    MUST(ftruncate(fd, 64 * PAGE));
    char *w = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 8 * PAGE);
    mprotect(w + PAGE, PAGE, PROT_NONE);
    mprotect(w + PAGE, PAGE, PROT_READ | PROT_WRITE);
    strcpy(w + 3 * PAGE, "in the file");
    w = mremap(w, 4 * PAGE, 40 * PAGE, MREMAP_MAYMOVE);
    YES(w != MAP_FAILED);
    char text[20] = "";
    w[20 * PAGE] = 'x';
    pread(fd, text, 12, 11 * PAGE);
    TEXT(text);
    pread(fd, text, 1, 28 * PAGE);
    TEXT(text);
}

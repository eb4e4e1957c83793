/* Each advice of madvise on private and shared memory and on a file: accepted or not, and what it does. */
#include "guest.h"

enum { PAGE = 4096, N = 16 };

static const struct {
    const char *name;
    int advice;
} kinds[] = {
    {"NORMAL", 0},       {"RANDOM", 1},       {"SEQUENTIAL", 2},  {"WILLNEED", 3},
    {"DONTNEED", 4},     {"FREE", 8},         {"REMOVE", 9},      {"DONTFORK", 10},
    {"DOFORK", 11},      {"MERGEABLE", 12},   {"UNMERGEABLE", 13}, {"HUGEPAGE", 14},
    {"NOHUGEPAGE", 15},  {"DONTDUMP", 16},    {"DODUMP", 17},     {"WIPEONFORK", 18},
    {"KEEPONFORK", 19},  {"COLD", 20},        {"PAGEOUT", 21},    {"POPULATE_READ", 22},
    {"POPULATE_WRITE", 23}, {"DONTNEED_LOCKED", 24}, {"5", 5},    {"99", 99},
};

static void advise(const char *what, char *p)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        p[0] = 1;
        int r = madvise(p, N * PAGE, kinds[i].advice);
        int error = errno;
        bool content = kinds[i].advice != 8; /* FREE takes its time */
        printf("%s %s: %s", what, kinds[i].name, r ? guest_error_name(error) : "ok");
        printf(content ? ", %d\n" : "\n", p[0]);
    }
}

int main(void)
{
    const int rw = PROT_READ | PROT_WRITE;
    char *p = mmap(NULL, N * PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    advise("private", p);
    advise("shared", mmap(NULL, N * PAGE, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(ftruncate(fd, N * PAGE));
    char *f = mmap(NULL, N * PAGE, rw, MAP_PRIVATE, fd, 0);
    TRY(madvise(f, N * PAGE, MADV_DONTNEED));
    f[0] = 1;
    TRY(madvise(f, PAGE, MADV_DONTNEED));
    SHOW(f[0]);
    TRY(madvise(f, PAGE, MADV_FREE));
    TRY(madvise(f, PAGE, MADV_WIPEONFORK));
    /* What a child gets. */
    p = mmap(NULL, N * PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 7, N * PAGE);
    TRY(madvise(p, PAGE, MADV_WIPEONFORK));
    TRY(madvise(p + PAGE, PAGE, MADV_DONTFORK));
    if (fork() == 0) {
        SHOW(p[0]);
        SHOW(p[2 * PAGE]);
        unsigned char in_core;
        TRY(mincore(p + PAGE, PAGE, &in_core));
        void *q = mmap(p + PAGE, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        YES(q == p + PAGE);
        _exit(0);
    }
    wait(NULL);
    /* Populating stops where memory may not be touched. */
    mprotect(p + 4 * PAGE, PAGE, PROT_NONE);
    TRY(madvise(p, N * PAGE, 22));
    TRY(madvise(p + 2 * PAGE, 2 * PAGE, 23));
    munmap(p + 8 * PAGE, PAGE);
    TRY(madvise(p + 5 * PAGE, 5 * PAGE, 22));
    TRY(madvise(p + 5 * PAGE, 5 * PAGE, MADV_DONTNEED));
    SHOW(p[9 * PAGE]);
}

/* io_uring's operations on files by name, with the flags that machines number differently. */
#include <linux/openat2.h>
#include <linux/stat.h>

#include "uring.h"

static struct ring r;

static struct io_uring_sqe *at(int opcode, const char *path)
{
    struct io_uring_sqe *s = ring_entry(&r, opcode, AT_FDCWD);
    s->addr = (unsigned long)path;
    return s;
}

static int open_with(const char *what, const char *path, unsigned flags)
{
    struct io_uring_sqe *s = at(IORING_OP_OPENAT, path);
    s->open_flags = flags;
    s->len = 0640;
    return ring_do(&r, what, false);
}

static void contains(int fd, const char *text)
{
    char buffer[4096] = "";
    struct io_uring_sqe *s = ring_entry(&r, IORING_OP_READ, fd);
    s->addr = (unsigned long)buffer;
    s->len = sizeof buffer - 1;
    struct io_uring_cqe cqe;
    MUST(ring_enter(&r, 1, 1));
    YES(ring_reap(&r, &cqe) && cqe.res > 0);
    printf("contains %s: %s\n", text, strstr(buffer, text) ? "yes" : "no");
}

int main(void)
{
    struct stat st;
    MUST(ring_open(&r, 4));
    int fd = open_with("create", "one", O_RDWR | O_CREAT | O_EXCL);
    YES(fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0640);
    close(fd);
    MUST(symlink("one", "link"));
    MUST(mkdir("directory", 0777));
    open_with("a link, not followed", "link", O_RDONLY | O_NOFOLLOW);
    open_with("a file as a directory", "one", O_RDONLY | O_DIRECTORY);
    fd = open_with("a directory", "directory", O_RDONLY | O_DIRECTORY);
    YES(fcntl(fd, F_GETFL) & O_DIRECTORY);
    close(fd);
    fd = open_with("a temporary file", ".", O_RDWR | O_TMPFILE);
    if (fd >= 0)
        close(fd);

    struct open_how how = {.flags = O_RDONLY | O_NOFOLLOW};
    struct io_uring_sqe *s = at(IORING_OP_OPENAT2, "link");
    s->addr2 = (unsigned long)&how;
    s->len = sizeof how;
    ring_do(&r, "openat2, not followed", false);
    how.flags = O_RDONLY | O_DIRECTORY;
    s = at(IORING_OP_OPENAT2, "directory");
    s->addr2 = (unsigned long)&how;
    s->len = sizeof how;
    fd = ring_do(&r, "openat2", false);
    close(fd);
    s = at(IORING_OP_OPENAT2, "directory");
    s->addr2 = (unsigned long)&how;
    s->len = 3;
    ring_do(&r, "openat2, short", false);

    struct statx stx = {0};
    s = at(IORING_OP_STATX, "link");
    s->addr2 = (unsigned long)&stx;
    s->len = STATX_BASIC_STATS;
    s->statx_flags = AT_SYMLINK_NOFOLLOW;
    ring_do(&r, "statx", false);
    YES(S_ISLNK(stx.stx_mode));

    s = at(IORING_OP_MKDIRAT, "made");
    s->len = 0750;
    ring_do(&r, "mkdirat", false);
    s = at(IORING_OP_RENAMEAT, "one");
    s->addr2 = (unsigned long)"made/two";
    s->len = (unsigned)AT_FDCWD;
    ring_do(&r, "renameat", false);
    s = at(IORING_OP_LINKAT, "made/two");
    s->addr2 = (unsigned long)"three";
    s->len = (unsigned)AT_FDCWD;
    ring_do(&r, "linkat", false);
    s = at(IORING_OP_SYMLINKAT, "three");
    s->addr2 = (unsigned long)"four";
    ring_do(&r, "symlinkat", false);
    YES(stat("four", &st) == 0 && st.st_nlink == 2);
    s = at(IORING_OP_UNLINKAT, "made");
    s->unlink_flags = AT_REMOVEDIR;
    ring_do(&r, "unlinkat, a directory that is not empty", false);
    at(IORING_OP_UNLINKAT, "made/two");
    ring_do(&r, "unlinkat", false);
    at(IORING_OP_UNLINKAT, "no such");
    ring_do(&r, "unlinkat, nothing", false);
    s = ring_entry(&r, IORING_OP_UNLINKAT, AT_FDCWD);
    s->addr = 8;
    ring_do(&r, "unlinkat, no path", false);

    /* What tells of the program tells of this one. */
    fd = open_with("maps", "/proc/self/maps", O_RDONLY);
    contains(fd, "[stack]");
    close(fd);
    char path[4096] = "", mine[4096] = "";
    fd = open_with("exe", "/proc/self/exe", O_RDONLY);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    YES(readlink(path, mine, sizeof mine - 1) > 0);
    YES(readlink("/proc/self/exe", path, sizeof path - 1) > 0);
    YES(!strncmp(path, mine, strlen(mine)));
    return 0;
}

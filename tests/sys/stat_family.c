/* stat, lstat, fstat, fstatat: every field of the structure at its place. */
#include "guest.h"
#include <sys/sysmacros.h>

static void show(const char *name, const struct stat *st)
{
    printf("%s: mode %o, nlink %d, size %lld, blksize ok %d, blocks %d, rdev %u:%u, own %d\n", name,
           st->st_mode, (int)st->st_nlink, S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size,
           st->st_blksize >= 512 && st->st_blksize % 512 == 0, st->st_blocks > 0,
           major(st->st_rdev), minor(st->st_rdev), st->st_uid == geteuid() && st->st_gid == getegid());
}

int main(void)
{
    struct stat st, other;
    guest_file("file", "twelve bytes");
    MUST(chmod("file", 04751));
    struct timespec times[2] = {{1000000000, 123456789}, {1500000000, 987654321}};
    MUST(utimensat(AT_FDCWD, "file", times, 0));
    MUST(symlink("file", "link"));
    MUST(mkfifo("fifo", 0600));
    MUST(mkdir("dir", 0700));
    MUST(mkdir("dir/sub", 0700));

    MUST(stat("file", &st));
    show("file", &st);
    SHOW(st.st_atim.tv_sec);
    SHOW(st.st_atim.tv_nsec);
    SHOW(st.st_mtim.tv_sec);
    SHOW(st.st_mtim.tv_nsec);
    YES(st.st_ctim.tv_sec > 1500000000);
    MUST(stat("link", &other));
    YES(st.st_ino == other.st_ino && st.st_dev == other.st_dev && st.st_ino != 0);
    MUST(lstat("link", &st));
    show("link", &st);
    MUST(stat("fifo", &st));
    show("fifo", &st);
    MUST(stat("dir", &st));
    printf("dir: mode %o\n", st.st_mode);
    MUST(stat("/dev/null", &st));
    printf("null: %o %u:%u\n", st.st_mode & S_IFMT, major(st.st_rdev), minor(st.st_rdev));

    int fd = (int)MUST(open("file", O_RDONLY));
    MUST(fstat(fd, &st));
    show("fstat", &st);
    MUST(fstatat(AT_FDCWD, "link", &st, AT_SYMLINK_NOFOLLOW));
    YES(S_ISLNK(st.st_mode));
    MUST(fstatat(fd, "", &st, AT_EMPTY_PATH));
    show("empty path", &st);
    int pipes[2];
    MUST(pipe(pipes));
    MUST(fstat(pipes[0], &st));
    printf("pipe: mode %o, nlink %d\n", st.st_mode, (int)st.st_nlink);

    TRY(stat("absent", &st));
    TRY(stat("file/x", &st));
    TRY(stat("", &st));
    TRY(fstat(99, &st));
    TRY(fstatat(fd, "x", &st, 0));
    TRY(fstatat(AT_FDCWD, "file", &st, 0x40000000));
    TRY(stat("file", BAD));
    TRY(stat(BAD, &st));
    return 0;
}

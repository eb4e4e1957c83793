/* open(2): O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_TRUNC do what they say. */
#include "guest.h"

int main(void)
{
    TRY(open("new", O_RDWR | O_CREAT | O_EXCL, 0640));
    TRY(open("new", O_RDWR | O_CREAT | O_EXCL, 0640));
    struct stat st;
    MUST(stat("new", &st));
    printf("mode %o\n", st.st_mode);
    TRY(open("new", O_RDONLY | O_DIRECTORY));
    TRY(open(".", O_RDONLY | O_DIRECTORY));
    TRY(open(".", O_RDWR));
    TRY(open(".", O_RDONLY | O_CREAT, 0600));
    TRY(open("absent", O_RDONLY));
    TRY(open("new/below", O_RDONLY));
    TRY(open("", O_RDONLY));

    MUST(symlink("new", "link"));
    MUST(symlink("loop", "loop"));
    TRY(open("link", O_RDONLY | O_NOFOLLOW));
    TRY(open("link", O_RDONLY));
    TRY(open("loop", O_RDONLY));
    TRY(open("link", O_CREAT | O_EXCL | O_RDWR, 0600));

    int fd = (int)MUST(open("new", O_WRONLY));
    MUST(write(fd, "12345", 5));
    char c;
    TRY(read(fd, &c, 1));
    close(fd);
    fd = (int)MUST(open("new", O_RDONLY));
    TRY(write(fd, "x", 1));
    MUST(stat("new", &st));
    SHOW(st.st_size);
    TRY(open("new", O_WRONLY | O_TRUNC));
    MUST(stat("new", &st));
    SHOW(st.st_size);

    char name[300];
    memset(name, 'n', 299);
    name[299] = 0;
    TRY(open(name, O_RDONLY));
    char *path = malloc(5000);
    memset(path, '/', 4999);
    path[4999] = 0;
    TRY(open(path, O_RDONLY));
    path[4095] = 0;
    TRY(open(path, O_RDONLY));
    TRY(openat(fd, "new", O_RDONLY));
    TRY(openat(-1, "new", O_RDONLY));
    TRY(openat(-1, "/dev/null", O_RDONLY));
    TRY(creat("made", 0600));
    return 0;
}

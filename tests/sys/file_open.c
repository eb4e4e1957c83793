/* open honours O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY and O_NOFOLLOW. */
#include "sys.h"

int main(void)
{
    char text[32] = "";
    int fd;
    umask(022);
    OK(open("none", O_RDONLY));
    OK(fd = open("a", O_CREAT | O_EXCL | O_RDWR, 0666));
    OK(open("a", O_CREAT | O_EXCL | O_RDWR, 0666));
    CALL(write(fd, "hello", 5));
    close(fd);
    OK(fd = open("a", O_RDWR | O_APPEND));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
    CALL(write(fd, " world", 6));
    CALL(pread(fd, text, sizeof text, 0));
    SHOWS(text);
    close(fd);
    OK(fd = open("a", O_RDWR | O_TRUNC));
    CALL(lseek(fd, 0, SEEK_END));
    close(fd);
    OK(open("a", O_RDONLY | O_DIRECTORY));
    OK(open(".", O_RDONLY | O_DIRECTORY));
    OK(open(".", O_RDWR));
    CALL(symlink("a", "link"));
    OK(open("link", O_RDONLY | O_NOFOLLOW));
    OK(open("link", O_RDONLY));
    OK(fd = open("link", O_PATH | O_NOFOLLOW));
    CALL(read(fd, text, 1));
    OK(open("a/b", O_RDONLY));
    OK(open("", O_RDONLY));
    OK(open((char *)8, O_RDONLY));
    return 0;
}

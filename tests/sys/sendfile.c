/* sendfile: with and without an offset, into files, pipes and sockets. */
#include "guest.h"
#include <sys/sendfile.h>
#include <sys/socket.h>

int main(void)
{
    guest_file("in", "The quick brown fox");
    int in = (int)MUST(open("in", O_RDONLY));
    int out = (int)MUST(open("out", O_RDWR | O_CREAT, 0600));
    char text[64] = "";
    off_t offset = 4;
    SHOW(sendfile(out, in, &offset, 5));
    SHOW(offset);
    SHOW(lseek(in, 0, SEEK_CUR));
    SHOW(sendfile(out, in, NULL, 3));
    SHOW(lseek(in, 0, SEEK_CUR));
    SHOW(pread(out, text, 60, 0));
    TEXT(text);
    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    SHOW(sendfile(s[0], in, NULL, 1000));
    memset(text, 0, sizeof text);
    SHOW(read(s[1], text, 60));
    TEXT(text);
    SHOW(sendfile(s[0], in, NULL, 1000));
    int append = (int)MUST(open("out", O_WRONLY | O_APPEND));
    TRY(sendfile(append, in, &offset, 1));
    TRY(sendfile(in, in, &offset, 1));
    TRY(sendfile(out, s[0], NULL, 1));
    TRY(sendfile(out, -1, NULL, 1));
    offset = -1;
    TRY(sendfile(out, in, &offset, 1));
    TRY(sendfile(out, in, BAD, 1));
    return 0;
}

/* sendmmsg and recvmmsg: several messages a call, with their lengths, and a timeout. */
#include "guest.h"
#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    const char *texts[4] = {"a", "bb", "ccc", "dddd"};
    struct mmsghdr m[5] = {0};
    struct iovec iov[5];
    char in[5][10];
    for (int i = 0; i < 4; i++) {
        iov[i] = (struct iovec){(void *)texts[i], strlen(texts[i])};
        m[i].msg_hdr.msg_iov = &iov[i];
        m[i].msg_hdr.msg_iovlen = 1;
    }
    SHOW(sendmmsg(s[0], m, 4, 0));
    for (int i = 0; i < 4; i++)
        SHOW(m[i].msg_len);
    memset(in, 0, sizeof in);
    memset(m, 0, sizeof m);
    for (int i = 0; i < 5; i++) {
        iov[i] = (struct iovec){in[i], i == 2 ? 2 : 9};
        m[i].msg_hdr.msg_iov = &iov[i];
        m[i].msg_hdr.msg_iovlen = 1;
    }
    SHOW(recvmmsg(s[1], m, 3, 0, NULL));
    struct timespec t = {1, 0};
    for (int i = 0; i < 3; i++)
        printf("%u \"%s\" %d\n", m[i].msg_len, in[i], m[i].msg_hdr.msg_flags);
    SHOW(recvmmsg(s[1], m, 5, MSG_WAITFORONE, &t));
    printf("%u \"%s\"\n", m[0].msg_len, in[0]);
    TRY(recvmmsg(s[1], m, 5, MSG_DONTWAIT, NULL));
    close(s[1]);
    iov[0] = (struct iovec){"x", 1};
    TRY(sendmmsg(s[0], m, 1, MSG_NOSIGNAL));
    TRY(sendmmsg(s[0], BAD, 1, 0));
    return 0;
}

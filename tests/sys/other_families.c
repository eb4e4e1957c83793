/* AF_ALG, AF_PACKET and AF_VSOCK, where the kernel has them. */
#include "namespace.h"
#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void hash(void)
{
    struct sockaddr_alg a = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"};
    unsigned char digest[64];
    int s = socket(AF_ALG, SOCK_SEQPACKET, 0);
    if (s < 0 || bind(s, (void *)&a, sizeof a) != 0) {
        printf("no hash: %s\n", guest_error_name(errno));
        return;
    }
    int op = (int)MUST(accept(s, NULL, NULL));
    VALUE(send(op, "abc", 3, 0));
    VALUE(read(op, digest, sizeof digest));
    printf("%02x%02x%02x%02x\n", digest[0], digest[1], digest[2], digest[3]);
    strcpy((char *)a.salg_name, "nonsense");
    int t = (int)MUST(socket(AF_ALG, SOCK_SEQPACKET, 0));
    TRY(bind(t, (void *)&a, sizeof a));
    close(op);
    close(s);
    close(t);
}

static void packet(void)
{
    struct ifreq i = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    struct tpacket_req ring = {.tp_block_size = 4096, .tp_block_nr = 2, .tp_frame_size = 2048,
                               .tp_frame_nr = 4};
    int version = TPACKET_V2;
    int p = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
    if (p < 0) {
        printf("no packets: %s\n", guest_error_name(errno));
        return;
    }
    int u = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
    MUST(ioctl(u, SIOCSIFFLAGS, &i));
    TRY(setsockopt(p, SOL_PACKET, PACKET_VERSION, &version, sizeof version));
    TRY(setsockopt(p, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring));
    char *frames = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, p, 0);
    YES(frames != MAP_FAILED);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    MUST(sendto(u, "payload", 7, 0, (void *)&to, sizeof to));
    struct tpacket2_hdr *h = (void *)frames;
    for (int n = 0; n < 1000 && !(*(volatile uint32_t *)&h->tp_status & TP_STATUS_USER); n++)
        guest_sleep_ms(1);
    printf("length %u: %.7s\n", h->tp_len, frames + h->tp_net + 28);
    ring.tp_frame_nr = 3;
    TRY(setsockopt(p, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring));
}

static void vsock(void)
{
    struct sockaddr_vm a = {.svm_family = AF_VSOCK, .svm_port = VMADDR_PORT_ANY,
                            .svm_cid = VMADDR_CID_ANY};
    int v = socket(AF_VSOCK, SOCK_STREAM, 0);
    if (v < 0) {
        printf("no vsock: %s\n", guest_error_name(errno));
        return;
    }
    TRY(bind(v, (void *)&a, sizeof a));
    TRY(listen(v, 1));
    a.svm_family = AF_INET;
    TRY(bind(v, (void *)&a, sizeof a));
}

int main(void)
{
    namespace_enter(CLONE_NEWNET);
    hash();
    packet();
    vsock();
    return 0;
}

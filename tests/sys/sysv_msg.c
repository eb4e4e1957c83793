/* System V messages: types, order, truncation, statistics. */
#include "guest.h"
#include <sys/ipc.h>
#include <sys/msg.h>

struct message {
    long type;
    char text[20];
};

static void receive(int id, size_t size, long type, int flags)
{
    struct message m = {0};
    ssize_t n = msgrcv(id, &m, size, type, flags);
    if (n < 0)
        printf("type %ld: %s\n", type, guest_error_name(errno));
    else
        printf("type %ld: got %ld \"%.*s\"\n", type, m.type, (int)n, m.text);
}

int main(void)
{
    int id = (int)MUST(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
    for (int i = 0; i < 4; i++) {
        struct message m = {5 - i, "message "};
        m.text[8] = (char)('0' + i);
        MUST(msgsnd(id, &m, 9, 0));
    }
    struct msqid_ds ds;
    TRY(msgctl(id, IPC_STAT, &ds));
    printf("%d messages, %d bytes, sent by me %d\n", (int)ds.msg_qnum, (int)ds.msg_cbytes,
           ds.msg_lspid == getpid());
    receive(id, 20, 3, 0);
    receive(id, 20, -4, 0);
    receive(id, 4, 0, 0);
    receive(id, 4, 0, MSG_NOERROR);
    receive(id, 20, 9, IPC_NOWAIT);
    receive(id, 20, 4, MSG_EXCEPT | IPC_NOWAIT);
    struct message m = {0, "x"};
    TRY(msgsnd(id, &m, 1, 0));
    m.type = 1;
    TRY(msgsnd(id, &m, 100000, 0));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(20);
        struct message late = {8, "late"};
        _exit(msgsnd(id, &late, 4, 0) != 0);
    }
    receive(id, 20, 8, 0);
    guest_reap("child", pid);
    TRY(msgctl(id, IPC_RMID, NULL));
    TRY(msgsnd(id, &m, 1, 0));
    return 0;
}

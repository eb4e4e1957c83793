/* System V IPC: undo, arrays, information calls, copies of messages; errors. */
#include "guest.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

union argument {
    int value;
    struct semid_ds *ds;
    unsigned short *array;
    struct seminfo *info;
};

int main(void)
{
    int set = (int)MUST(semget(IPC_PRIVATE, 3, 0600 | IPC_CREAT));
    unsigned short values[3] = {5, 6, 7};
    struct semid_ds ds;
    struct seminfo si;
    TRY(semctl(set, 0, SETALL, (union argument){.array = values}));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        struct sembuf ops[2] = {{0, -3, SEM_UNDO}, {1, 4, 0}};
        MUST(semop(set, ops, 2));
        SHOW(semctl(set, 0, GETVAL));
        _exit(0);
    }
    guest_reap("child", pid);
    MUST(semctl(set, 0, GETALL, (union argument){.array = values}));
    printf("%d %d %d\n", values[0], values[1], values[2]);
    YES(semctl(set, 1, GETPID) == pid);
    MUST(semctl(set, 0, IPC_STAT, (union argument){.ds = &ds}));
    SHOW(ds.sem_nsems);
    SHOW(ds.sem_perm.mode & 0777);
    YES(ds.sem_otime != 0);
    YES(ds.sem_perm.__key == IPC_PRIVATE);
    ds.sem_perm.mode = 0640;
    TRY(semctl(set, 0, IPC_SET, (union argument){.ds = &ds}));
    MUST(semctl(set, 0, IPC_STAT, (union argument){.ds = &ds}));
    SHOW(ds.sem_perm.mode & 0777);
    YES(semctl(0, 0, IPC_INFO, (union argument){.info = &si}) >= 0);
    YES(si.semmsl > 0 && si.semopm > 0);
    YES(semctl(0, 0, SEM_INFO, (union argument){.info = &si}) >= 0);
    YES(si.semusz > 0);
    TRY(semctl(set, 5, SETVAL, (union argument){.value = 1}));
    TRY(semctl(set, 0, SETVAL, (union argument){.value = 100000}));
    TRY(semctl(set, 0, IPC_STAT, (union argument){.ds = BAD}));
    TRY(semctl(set, 0, IPC_SET, (union argument){.ds = BAD}));
    TRY(semctl(set, 0, GETALL, (union argument){.array = BAD}));
    TRY(semctl(set, 0, 1000, (union argument){.value = 1}));
    TRY(semctl(-1, 0, IPC_STAT, (union argument){.ds = BAD}));
    struct sembuf wait = {0, -100, IPC_NOWAIT};
    TRY(semop(set, &wait, 1));
    wait.sem_flg = 0;
    TRY(semtimedop(set, &wait, 1, &(struct timespec){0, 1000000}));
    TRY(semtimedop(set, &wait, 1, &(struct timespec){0, -1}));
    TRY(semop(set, BAD, 1));
    TRY(semop(set, &wait, 0));
    TRY(semop(set, &wait, 100000));
    TRY(semctl(set, 0, IPC_RMID));

    struct {
        long type;
        char text[8];
    } m = {3, "three"};
    int queue = (int)MUST(msgget(IPC_PRIVATE, 0600 | IPC_CREAT));
    MUST(msgsnd(queue, &m, 6, 0));
    struct msqid_ds qs;
    MUST(msgctl(queue, IPC_STAT, &qs));
    SHOW(qs.msg_qnum);
    YES(qs.msg_lspid == getpid());
    VALUE(msgrcv(queue, &m, 2, 0, IPC_NOWAIT));
    VALUE(msgrcv(queue, &m, 2, 0, IPC_NOWAIT | MSG_NOERROR));
    VALUE(msgrcv(queue, &m, 8, 0, IPC_NOWAIT));
    long copied = msgrcv(queue, &m, 8, 0, IPC_NOWAIT | MSG_COPY);
    YES(copied == -1 && (errno == ENOMSG || errno == ENOSYS));
    struct msginfo mi;
    YES(msgctl(0, IPC_INFO, (struct msqid_ds *)&mi) >= 0 && mi.msgmax > 0);
    TRY(msgsnd(queue, &(long){0}, 0, 0));
    TRY(msgsnd(queue, BAD, 4, 0));
    TRY(msgsnd(queue, &m, -1, 0));
    TRY(msgctl(queue, IPC_STAT, BAD));
    TRY(msgctl(queue, IPC_RMID, NULL));
    TRY(msgrcv(queue, &m, 8, 0, IPC_NOWAIT));

    int segment = (int)MUST(shmget(IPC_PRIVATE, 5000, 0600 | IPC_CREAT));
    struct shmid_ds ss;
    struct shminfo hi;
    struct shm_info use;
    MUST(shmctl(segment, IPC_STAT, &ss));
    SHOW(ss.shm_segsz);
    SHOW(ss.shm_nattch);
    YES(shmctl(0, IPC_INFO, (struct shmid_ds *)&hi) >= 0 && hi.shmmin == 1);
    YES(shmctl(0, SHM_INFO, (struct shmid_ds *)&use) >= 0 && use.used_ids > 0);
    TRY(shmctl(segment, IPC_STAT, BAD));
    TRY(shmctl(segment, 1000, NULL));
    TRY(shmat(segment, (void *)1, 0) == (void *)-1 ? -1 : 0);
    TRY(shmat(-1, NULL, 0) == (void *)-1 ? -1 : 0);
    TRY(shmdt((void *)4096));
    TRY(shmctl(segment, IPC_RMID, NULL));
    TRY(shmget(IPC_PRIVATE, 0, 0600 | IPC_CREAT));
    return 0;
}

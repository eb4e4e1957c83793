/* System V semaphores: values, waiting, timeouts, SEM_UNDO, GETALL. */
#include "guest.h"
#include <sys/ipc.h>
#include <sys/sem.h>

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

int main(void)
{
    int id = (int)MUST(semget(IPC_PRIVATE, 3, IPC_CREAT | 0600));
    unsigned short all[3] = {1, 0, 5};
    TRY(semctl(id, 0, SETALL, (union semun){.array = all}));
    SHOW(semctl(id, 2, GETVAL));
    struct sembuf take[2] = {{0, -1, 0}, {2, -3, 0}};
    TRY(semop(id, take, 2));
    memset(all, 0, sizeof all);
    MUST(semctl(id, 0, GETALL, (union semun){.array = all}));
    printf("%d %d %d\n", all[0], all[1], all[2]);
    take[0].sem_flg = IPC_NOWAIT;
    TRY(semop(id, take, 1));
    take[0].sem_flg = 0;
    struct timespec t = {0, 10000000};
    TRY(semtimedop(id, take, 1, &t));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(20);
        struct sembuf give = {1, 1, 0}, undone = {2, -1, SEM_UNDO};
        semop(id, &undone, 1);
        semop(id, &give, 1);
        _exit(0);
    }
    struct sembuf wait = {1, -1, 0};
    TRY(semop(id, &wait, 1));
    guest_reap("child", pid);
    SHOW(semctl(id, 2, GETVAL));
    YES(semctl(id, 2, GETPID) == pid);
    struct semid_ds ds;
    TRY(semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}));
    printf("%d %o\n", (int)ds.sem_nsems, ds.sem_perm.mode & 0777);
    TRY(semctl(id, 1, SETVAL, (union semun){.val = 70000}));
    TRY(semctl(id, 7, GETVAL));
    wait.sem_num = 7;
    TRY(semop(id, &wait, 1));
    TRY(semctl(id, 0, IPC_RMID));
    TRY(semctl(id, 0, GETVAL));
    return 0;
}

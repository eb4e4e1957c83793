/* System V shared memory: attach, share over fork, IPC_STAT, read-only, removal. */
#include "guest.h"
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void)
{
    int id = (int)MUST(shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600));
    int *p = shmat(id, NULL, 0);
    YES(p != (void *)-1);
    struct shmid_ds ds;
    TRY(shmctl(id, IPC_STAT, &ds));
    printf("size %zu mode %o attached %d creator %d\n", ds.shm_segsz, ds.shm_perm.mode & 0777,
           (int)ds.shm_nattch, ds.shm_cpid == getpid());
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        shmctl(id, IPC_STAT, &ds);
        p[0] = (int)ds.shm_nattch;
        p[2000] = 77;
        _exit(0);
    }
    guest_reap("child", pid);
    printf("%d %d\n", p[0], p[2000]);
    int *again = shmat(id, NULL, SHM_RDONLY);
    YES(again != p && again[2000] == 77);
    TRY(read(open("/dev/zero", O_RDONLY), again, 4));
    TRY(shmdt(again));
    TRY(shmdt(again));
    int *fixed = mmap(NULL, 1 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY((long)shmat(id, fixed, 0));
    YES(shmat(id, fixed, SHM_REMAP) == fixed);
    SHOW(fixed[2000]);
    TRY((long)shmat(id, (char *)fixed + 1, 0));
    YES(shmdt(fixed) == 0);
    TRY(shmctl(id, IPC_RMID, NULL));
    SHOW(p[2000]);
    TRY(shmdt(p));
    TRY((long)shmat(id, NULL, 0));
    TRY(shmget(0x5eed + getpid(), 100, 0));
    TRY(shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
    return 0;
}

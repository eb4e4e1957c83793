/* process_vm_readv and writev between parent and child; sysinfo; membarrier's query. */
#include "guest.h"
#include <sys/sysinfo.h>
#include <sys/uio.h>

static char memory[64] = "of the child";

int main(void)
{
    int p[2], q[2];
    MUST(pipe(p));
    MUST(pipe(q));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        char c;
        strcpy(memory, "private to the child");
        MUST(write(p[1], "r", 1));
        MUST(read(q[0], &c, 1));
        TEXT(memory);
        _exit(0);
    }
    char c, text[64] = "";
    MUST(read(p[0], &c, 1));
    struct iovec local[2] = {{text, 8}, {text + 8, 30}}, remote = {memory, 20};
    SHOW(process_vm_readv(pid, local, 2, &remote, 1, 0));
    TEXT(text);
    local[0] = (struct iovec){"PARENTS", 7};
    SHOW(process_vm_writev(pid, local, 1, &remote, 1, 0));
    remote = (struct iovec){BAD, 5};
    TRY(process_vm_readv(pid, local, 1, &remote, 1, 0));
    TRY(process_vm_readv(99999999, local, 1, &remote, 1, 0));
    TRY(process_vm_readv(pid, local, 1, &remote, 1, 9));
    MUST(write(q[1], "g", 1));
    guest_reap("child", pid);
    struct sysinfo s;
    TRY(sysinfo(&s));
    YES(s.uptime > 0 && s.totalram > s.freeram && s.procs > 0 && s.mem_unit > 0);
    YES(sysconf(_SC_PHYS_PAGES) > 0);
    TRY(syscall(SYS_membarrier, 0, 0, 0) >= 0 ? 0 : -1);
    TRY(syscall(SYS_membarrier, 1 << 30, 0, 0));
    return 0;
}

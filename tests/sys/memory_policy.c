/* Calls about memory that programs rarely make: policies, process_madvise, remap_file_pages, secrets. */
#include "guest.h"
#include "../../syscall/host_number.h"
#include <sys/uio.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

int main(void)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long nodes[16] = {1};
    int mode = -1;
    TRY(syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0));
    TRY(syscall(SYS_get_mempolicy, BAD, NULL, 0, NULL, 0));
    TRY(syscall(SYS_get_mempolicy, &mode, nodes, 1024, page, 2));
    TRY(syscall(SYS_set_mempolicy, 1000, NULL, 0));
    TRY(syscall(SYS_set_mempolicy, 0, NULL, 0));
    TRY(syscall(SYS_mbind, page, 4096, 0, NULL, 0, 0));
    TRY(syscall(SYS_mbind, page + 1, 4096, 0, NULL, 0, 0));
    TRY(syscall(SYS_mbind, page, 4096, 1000, NULL, 0, 0));
    TRY(syscall(SYS_migrate_pages, 999999999, 16, nodes, nodes));
    page[0] = 1;
    void *pages[1] = {page};
    int status[1] = {-1000};
    TRY(syscall(SYS_move_pages, 0, 1, pages, NULL, status, 0));
    YES(status[0] >= 0 || errno == ENOSYS);

    int self = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
    struct iovec v = {page, 4096};
    VALUE(syscall(SYS_process_madvise, self, &v, 1, MADV_COLD, 0));
    VALUE(syscall(SYS_process_madvise, self, &v, 1, 1000, 0));
    VALUE(syscall(SYS_process_madvise, self, &v, 1, MADV_COLD, 1));
    VALUE(syscall(SYS_process_madvise, self, BAD, 1, MADV_COLD, 0));
    VALUE(syscall(SYS_process_madvise, 1000, &v, 1, MADV_COLD, 0));
    long r = syscall(SYS_process_madvise, self, &v, 1, MADV_DONTNEED, 0);
    YES(r == -1 ? errno == EINVAL && page[0] == 1 : page[0] == 0);

    int fd = (int)MUST(memfd_create("pages", 0));
    MUST(ftruncate(fd, 3 * 4096));
    MUST(pwrite(fd, "0", 1, 0) + pwrite(fd, "1", 1, 4096) + pwrite(fd, "2", 1, 8192));
    char *file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    TRY(syscall(SYS_remap_file_pages, file, 4096, 0, 2, 0));
    printf("%c%c\n", file[0], file[4096]);
    TRY(syscall(SYS_remap_file_pages, page, 4096, 0, 2, 0));
    TRY(syscall(SYS_remap_file_pages, file, 4096, PROT_READ, 2, 0));

    long secret = syscall(SYS_memfd_secret, 0);
    if (secret >= 0 && ftruncate((int)secret, 4096) == 0) {
        char *hidden = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, (int)secret, 0);
        YES(hidden != MAP_FAILED);
        TRY(hidden == MAP_FAILED ? -1 : write(fd, hidden, 1) == 1 ? 0 : -1);
    } else {
        printf("no secret memory: %s\n", guest_error_name(errno));
    }
    TRY(syscall(SYS_memfd_secret, 1));
    TRY(syscall(SYS_set_mempolicy_home_node, page, 4096, 1000, 0));
    return 0;
}

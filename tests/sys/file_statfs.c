/* statfs and fstatfs know the file system. */
#include "sys.h"
#include <sys/statfs.h>

int main(void)
{
    struct statfs a, b;
    memset(&a, 0, sizeof a);
    CALL(statfs("/proc", &a));
    SHOW(a.f_type);
    SHOW(a.f_namelen);
    SHOW(a.f_bsize);
    CALL(statfs(".", &a));
    int fd = open(".", O_RDONLY);
    CALL(fstatfs(fd, &b));
    SHOW(a.f_type == b.f_type && a.f_blocks == b.f_blocks && a.f_blocks > 0);
    CALL(statfs("none", &a));
    CALL(fstatfs(99, &a));
    return 0;
}

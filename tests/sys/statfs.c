/* statfs and fstatfs tell of the same file system, with sane numbers. */
#include "guest.h"
#include <sys/statvfs.h>
#include <sys/vfs.h>

int main(void)
{
    struct statfs a, b;
    TRY(statfs(".", &a));
    int fd = (int)MUST(open(".", O_RDONLY));
    TRY(fstatfs(fd, &b));
    YES(a.f_type == b.f_type && a.f_bsize == b.f_bsize && a.f_blocks == b.f_blocks);
    YES(!memcmp(&a.f_fsid, &b.f_fsid, sizeof a.f_fsid));
    YES(a.f_bfree <= a.f_blocks && a.f_bavail <= a.f_bfree && a.f_ffree <= a.f_files);
    SHOW(a.f_namelen);
    YES(a.f_frsize > 0);
    MUST(statfs("/proc", &a));
    printf("proc: type %lx, bsize %ld, blocks %lu\n", (long)a.f_type, (long)a.f_bsize,
           (unsigned long)a.f_blocks);
    struct statvfs v;
    TRY(statvfs("/proc", &v));
    SHOW(v.f_namemax);
    TRY(statfs("absent", &a));
    TRY(fstatfs(99, &a));
    TRY(statfs(".", BAD));
    return 0;
}

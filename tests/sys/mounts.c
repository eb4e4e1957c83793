/*
 * Mounting, in a mount namespace of its own: tmpfs, bind, the calls of the new mount interface, what
 * statmount and listmount tell, pivot_root.
 */
#include "namespace.h"
#include "../../syscall/host_number.h"
#include <linux/mount.h>
#include <sys/statfs.h>
#undef MS_RDONLY
#include <sys/mount.h>

static long fs_config(int fd, unsigned command, const char *key, const void *value, int aux)
{
    return syscall(SYS_fsconfig, fd, command, key, value, aux);
}

static void is_there(const char *path)
{
    printf("%s: %s\n", path, access(path, F_OK) == 0 ? "there" : guest_error_name(errno));
}

static void new_interface(void)
{
    int fs = (int)VALUE(syscall(SYS_fsopen, "no such file system", 0) == -1 ? -1 : 0);
    fs = (int)MUST(syscall(SYS_fsopen, "tmpfs", 1));
    TRY(fs_config(fs, FSCONFIG_SET_STRING, "size", "1M", 0));
    TRY(fs_config(fs, FSCONFIG_SET_STRING, "nonsense", "1", 0));
    TRY(fs_config(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    int mount_fd = (int)MUST(syscall(SYS_fsmount, fs, 1, 0));
    MUST(mkdir("new", 0755));
    TRY(syscall(SYS_move_mount, mount_fd, "", AT_FDCWD, "new", 4));
    guest_file("new/file", "x");
    struct statfs s;
    MUST(statfs("new", &s));
    SHOW(s.f_type == 0x01021994);

    int tree = (int)MUST(syscall(SYS_open_tree, AT_FDCWD, "new", 1 | O_CLOEXEC));
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    TRY(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof attr));
    MUST(mkdir("copy", 0755));
    TRY(syscall(SYS_move_mount, tree, "", AT_FDCWD, "copy", 4));
    is_there("copy/file");
    TRY(open("copy/other", O_WRONLY | O_CREAT, 0600));
    int picked = (int)VALUE(syscall(SYS_fspick, AT_FDCWD, "copy", 0) >= 0 ? 0 : -1);
    (void)picked;
    long again = syscall(SYS_open_tree_attr, AT_FDCWD, "new", 1, &attr, sizeof attr);
    YES(again >= 0 || errno == ENOSYS);
    TRY(syscall(SYS_fspick, AT_FDCWD, "missing", 0));
    TRY(syscall(SYS_open_tree, AT_FDCWD, "missing", 0));
    TRY(syscall(SYS_mount_setattr, AT_FDCWD, "new", 0, &attr, 3));
}

static void what_it_tells(void)
{
    struct request {
        uint32_t size, spare;
        uint64_t id, parameter;
    } request = {.size = 24};
    uint64_t ids[64] = {0};
    struct statx x;
    MUST(syscall(SYS_statx, AT_FDCWD, "new", 0, 0x4000 /* STATX_MNT_ID_UNIQUE */, &x));
    request.id = UINT64_MAX;
    long n = syscall(SYS_listmount, &request, ids, COUNT(ids), 0);
    YES(n > 3 || (n == -1 && errno == ENOSYS));
    memcpy(&request.id, (char *)&x + 0x90, 8);
    uint64_t answer[128] = {0};
    request.parameter = 0x20; /* STATMOUNT_FS_TYPE */
    long r = syscall(SYS_statmount, &request, answer, sizeof answer, 0);
    YES(r == 0 || errno == ENOSYS);
    TRY(syscall(SYS_statmount, &request, answer, 8, 0));
    TRY(syscall(SYS_statmount, BAD, answer, sizeof answer, 0));
}

int main(void)
{
    namespace_enter(CLONE_NEWNS);
    TRY(mount("nothing", "missing", "tmpfs", 0, NULL));
    MUST(mkdir("tmp", 0755));
    TRY(mount("nothing", "tmp", "no such file system", 0, NULL));
    TRY(mount("nothing", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=711"));
    struct stat st;
    MUST(stat("tmp", &st));
    printf("mode %o\n", st.st_mode & 07777);
    guest_file("tmp/file", "x");
    MUST(mkdir("bound", 0755));
    TRY(mount("tmp", "bound", NULL, MS_BIND, NULL));
    is_there("bound/file");
    TRY(mount(NULL, "bound", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
    TRY(open("bound/x", O_WRONLY | O_CREAT, 0600));
    TRY(umount2("bound", MNT_DETACH));
    is_there("bound/file");
    TRY(umount2("bound", 0));
    new_interface();
    what_it_tells();
    TRY(chdir("tmp"));
    MUST(mkdir("old", 0755));
    TRY(syscall(SYS_pivot_root, ".", "old"));
    is_there("/file");
    is_there("/old/proc");
    TRY(umount2("/old", MNT_DETACH));
    is_there("/old/proc");
    TRY(syscall(SYS_pivot_root, ".", "missing"));
    return 0;
}

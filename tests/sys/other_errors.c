/*
 * Calls that change the whole machine, with arguments that cannot: the errors, and that they come in
 * the kernel's order. And some that only ask.
 */
#include "guest.h"
#include <linux/capability.h>
#include <linux/quota.h>
#include <sys/resource.h>

int main(void)
{
    guest_file("file", "x");
    /* As an ordinary user, so that none of this is ever done. */
    if (geteuid() == 0) {
        MUST(chmod(".", 0777));
        MUST(setgid(65534));
        MUST(setuid(65534));
    }
    TRY(syscall(SYS_acct, "missing"));
    TRY(syscall(SYS_swapon, "missing", 0));
    TRY(syscall(SYS_swapon, BAD, 0));
    TRY(syscall(SYS_swapoff, "missing"));
    TRY(syscall(SYS_quotactl, QCMD(Q_GETFMT, USRQUOTA), "missing", 0, BAD));
    TRY(syscall(SYS_quotactl, QCMD(Q_GETFMT, USRQUOTA), NULL, 0, BAD));
    TRY(syscall(SYS_quotactl, QCMD(Q_GETFMT, 100), "missing", 0, BAD));
    TRY(syscall(SYS_reboot, 0, 0, 0, NULL));
    TRY(syscall(SYS_sethostname, "x", 1));
    TRY(syscall(SYS_sethostname, BAD, -1));
    TRY(syscall(SYS_setdomainname, BAD, 1));
    TRY(syscall(SYS_settimeofday, BAD, NULL));
    TRY(syscall(SYS_clock_settime, CLOCK_REALTIME, BAD));
    TRY(syscall(SYS_clock_settime, CLOCK_MONOTONIC, BAD));
    TRY(syscall(SYS_clock_settime, 1000, BAD));
    TRY(syscall(SYS_vhangup));
    TRY(syscall(SYS_init_module, BAD, 0, ""));
    TRY(syscall(SYS_finit_module, 0, "", 0));
    TRY(syscall(SYS_delete_module, "missing", 0));
    TRY(syscall(SYS_kexec_load, 0, 0, NULL, 0));
    TRY(syscall(SYS_chroot, "file"));
    TRY(syscall(SYS_chroot, "."));
    TRY(syscall(SYS_restart_syscall));
    TRY(syscall(SYS_syslog, 1000, NULL, 0));
    TRY(syscall(SYS_syslog, 2, NULL, -1));
    TRY(syscall(SYS_nfsservctl, 0, NULL, NULL) == -1 && errno == ENOSYS ? 0 : -1);

    struct rlimit r, old;
    MUST(syscall(SYS_getrlimit, RLIMIT_NOFILE, &old));
    r = old;
    r.rlim_cur = old.rlim_cur / 2;
    TRY(syscall(SYS_setrlimit, RLIMIT_NOFILE, &r));
    MUST(syscall(SYS_getrlimit, RLIMIT_NOFILE, &r));
    YES(r.rlim_cur == old.rlim_cur / 2);
    r.rlim_cur = old.rlim_max;
    r.rlim_max = old.rlim_max - 1;
    TRY(syscall(SYS_setrlimit, RLIMIT_NOFILE, &r));
    TRY(syscall(SYS_setrlimit, 1000, &r));
    TRY(syscall(SYS_setrlimit, RLIMIT_NOFILE, BAD));
    TRY(syscall(SYS_getrlimit, 1000, BAD));
    TRY(syscall(SYS_getrlimit, RLIMIT_NOFILE, BAD));

    struct __user_cap_header_struct head = {0x12345678, 0};
    struct __user_cap_data_struct data[2];
    TRY(syscall(SYS_capget, &head, data));
    SHOW(head.version == _LINUX_CAPABILITY_VERSION_3);
    TRY(syscall(SYS_capget, &head, data));
    SHOW(data[0].effective);
    TRY(syscall(SYS_capset, &head, data));
    data[0].effective = 1;
    TRY(syscall(SYS_capset, &head, data));
    head.pid = 999999999;
    TRY(syscall(SYS_capget, &head, data));
    TRY(syscall(SYS_capget, BAD, data));
    return 0;
}

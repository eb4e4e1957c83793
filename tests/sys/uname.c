/* uname: a Linux whose machine is the one the program was built for. */
#include "guest.h"
#include <sys/utsname.h>

int main(void)
{
#ifdef __riscv
    const char *machine = "riscv64";
#elif defined __aarch64__
    const char *machine = "aarch64";
#else
    const char *machine = "x86_64";
#endif
    struct utsname u;
    TRY(uname(&u));
    TEXT(u.sysname);
    YES(!strcmp(u.machine, machine));
    YES(u.release[0] >= '3' && u.release[0] <= '9');
    YES(strlen(u.version) > 0);
    char host[65] = "";
    MUST(gethostname(host, sizeof host));
    YES(!strcmp(host, u.nodename));
    TRY(uname(BAD));
    TRY(gethostname(host, 1));
    return 0;
}

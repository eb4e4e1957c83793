/* What tests that mount or change the network share: namespaces of their own, root inside. */
#ifndef FERRY_TESTS_SYS_NAMESPACE_H
#define FERRY_TESTS_SYS_NAMESPACE_H

#include "guest.h"
#include <sched.h>

static inline bool namespace_write(const char *name, const char *text)
{
    int fd = open(name, O_WRONLY);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* unshare(2) with a user namespace in which the caller is root. Ends the test where there is none. */
static inline void namespace_enter(int flags)
{
    char map[64];
    unsigned uid = getuid(), gid = getgid();
    if (unshare(flags | CLONE_NEWUSER) != 0) {
        printf("no namespaces here\n");
        exit(0);
    }
    namespace_write("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1\n", uid);
    bool ok = namespace_write("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1\n", gid);
    if (!namespace_write("/proc/self/gid_map", map) || !ok) {
        printf("no namespaces here\n");
        exit(0);
    }
}

#endif

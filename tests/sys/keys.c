/* Keys: add, read, update, describe, search, link, revoke, request. */
#include "guest.h"
#include <linux/keyctl.h>

static long keyctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
    return syscall(SYS_keyctl, op, a, b, c, d);
}
#define P(pointer) ((unsigned long)(uintptr_t)(pointer))

int main(void)
{
    char text[256] = "";
    const unsigned long session = (unsigned long)KEY_SPEC_SESSION_KEYRING;
    long own = keyctl(KEYCTL_JOIN_SESSION_KEYRING, P("of the test"), 0, 0, 0);
    if (own == -1) {
        printf("no keys here: %s\n", guest_error_name(errno));
        return 0;
    }
    long key = syscall(SYS_add_key, "user", "name", "payload", 7UL, session);
    YES(key > 0);
    VALUE(keyctl(KEYCTL_READ, (unsigned long)key, P(text), sizeof text, 0));
    printf("%.7s\n", text);
    TRY(keyctl(KEYCTL_UPDATE, (unsigned long)key, P("more"), 4, 0));
    memset(text, 0, sizeof text);
    VALUE(keyctl(KEYCTL_READ, (unsigned long)key, P(text), 2, 0));
    VALUE(keyctl(KEYCTL_READ, (unsigned long)key, P(BAD), 200, 0));
    TRY(keyctl(KEYCTL_DESCRIBE, (unsigned long)key, P(text), sizeof text, 0) < 0 ? -1 : 0);
    printf("%.5s ... %s\n", text, strrchr(text, ';') ? strrchr(text, ';') : "?");
    YES(keyctl(KEYCTL_SEARCH, session, P("user"), P("name"), 0) == key);
    VALUE(keyctl(KEYCTL_SEARCH, session, P("user"), P("missing"), 0));
    YES(syscall(SYS_request_key, "user", "name", NULL, 0) == key);
    VALUE(syscall(SYS_request_key, "user", "missing", NULL, 0));
    VALUE(syscall(SYS_add_key, "no such type", "name", "x", 1UL, session));
    VALUE(syscall(SYS_add_key, "user", BAD, "x", 1UL, session));
    TRY(keyctl(KEYCTL_SETPERM, (unsigned long)key, 0x3f3f0000, 0, 0));
    TRY(keyctl(KEYCTL_SET_TIMEOUT, (unsigned long)key, 1000, 0, 0));
    TRY(keyctl(KEYCTL_REVOKE, (unsigned long)key, 0, 0, 0));
    VALUE(keyctl(KEYCTL_READ, (unsigned long)key, P(text), sizeof text, 0));
    TRY(keyctl(KEYCTL_UNLINK, (unsigned long)key, session, 0, 0));
    VALUE(keyctl(1000, 0, 0, 0, 0));
    return 0;
}

/* Compiled for a guest: struct.def has each field where that guest's headers have it. GUEST_WORD
 * is 8 or 4. Fails to compile where it is wrong; is not run. */
#include "syscall/struct.h"
#include "tests/syscall/abi.h"

struct timespec2 {
    struct timespec t[2];
};

#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c)  JOIN_(a, b, c)
#define GUEST(name)    struct JOIN(guest, GUEST_WORD, _##name)

#define STRUCT(name, host) typedef host host_of_##name;
#define FIELD(...)
#define PAD(...)
#define END(name)
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD

#define STRUCT(name, host)                                                                         \
    _Static_assert(sizeof(GUEST(name)) == sizeof(host_of_##name), "size of " #name);
#define FIELD(name, type, field, host_field)                                                       \
    _Static_assert(offsetof(GUEST(name), field) == offsetof(host_of_##name, host_field),           \
                   "place of " #name "." #field);                                                  \
    _Static_assert(sizeof(((GUEST(name) *)0)->field) ==                                            \
                       sizeof(((host_of_##name *)0)->host_field),                                  \
                   "size of " #name "." #field);
#include "syscall/struct.def"

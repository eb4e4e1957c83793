/*
 * Conversion of structures, made from struct.def: for each structure and word size two functions
 * that assign field by field, and the compiler's verdict whether they are needed at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <mqueue.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include "syscall/struct.h"
#include "syscall/table.h"

/* The argument of utimensat. */
struct timespec2 {
    struct timespec t[2];
};

/* host_of_NAME, which the rows of fields can name. */
#define STRUCT(name, host) typedef host host_of_##name;
#define FIELD(...)
#define PAD(...)
#define END(name)
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef PAD
#undef END

/* ---- to the host's ---- */

#define END(name)                                                                                  \
    }
#define PAD(name, type, field)
#define FIELD(name, type, field, host_field) h->host_field = g->field;
#define STRUCT(name, host)                                                                         \
    static void to_host8_##name(void *to, const void *from)                                        \
    {                                                                                              \
        const struct guest8_##name *g = from;                                                      \
        host_of_##name *h = to;
#include "syscall/struct.def"
#undef STRUCT

#define STRUCT(name, host)                                                                         \
    static void to_host4_##name(void *to, const void *from)                                        \
    {                                                                                              \
        const struct guest4_##name *g = from;                                                      \
        host_of_##name *h = to;
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef PAD

/* ---- to the guest's ---- */

#define PAD(name, type, field)               g->field = 0;
#define FIELD(name, type, field, host_field) g->field = h->host_field;
#define STRUCT(name, host)                                                                         \
    static void to_guest8_##name(void *to, const void *from)                                       \
    {                                                                                              \
        struct guest8_##name *g = to;                                                              \
        const host_of_##name *h = from;
#include "syscall/struct.def"
#undef STRUCT

#define STRUCT(name, host)                                                                         \
    static void to_guest4_##name(void *to, const void *from)                                       \
    {                                                                                              \
        struct guest4_##name *g = to;                                                              \
        const host_of_##name *h = from;
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef PAD
#undef END

/* ---- is the guest's layout the host's? ---- */

/* A constant: all fields stand at the host's offsets in the host's sizes, and the whole is as
 * large. */
#define SAME(guest, host_type, field, host_field)                                                  \
    &&offsetof(guest, field) == offsetof(host_type, host_field) &&                                 \
        sizeof(((guest *)0)->field) == sizeof(((host_type *)0)->host_field)

#define PAD(name, type, field)
#define END(name)                                                                                  \
    };
#define STRUCT(name, host)                                                                         \
    enum { same8_##name = sizeof(struct guest8_##name) == sizeof(host_of_##name)
#define FIELD(name, type, field, host_field)                                                       \
    SAME(struct guest8_##name, host_of_##name, field, host_field)
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#define STRUCT(name, host)                                                                         \
    enum { same4_##name = sizeof(struct guest4_##name) == sizeof(host_of_##name)
#define FIELD(name, type, field, host_field)                                                       \
    SAME(struct guest4_##name, host_of_##name, field, host_field)
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef PAD
#undef END

/* What the rows of syscall.def and the functions of this folder rely on. */
_Static_assert(!same8_stat && !same8_epoll_event && !same8_semid_ds, "these differ from x86-64's");
_Static_assert(same8_timespec && same8_itimerspec && same8_rusage && same8_ipc_perm,
               "raw rows pass these as they are");
_Static_assert(same4_rlimit64 && same4_open_how && same4_winsize, "these are alike everywhere");

/* ---- fields, for showing them ---- */

#define FORMAT_u8    'u'
#define FORMAT_u16   'u'
#define FORMAT_u32   'u'
#define FORMAT_u64   'u'
#define FORMAT_s32   'd'
#define FORMAT_s64   'd'
#define FORMAT_o32   'o'
#define FORMAT_x32   'x'
#define FORMAT_x64   'x'
#define FORMAT_word  'u'
#define FORMAT_sword 'd'
#define FORMAT_ptr   'x'

#define PAD(name, type, field)
#define END(name)                                                                                  \
    }                                                                                              \
    ;
#define STRUCT(name, host) static const struct field_desc fields_##name[] = {
#define FIELD(name, type, field, host_field)                                                       \
    {#field,                                                                                       \
     FORMAT_##type,                                                                                \
     sizeof(((struct guest8_##name *)0)->field),                                                   \
     sizeof(((struct guest4_##name *)0)->field),                                                   \
     offsetof(struct guest8_##name, field),                                                        \
     offsetof(struct guest4_##name, field)},
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef END

#define FIELD(...)
#define END(name)
#define STRUCT(name, host)                                                                         \
    _Static_assert(sizeof(host_of_##name) <= STRUCT_MAX, "larger than STRUCT_MAX");                \
    _Static_assert(sizeof(struct guest8_##name) <= STRUCT_MAX, "larger than STRUCT_MAX");
#include "syscall/struct.def"
#undef STRUCT

#define STRUCT(name, host)                                                                         \
    [STRUCT_##name] = {#name,                                                                      \
                       fields_##name,                                                              \
                       sizeof fields_##name / sizeof *fields_##name,                               \
                       sizeof(host_of_##name),                                                     \
                       {sizeof(struct guest4_##name), sizeof(struct guest8_##name)},               \
                       {same4_##name, same8_##name},                                               \
                       {to_host4_##name, to_host8_##name},                                         \
                       {to_guest4_##name, to_guest8_##name}},
const struct struct_desc syscall_structs[STRUCT_COUNT] = {
#include "syscall/struct.def"
};
#undef STRUCT
#undef FIELD
#undef PAD
#undef END

/* ---- copies ---- */

size_t struct_size(struct task *task, enum struct_index layout)
{
    return syscall_structs[layout].guest_size[task_abi(task)->word == 8];
}

int struct_in(struct task *task, enum struct_index layout, void *host, uint64_t guest)
{
    const struct struct_desc *s = &syscall_structs[layout];
    bool wide = task_abi(task)->word == 8;
    uint64_t copy[STRUCT_MAX / 8];
    if (s->same[wide])
        return copy_in(task, host, guest, s->host_size);
    if (copy_in(task, copy, guest, s->guest_size[wide]) != 0)
        return -EFAULT;
    memset(host, 0, s->host_size);
    s->to_host[wide](host, copy);
    return 0;
}

int struct_out(struct task *task, enum struct_index layout, uint64_t guest, const void *host)
{
    const struct struct_desc *s = &syscall_structs[layout];
    bool wide = task_abi(task)->word == 8;
    uint64_t copy[STRUCT_MAX / 8];
    if (s->same[wide])
        return copy_out(task, guest, host, s->host_size);
    s->to_guest[wide](copy, host);
    return copy_out(task, guest, copy, s->guest_size[wide]);
}

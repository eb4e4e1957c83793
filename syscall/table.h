/*
 * The tables of this folder as C: rows, kinds, structures, names. Inside syscall/ only.
 *
 * A structure STRUCT(x) of struct.def exists as struct guest8_x and guest4_x, for guests with long
 * of 8 and of 4 bytes; struct_desc says which of the two need converting at all.
 */
#ifndef FERRY_SYSCALL_TABLE_H
#define FERRY_SYSCALL_TABLE_H

#include "syscall/rows.h"
#include "syscall/syscall.h"

enum how { HOW_none, HOW_raw, HOW_wait, HOW_conv, HOW_fn, HOW_user };

enum pass {
    PASS_sint,
    PASS_uint,
    PASS_word,
    PASS_sword,
    PASS_wide,
    PASS_fd,
    PASS_pointer,
    PASS_path,
    PASS_oflag,
    PASS_in,
    PASS_out,
    PASS_inout,
};

enum show {
    SHOW_dec,
    SHOW_udec,
    SHOW_hex,
    SHOW_oct,
    SHOW_id,
    SHOW_ptr,
    SHOW_str,
    SHOW_path,
    SHOW_buf_in,
    SHOW_buf_out,
    SHOW_flags,
    SHOW_oflags,
    SHOW_name,
    SHOW_fd,
    SHOW_dirfd,
    SHOW_signal,
    SHOW_sockaddr_in,
    SHOW_sockaddr_out,
    SHOW_sigset_in,
    SHOW_sigset_out,
    SHOW_int_out,
    SHOW_off_in,
    SHOW_pipe_out,
    SHOW_iov_in,
    SHOW_iov_out,
    SHOW_argv,
    SHOW_pollfd,
    SHOW_struct_in,
    SHOW_struct_out,
};

enum kind {
#define KIND(name, ...) KIND_##name,
#define RETURN(name, show)
#include "syscall/kind.def"
#undef KIND
#undef RETURN
    KIND_COUNT
};

enum return_kind {
#define KIND(name, ...)
#define RETURN(name, show) RETURN_##name,
#include "syscall/kind.def"
#undef KIND
#undef RETURN
    RETURN_COUNT
};

enum struct_index {
    STRUCT_none,
#define STRUCT(name, host) STRUCT_##name,
#define FIELD(...)
#define PAD(...)
#define END(name)
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef PAD
#undef END
    STRUCT_COUNT
};

/* A name of a number. Tables end with a NULL text. */
struct name_value {
    const char *text;
    uint64_t value;
};

struct kind_desc {
    const char *name;
    uint8_t pass;   /* enum pass */
    uint8_t show;   /* enum show */
    uint8_t layout; /* enum struct_index */
    const struct name_value *names;
};

struct row {
    const char *name;
    const char *note;
    syscall_fn *function; /* of fn and user rows */
    int16_t number[2];    /* by the column of the guest; -1: none */
    uint16_t host;        /* number of raw, wait and conv rows */
    uint8_t how;          /* enum how */
    uint8_t result;       /* enum return_kind */
    uint8_t nargs;
    uint8_t kind[6];
};

/* A field, for showing it. */
struct field_desc {
    const char *name;
    char format; /* d, u, o, x */
    uint8_t size8, size4;
    uint16_t offset8, offset4;
};

/* Index 1 of the pairs is for guests with long of 8 bytes, index 0 for those of 4. */
struct struct_desc {
    const char *name;
    const struct field_desc *fields;
    unsigned nfields;
    size_t host_size;
    size_t guest_size[2];
    bool same[2]; /* the guest's layout is the host's */
    void (*to_host[2])(void *host, const void *guest);
    void (*to_guest[2])(void *guest, const void *host);
};

enum { STRUCT_MAX = 512 }; /* bytes of the largest, host's or guest's */

extern const struct row syscall_rows[ROW_COUNT];
extern const struct kind_desc syscall_kinds[KIND_COUNT];
extern const uint8_t syscall_return_show[RETURN_COUNT];
extern const struct struct_desc syscall_structs[STRUCT_COUNT];

/* The row of a guest's number, or NULL. */
const struct row *syscall_row(const struct guest_abi *abi, uint64_t number);

/* Serves a row by the kinds of its arguments (convert.c). `wait`: by safe_syscall. */
int64_t convert_call(struct task *task, const struct row *row, const uint64_t args[6], bool wait);

/*
 * The arguments of a 32-bit guest's call widened by their kinds, register pairs joined, for rows
 * that are functions. A 64-bit guest's arguments need none of this.
 */
void convert_widen(const struct row *row, const uint64_t args[6], uint64_t wide[6]);

/* Open flags to and from the host's numbers. */
uint64_t oflag_to_host(const struct guest_abi *abi, uint64_t flags);
uint64_t oflag_to_guest(const struct guest_abi *abi, uint64_t flags);

/*
 * A structure of the guest into the host's form, and back. Return 0 or -EFAULT. `layout` is of
 * struct.def; these copy also where the layouts agree.
 */
int struct_in(struct task *task, enum struct_index layout, void *host, uint64_t guest);
int struct_out(struct task *task, enum struct_index layout, uint64_t guest, const void *host);
size_t struct_size(struct task *task, enum struct_index layout);

/*
 * A path argument as the host shall have it: NULL for a null pointer, else in `storage`, as it is or
 * rewritten. One that cannot be read comes back as the guest's own pointer, for the host's kernel to
 * refuse: it alone knows which complaint about a call comes first. `flags` and *replaced as for
 * task_path; replaced may be NULL.
 */
struct path_storage {
    char guest[4096], host[4096];
};
const char *path_in(struct task *task, int dirfd, uint64_t guest, int flags,
                    struct path_storage *storage, int *replaced);

/* Serves a call and logs it as -strace and -d strace ask (strace.c). */
int64_t strace_call(struct task *task, const struct row *row, uint64_t number,
                    const uint64_t args[6]);

/* Serves a call without a trace (dispatch.c). */
int64_t syscall_serve(struct task *task, const struct row *row, const uint64_t args[6]);

#endif

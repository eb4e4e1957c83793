/* Prototypes of all sys_NAME functions, made from syscall.def: rows `fn` live in this folder, rows
 * `user` in linux-user/. The numbers of a guest are found by syscall_dispatch only. */
#ifndef FERRY_SYSCALL_ROWS_H
#define FERRY_SYSCALL_ROWS_H

#include "syscall/syscall.h"

#define ROW_PROTOTYPE_raw(name)
#define ROW_PROTOTYPE_wait(name)
#define ROW_PROTOTYPE_conv(name)
#define ROW_PROTOTYPE_none(name)
#define ROW_PROTOTYPE_fn(name)   syscall_fn sys_##name;
#define ROW_PROTOTYPE_user(name) syscall_fn sys_##name;
#define SYS(name, generic, arm32, ret, how, args, note) ROW_PROTOTYPE_##how(name)
#include "syscall/syscall.def"
#undef SYS

/* A row's index. Not the guest's number. */
enum row_index {
#define SYS(name, ...) ROW_##name,
#include "syscall/syscall.def"
#undef SYS
    ROW_COUNT
};

#endif

/* Options of prctl(2), made from prctl.def: numbers that the host's headers may not know yet. */
#ifndef FERRY_SYSCALL_PRCTL_H
#define FERRY_SYSCALL_PRCTL_H

enum prctl_how { PRCTL_none, PRCTL_raw, PRCTL_ptr, PRCTL_own, PRCTL_guest };

enum prctl_option {
#define PRCTL(name, number, how, note) OPTION_##name = number,
#include "syscall/prctl.def"
#undef PRCTL
};

#endif

/* The tables of flag.def, by name. */
#ifndef FERRY_SYSCALL_NAMES_H
#define FERRY_SYSCALL_NAMES_H

#include "syscall/table.h"

#define NAMES(table) extern const struct name_value names_##table[];
#define NAME(text, value)
#define END(table)
#include "syscall/flag.def"
#undef NAMES
#undef NAME
#undef END

#endif

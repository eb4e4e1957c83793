/* The guests' structures as C types, made from struct.def. */
#ifndef FERRY_SYSCALL_STRUCT_H
#define FERRY_SYSCALL_STRUCT_H

#include <stdint.h>

#define TYPE_u8    uint8_t
#define TYPE_u16   uint16_t
#define TYPE_u32   uint32_t
#define TYPE_u64   uint64_t
#define TYPE_s32   int32_t
#define TYPE_s64   int64_t
#define TYPE_o32   uint32_t
#define TYPE_x32   uint32_t
#define TYPE_x64   uint64_t

/* The word types have two meanings, so each width defines them anew around the rows. */
#define STRUCT(name, host)            struct guest8_##name {
#define FIELD(name, type, field, ...) TYPE_##type field;
#define PAD(name, type, field)        TYPE_##type field;
#define END(name)                                                                                  \
    }                                                                                              \
    ;
#define TYPE_word  uint64_t
#define TYPE_sword int64_t
#define TYPE_ptr   uint64_t
#include "syscall/struct.def"
#undef STRUCT
#undef TYPE_word
#undef TYPE_sword
#undef TYPE_ptr

#define STRUCT(name, host) struct guest4_##name {
#define TYPE_word          uint32_t
#define TYPE_sword         int32_t
#define TYPE_ptr           uint32_t
#include "syscall/struct.def"
#undef STRUCT
#undef FIELD
#undef PAD
#undef END
#undef TYPE_word
#undef TYPE_sword
#undef TYPE_ptr

#endif

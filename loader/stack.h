/*
 * The initial stack of a program: strings, auxiliary vector, environment, arguments, as the kernel
 * lays them out, from the top down:
 *
 *     8 zero bytes, execfn, environment strings, argument strings, platform, random bytes,
 *     alignment, auxv, NULL, envp, NULL, argv, argc   <- stack pointer, 16-byte aligned
 *
 * Pure: it writes into memory it is given, for a guest of any word size (little endian).
 */
#ifndef FERRY_LOADER_STACK_H
#define FERRY_LOADER_STACK_H

#include <stddef.h>
#include <stdint.h>

struct stack_aux {
    uint64_t type, value;
};

struct stack_spec {
    unsigned word;     /* 4 or 8 */
    uint64_t top;      /* guest address; the memory below it is mapped */
    uint64_t size;     /* bytes usable below it */
    uint8_t *host_top; /* host address of `top` */
    const char *const *argv;
    const char *const *envp;
    const char *execfn;
    const char *platform; /* or NULL */
    uint8_t random[16];
    /* Entries besides AT_RANDOM, AT_EXECFN, AT_PLATFORM and AT_NULL, which are added here. */
    const struct stack_aux *aux;
    unsigned naux;
};

struct stack_result {
    uint64_t sp;
    uint64_t arg_start, arg_end, env_start, env_end;
    uint64_t auxv, auxv_size;
};

/* Builds the stack. Returns 0, or -E2BIG when it does not fit. */
int stack_build(const struct stack_spec *spec, struct stack_result *out);

#endif

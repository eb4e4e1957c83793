/* The initial stack. See stack.h. */
#include "loader/stack.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

struct cursor {
    const struct stack_spec *spec;
    uint64_t at; /* guest address, moving down */
};

static uint8_t *host(const struct cursor *c, uint64_t guest)
{
    return c->spec->host_top - (c->spec->top - guest);
}

static uint64_t push_bytes(struct cursor *c, const void *bytes, size_t n)
{
    c->at -= n;
    memcpy(host(c, c->at), bytes, n);
    return c->at;
}

static void put_word(struct cursor *c, uint64_t value)
{
    memcpy(host(c, c->at), &value, c->spec->word);
    c->at += c->spec->word;
}

static size_t count(const char *const *list, size_t *bytes)
{
    size_t n = 0;
    for (; list[n]; n++)
        *bytes += strlen(list[n]) + 1;
    return n;
}

/* Strings in the order of their list, the last one ending at the cursor. */
static uint64_t push_strings(struct cursor *c, const char *const *list, size_t n)
{
    while (n--)
        push_bytes(c, list[n], strlen(list[n]) + 1);
    return c->at;
}

static void put_pointers(struct cursor *c, const char *const *list, uint64_t string)
{
    for (; *list; list++) {
        put_word(c, string);
        string += strlen(*list) + 1;
    }
    put_word(c, 0);
}

static void put_aux(struct cursor *c, uint64_t type, uint64_t value)
{
    put_word(c, type);
    put_word(c, value);
}

int stack_build(const struct stack_spec *spec, struct stack_result *out)
{
    struct cursor c = {spec, spec->top};
    size_t strings = strlen(spec->execfn) + 64;
    size_t argc = count(spec->argv, &strings), envc = count(spec->envp, &strings);
    size_t words = 1 + argc + 1 + envc + 1 + 2 * (spec->naux + 4);
    if (strings + words * spec->word + 64 > spec->size)
        return -E2BIG;

    push_bytes(&c, "\0\0\0\0\0\0\0", 8);
    uint64_t execfn = push_bytes(&c, spec->execfn, strlen(spec->execfn) + 1);
    out->env_end = c.at;
    out->env_start = push_strings(&c, spec->envp, envc);
    out->arg_end = c.at;
    out->arg_start = push_strings(&c, spec->argv, argc);
    uint64_t platform = 0;
    if (spec->platform)
        platform = push_bytes(&c, spec->platform, strlen(spec->platform) + 1);
    uint64_t random = push_bytes(&c, spec->random, sizeof spec->random);

    c.at = (c.at - words * spec->word) & ~UINT64_C(15);
    out->sp = c.at;
    put_word(&c, argc);
    put_pointers(&c, spec->argv, out->arg_start);
    put_pointers(&c, spec->envp, out->env_start);
    out->auxv = c.at;
    for (unsigned i = 0; i < spec->naux; i++)
        put_aux(&c, spec->aux[i].type, spec->aux[i].value);
    put_aux(&c, AT_RANDOM, random);
    put_aux(&c, AT_EXECFN, execfn);
    if (platform)
        put_aux(&c, AT_PLATFORM, platform);
    put_aux(&c, AT_NULL, 0);
    out->auxv_size = c.at - out->auxv;
    return 0;
}

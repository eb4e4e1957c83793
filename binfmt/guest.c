/* Guests: magic bytes and the lines that register them. See guest.h. */
#include "binfmt/guest.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#define GUEST(name, machine, class, docker, ...)                                                   \
    static const uint32_t code_##name[] = {__VA_ARGS__};
#include "binfmt/guest.def"
#undef GUEST

const struct binfmt_guest binfmt_guests[] = {
#define GUEST(name, machine, class, docker, ...)                                                   \
    {#name, docker, machine, class, code_##name, sizeof code_##name / sizeof *code_##name},
#include "binfmt/guest.def"
#undef GUEST
};
const unsigned binfmt_nguests = sizeof binfmt_guests / sizeof *binfmt_guests;

const struct binfmt_guest *binfmt_guest_by_name(const char *name, size_t length)
{
    static const char *const prefixes[] = {"qemu-", "ferry-"};
    for (unsigned i = 0; i < 2; i++) {
        size_t n = strlen(prefixes[i]);
        if (length > n && !memcmp(name, prefixes[i], n)) {
            name += n;
            length -= n;
            break;
        }
    }
    for (unsigned i = 0; i < binfmt_nguests; i++) {
        const struct binfmt_guest *g = &binfmt_guests[i];
        if ((strlen(g->name) == length && !memcmp(g->name, name, length)) ||
            (strlen(g->docker) == length && !memcmp(g->docker, name, length)))
            return g;
    }
    return NULL;
}

void binfmt_head(uint16_t machine, unsigned bits, unsigned type, uint8_t osabi,
                 uint8_t head[MAGIC_SIZE])
{
    memset(head, 0, MAGIC_SIZE);
    memcpy(head, ELFMAG, SELFMAG);
    head[EI_CLASS] = bits == 64 ? ELFCLASS64 : ELFCLASS32;
    head[EI_DATA] = ELFDATA2LSB;
    head[EI_VERSION] = EV_CURRENT;
    head[EI_OSABI] = osabi;
    head[16] = (uint8_t)type;
    head[18] = machine & 0xff;
    head[19] = machine >> 8;
}

void binfmt_magic(const struct binfmt_guest *g, uint8_t magic[MAGIC_SIZE],
                  uint8_t mask[MAGIC_SIZE])
{
    binfmt_head(g->machine, g->bits, ET_EXEC, ELFOSABI_NONE, magic);
    memset(mask, 0xff, MAGIC_SIZE);
    mask[EI_OSABI] = 0;
    mask[16] = 0xff & ~(ET_EXEC ^ ET_DYN); /* 2 and 3 */
}

static size_t escape(char *to, const uint8_t *bytes)
{
    for (unsigned i = 0; i < MAGIC_SIZE; i++)
        snprintf(to + 4 * i, 5, "\\x%02x", bytes[i]);
    return 4 * MAGIC_SIZE;
}

bool binfmt_line(const struct binfmt_guest *g, const char *prefix, const char *interpreter,
                 const char *flags, char *text, size_t size)
{
    /* The first character separates the fields; one that the path does not contain. */
    static const char separators[] = ":|,;!";
    uint8_t magic[MAGIC_SIZE], mask[MAGIC_SIZE];
    char magic_text[4 * MAGIC_SIZE + 1], mask_text[4 * MAGIC_SIZE + 1];
    const char *s = separators;
    while (*s && strchr(interpreter, *s))
        s++;
    /* 127 bytes: Documentation/admin-guide/binfmt-misc.rst */
    if (!*s || interpreter[0] != '/' || strlen(interpreter) > 127 || strchr(interpreter, '\n'))
        return false;
    binfmt_magic(g, magic, mask);
    escape(magic_text, magic);
    escape(mask_text, mask);
    int n = snprintf(text, size, "%c%s-%s%cM%c%c%s%c%s%c%s%c%s", *s, prefix, g->name, *s, *s, *s,
                     magic_text, *s, mask_text, *s, interpreter, *s, flags);
    return n > 0 && (size_t)n < size;
}

/*
 * Guests as binfmt_misc knows them: a name, the first bytes of their programs, and what the kernel
 * is told about them. Rows in guest.def.
 */
#ifndef FERRY_BINFMT_GUEST_H
#define FERRY_BINFMT_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAGIC_SIZE = 20 }; /* up to and with e_machine */

struct binfmt_guest {
    const char *name, *docker;
    uint16_t machine;
    uint8_t bits; /* 32 or 64 */
    const uint32_t *code;
    unsigned ncode; /* words */
};

extern const struct binfmt_guest binfmt_guests[];
extern const unsigned binfmt_nguests;

/* By its name, Debian's name, or that with "qemu-" or "ferry-" in front; or NULL. */
const struct binfmt_guest *binfmt_guest_by_name(const char *name, size_t length);

/* The first bytes of a program of machine `machine`: `type` is ET_EXEC or ET_DYN. */
void binfmt_head(uint16_t machine, unsigned bits, unsigned type, uint8_t osabi,
                 uint8_t head[MAGIC_SIZE]);

/*
 * What is compared: executables and position-independent ones of the machine, of any OS/ABI. Magic
 * and mask are those that everybody registers for the machine.
 */
void binfmt_magic(const struct binfmt_guest *g, uint8_t magic[MAGIC_SIZE],
                  uint8_t mask[MAGIC_SIZE]);

/*
 * The line for `register` and binfmt.d that makes entry `name` (a prefix, '-', the guest's name).
 * Writes at most `size` bytes, no newline; false where it does not fit or the kernel would not
 * take the path.
 */
bool binfmt_line(const struct binfmt_guest *g, const char *prefix, const char *interpreter,
                 const char *flags, char *text, size_t size);

#endif

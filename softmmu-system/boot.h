/*
 * The loader of machines: files into guest memory, before power-on and again at each reset. Files
 * are read once and kept, so that a reset finds what the start found.
 *
 * All errors are one line that names the file.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_BOOT_H
#define FERRY_SOFTMMU_SYSTEM_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

struct boot_image {
    uint64_t start, end; /* guest physical; end includes what it wants zero behind the file */
    uint64_t entry;
    bool elf; /* it was linked to where it is */
};

/* A file's bytes, kept for good. NULL with a reason. */
const uint8_t *boot_file(const char *path, size_t *size, char *error, size_t error_size);

/*
 * Loads a kernel or firmware: an ELF program of `elf_machine` (to its physical addresses), a Linux
 * Image, or else anything, to `address`. Images may be packed: gzip, or EFI's self-extracting form
 * of gzip or zstd.
 */
bool boot_image(struct machine *m, const char *path, unsigned elf_machine, uint64_t address,
                struct boot_image *out, char *error, size_t error_size);

/* Loads a file as it is. *end: the address behind it. */
bool boot_raw(struct machine *m, const char *path, uint64_t address, uint64_t *end, char *error,
              size_t error_size);

/* Copies bytes of our own; `path` names them in the error. ROM may be written. */
bool boot_bytes(struct machine *m, const char *path, uint64_t address, const void *bytes,
                size_t size, char *error, size_t error_size);

#endif

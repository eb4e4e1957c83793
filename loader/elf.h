/*
 * ELF programs: reading and checking headers, and mapping.
 *
 * elf_parse is pure: bytes in, description or one line of complaint out, and it trusts nothing; the
 * fuzzer feeds it. elf_load maps what it described, through the caller's functions.
 *
 * Strictness: a file that the kernel would refuse, or would half-map and kill, is refused here with
 * a reason. Sections and symbols are not looked at (symbols.c does, on demand).
 */
#ifndef FERRY_LOADER_ELF_H
#define FERRY_LOADER_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ELF_MAX_SEGMENTS = 64,
    ELF_MAX_INTERP = 4096,
    ELF_PAGE = 4096,
};

struct elf_segment {
    uint64_t vaddr, memsz, offset, filesz;
    uint32_t flags; /* PF_* */
};

struct elf_file {
    uint16_t machine;
    uint8_t elf_class, data;
    bool dynamic_position; /* ET_DYN */
    bool executable_stack;
    uint64_t entry;
    uint64_t phdr_vaddr; /* of the program headers in memory, 0: not mapped */
    unsigned phnum, phentsize;
    uint64_t low, high;                  /* of all segments, page aligned */
    uint64_t align;                      /* the largest p_align */
    uint64_t interp_offset, interp_size; /* PT_INTERP, size 0: none */
    unsigned nsegments;
    struct elf_segment segments[ELF_MAX_SEGMENTS];
};

/* Reads `size` bytes at `offset` into `to`. Returns false if the file does not have them. */
typedef bool elf_read_fn(void *context, uint64_t offset, void *to, size_t size);

/*
 * Parses a program of `file_size` bytes. Returns NULL, or why it cannot run: a static string. With
 * *not_elf set the file is no ELF file at all (a script, say).
 */
const char *elf_parse(elf_read_fn *read, void *context, uint64_t file_size, struct elf_file *out,
                      bool *not_elf);

/* The interpreter's path. Returns NULL or a complaint. `path` has ELF_MAX_INTERP bytes. */
const char *elf_interpreter(elf_read_fn *read, void *context, const struct elf_file *file,
                            char *path);

/* An elf_read_fn on a descriptor: context points to it. */
bool elf_read_fd(void *context, uint64_t offset, void *to, size_t size);

/* How elf_load gets at the guest's memory. */
struct elf_space {
    void *context;
    /* As mmap; returns the address or -errno. */
    int64_t (*map)(void *context, uint64_t address, uint64_t size, int prot, int flags, int fd,
                   uint64_t offset);
    void (*unmap)(void *context, uint64_t address, uint64_t size);
    void *(*host)(void *context, uint64_t address);
};

struct elf_image {
    uint64_t bias; /* load address minus link address */
    uint64_t entry, phdr, low, high;
    uint64_t start_code, end_code, start_data, end_data; /* as /proc/PID/stat wants them */
};

/*
 * Maps `file`, open at `fd`. A position-independent one goes to `where`, or where the space likes
 * it when `where` is 0. Returns 0 or -errno.
 */
int elf_load(const struct elf_file *file, int fd, const struct elf_space *space, uint64_t where,
             struct elf_image *out);

#endif

/* A small valid ELF program in memory, for tests of the loader to spoil. */
#ifndef FERRY_TESTS_LOADER_GOOD_ELF_H
#define FERRY_TESTS_LOADER_GOOD_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { GOOD_SIZE = 0x3000, GOOD_PHDRS = 6 };

struct good_elf {
    Elf64_Ehdr header;
    Elf64_Phdr phdr[GOOD_PHDRS];
    char interp[32];
    uint8_t rest[GOOD_SIZE - sizeof(Elf64_Ehdr) - GOOD_PHDRS * sizeof(Elf64_Phdr) - 32];
};

/* A position-independent riscv64 program with an interpreter, text, data and bss. */
static inline void good_elf_make(struct good_elf *e)
{
    memset(e, 0, sizeof *e);
    e->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_RISCV,
        .e_version = EV_CURRENT,
        .e_entry = 0x400,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = GOOD_PHDRS,
    };
    uint64_t interp = (uint64_t)((uint8_t *)e->interp - (uint8_t *)e);
    strcpy(e->interp, "/lib/ld-linux-riscv64.so.1");
    e->phdr[0] = (Elf64_Phdr){PT_PHDR, PF_R, 64, 64, 64, sizeof e->phdr, sizeof e->phdr, 8};
    e->phdr[1] = (Elf64_Phdr){PT_INTERP, PF_R, interp, interp, interp, 27, 27, 1};
    e->phdr[2] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0, 0, 0, 0x1800, 0x1800, 0x1000};
    e->phdr[3] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x1e00, 0x2e00, 0x2e00, 0x300, 0x2000, 0x1000};
    e->phdr[4] = (Elf64_Phdr){PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16};
    e->phdr[5] = (Elf64_Phdr){PT_NOTE, PF_R, 0x300, 0x300, 0x300, 32, 32, 4};
}

/* A file in memory for elf_read_fn. */
struct memory_file {
    const uint8_t *bytes;
    uint64_t size;
};

static inline bool memory_read(void *context, uint64_t offset, void *to, size_t size)
{
    const struct memory_file *f = context;
    if (offset > f->size || size > f->size - offset)
        return false;
    memcpy(to, f->bytes + offset, size);
    return true;
}

#endif

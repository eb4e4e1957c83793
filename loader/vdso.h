/*
 * The guest's vDSO: a small ELF shared object, made in memory from a list of functions whose code
 * is given as instruction words. Pure.
 *
 * A function that Ferry serves without entering the kernel is the guest's private host-call
 * instruction followed by a return; which function it is stands in the instruction (frontend/).
 */
#ifndef FERRY_LOADER_VDSO_H
#define FERRY_LOADER_VDSO_H

#include <stddef.h>
#include <stdint.h>

enum { VDSO_PAGE = 4096, VDSO_MAX_FUNCTIONS = 16, VDSO_MAX_WORDS = 4 };

struct vdso_function {
    const char *name;
    uint8_t nwords;
    uint32_t words[VDSO_MAX_WORDS];
};

struct vdso_spec {
    uint16_t machine;
    uint8_t elf_class;
    uint32_t elf_flags;    /* e_flags */
    const char *soname;    /* "linux-vdso.so.1" */
    const char *version;   /* "LINUX_4.15" */
    const char *sigreturn; /* the function that is the signal trampoline */
    unsigned nfunctions;
    struct vdso_function functions[VDSO_MAX_FUNCTIONS];
};

struct vdso_result {
    uint64_t text, text_end; /* offsets of the code */
    uint64_t sigreturn;      /* offset of the trampoline */
};

/* Writes the object into a zeroed page. Aborts on a spec that does not fit: it is constant. */
void vdso_build(const struct vdso_spec *spec, uint8_t page[VDSO_PAGE], struct vdso_result *out);

#endif

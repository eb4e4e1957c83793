/*
 * Call frame information of guest programs (.eh_frame, .debug_frame), through libdw: from the registers of a
 * function to those of its caller. Read only when somebody asks for a backtrace.
 */
#ifndef FERRY_LOADER_CFI_H
#define FERRY_LOADER_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CFI_REGISTERS = 32 };

/* The registers of one frame by their DWARF numbers. */
struct cfi_frame {
    uint64_t reg[CFI_REGISTERS];
    uint64_t pc;     /* where it goes on; for a caller behind its call */
    unsigned sp;     /* the number of the stack pointer */
    bool (*read)(void *context, uint64_t address, uint64_t *word); /* guest memory */
    void *context;
};

enum cfi_result {
    CFI_NONE,      /* the file says nothing of this pc */
    CFI_STEPPED,   /* *frame is the caller's */
    CFI_OUTERMOST, /* it says that there is no caller */
};

/*
 * Steps from `frame` to its caller by what the ELF file at `path` says of link address `link`, which
 * lies in the frame's function (DWARF 5, 6.4). Opens and closes the file.
 */
enum cfi_result cfi_step(const char *path, uint64_t link, struct cfi_frame *frame);

#endif

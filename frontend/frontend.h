/*
 * A frontend turns guest instructions into IR. One folder and one `struct frontend` a guest; nothing
 * outside that folder knows its instructions. Frontends are pure: guest bytes in, IR out.
 *
 * The shared driver (translate.c) walks the guest code and decides where a block ends; the guest's
 * part translates one instruction at a time, from its decode table (see decgen.c for the format).
 */
#ifndef FERRY_FRONTEND_FRONTEND_H
#define FERRY_FRONTEND_FRONTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

/* What -cpu chose: a bit a feature, numbered by the guest; and whatever else decides about code. */
struct cpu_config {
    uint64_t features[2];
    uint32_t model; /* the guest's own number of the model */
    uint64_t hostcall_lo, hostcall_hi; /* guest range where the private host-call instruction is valid (vDSO) */
};

static inline bool cpu_has(const struct cpu_config *config, unsigned feature)
{
    return config->features[feature / 64] >> (feature % 64) & 1;
}

/* Where guest code is read from. */
struct code_source {
    /*
     * Returns the host address of guest address `pc` and in *size how many bytes from there are
     * executable and contiguous (0: none; the fetch faults). Must not fault itself.
     */
    const uint8_t *(*window)(void *context, uint64_t pc, size_t *size);
    void *context;
};

/* What one instruction does with the guest's flags (slots of type B), for looking ahead. */
enum flags_use {
    FLAGS_KEPT,    /* neither reads nor writes them, and the next instruction follows (or a fault) */
    FLAGS_WRITTEN, /* writes all of them and reads none */
    FLAGS_JUMP,    /* kept, goes to *target */
    FLAGS_BRANCH,  /* kept, goes to *target or to the next instruction */
    FLAGS_READ,    /* reads some, or it is not known */
};

/* The state of one run of the driver, handed to the guest's instruction translators. */
struct translation {
    struct ir_block *block;
    const struct frontend *frontend;
    const struct cpu_config *config;
    const struct code_source *source;
    uint64_t pc;      /* of the current instruction */
    unsigned length;  /* of the current instruction, bytes */
    uint32_t word;    /* the current instruction, for those who hand it to the runtime; the guest's own */
    uint32_t mode;    /* mode bits of the block's key */
    uint64_t follow;  /* set by a translator: guest pc to go on at when it is not the next instruction */
    bool followed;    /* `follow` is set */
    bool single;      /* every instruction is a block, for somebody who looks at all state */
    unsigned guards;  /* side exits so far, in this round */
    unsigned rounds;  /* of the loop that the block is, so far */
    unsigned max_rounds, max_insns; /* bounds on such a loop: rounds, guest instructions */
    ir_ref notes[4];  /* the guest's own, for the length of a block; IR_NONE at its start */
};

struct frontend {
    const char *name;          /* "riscv64": also the -cpu and program-name family */
    uint16_t elf_machine;      /* EM_* */
    uint8_t elf_class;         /* ELFCLASS* */
    uint8_t elf_data;          /* ELFDATA* */
    uint8_t min_insn, max_insn; /* bytes of the shortest and the longest instruction */
    struct ir_guest ir;

    /*
     * Translates the instruction at t->pc, whose first `size` readable bytes are at `bytes`, and sets
     * t->length. An undefined or disabled instruction becomes ir_exit(IR_EXIT_ILLEGAL) and is logged
     * (LOG_UNIMP) with its word and, where known, the extension it belongs to.
     * Returns false when the instruction is longer than `size` (the driver emits a fetch fault).
     */
    bool (*translate)(struct translation *t, const uint8_t *bytes, size_t size);

    /*
     * What the instruction does with the flags; jumps also say where to. NULL if the guest has no
     * flags. May say FLAGS_READ wherever it is not sure.
     */
    enum flags_use (*flags_use)(uint64_t pc, const uint8_t *bytes, uint64_t *target);
    unsigned flags_slot; /* where flags_use is: the slot of the flags */

    /* Writes the disassembly of one instruction, as objdump would; returns its length in bytes. */
    unsigned (*disassemble)(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                            size_t size, char *text, size_t text_size);

    /*
     * Parses a -cpu argument (NULL: the default, all that is implemented). Returns false with a
     * one-line reason in `error`. Unknown properties of known models are errors too.
     */
    bool (*parse_cpu)(const char *text, struct cpu_config *config, char *error, size_t error_size);

    /* Prints models and features for `-cpu help` on stdout. */
    void (*print_cpus)(void);

    /* Writes the reset values of slots (control registers) into a zeroed cpu->state; sets cpu->mode. */
    void (*reset)(const struct cpu_config *config, struct cpu *cpu);
};

extern const struct frontend frontend_riscv64, frontend_aarch64;

/* All guests of this build, NULL-terminated. */
extern const struct frontend *const frontends[];

enum translate_flag {
    TRANSLATE_SINGLE = 1 << 0, /* one guest instruction a block */
    TRANSLATE_ROUNDS = 1 << 1, /* short loops several times in their block: more to translate */
};

/*
 * Translates a superblock that starts at pc into `b`. `max_insns` bounds the guest instructions
 * (0: the default; TRANSLATE_ROUNDS may double it). `flags`: enum translate_flag. The block always
 * ends properly, with an exit if nothing could be fetched.
 */
void frontend_translate(const struct frontend *f, const struct cpu_config *config,
                        const struct code_source *source, struct ir_block *b, uint64_t pc,
                        uint32_t mode, unsigned max_insns, unsigned flags);

#endif

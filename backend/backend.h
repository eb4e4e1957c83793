/*
 * A backend turns a block of IR into host code. It is pure: IR in, bytes and tables out. It knows
 * neither guest nor runtime, only struct cpu (ir/cpu.h) and the stubs declared here.
 *
 * Conventions of generated code (x86-64):
 *   - rbp = cpu + CPU_BIAS; rsp = the shadow stack of return predictions (see below);
 *   - between blocks, pinned slots are in their host registers and every other slot is at home;
 *   - MXCSR holds the guest's rounding mode and accrued exceptions; all exceptions masked;
 *   - every jump to a fixed guest pc is an exit: a patchable rel32 that at first leads to a thunk in
 *     the block's cold part (`call stub.link; .long exit-index`), later straight to the target;
 *   - a guest call pushes {guest return address, host return address} with push and call, so that a
 *     guest return is `cmp [rsp+8], target; jne miss; ret`, predicted by the host. The landing site
 *     drops the guest return address and goes on to the continuation, which is an exit of its own;
 *   - cpu.attention is polled on every backward direct jump and on every indirect jump or call.
 */
#ifndef FERRY_BACKEND_BACKEND_H
#define FERRY_BACKEND_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/cpu.h"
#include "ir/ir.h"

/* Host features beyond the baseline x86-64-v2. */
enum host_feature {
    HOST_BMI1 = 1 << 0, HOST_BMI2 = 1 << 1, HOST_LZCNT = 1 << 2, HOST_FMA = 1 << 3, HOST_AVX = 1 << 4,
    HOST_AVX2 = 1 << 5, HOST_F16C = 1 << 6, HOST_PCLMUL = 1 << 7, HOST_AVX512 = 1 << 8, /* F CD BW DQ VL */
    HOST_GFNI = 1 << 9, HOST_MOVBE = 1 << 10, HOST_AES = 1 << 11, HOST_VNNI = 1 << 12, /* AVX-512's */
    HOST_BITALG = 1 << 13, HOST_SHA = 1 << 14,
};

/* The features of this host (CPUID and XGETBV). */
uint32_t backend_host_features(void);

/* Offsets of the runtime stubs from the start of the code they were emitted into. */
struct code_stubs {
    uint32_t enter;    /* void enter(struct cpu *, const void *code): C-callable */
    uint32_t leave;    /* jumped to with exit_reason and exit_pc set: back to enter's caller */
    uint32_t link;     /* called from thunks; sets exit_link, exit_reason = LOOKUP, leaves */
    uint32_t indirect; /* miss of the jump cache: target pc in exit_pc; leaves with LOOKUP */
    uint32_t null;     /* what jump_cache[0] holds while empty: a jump to guest address 0 */
    uint32_t empty;    /* host address of the entries above return_top, whose guest address is 1 */
    uint32_t ret;      /* return mispredicted: target pc in exit_pc; unwinds the shadow stack to it or looks up */
    uint32_t poll;     /* attention was noticed at exit_pc: leaves with NONE */
    uint32_t unwind;   /* leave when every slot, exit_link and return_sp are in struct cpu already (faults in C) */
    uint32_t syscall;  /* as leave, but asks cpu.call first */
    uint32_t miss;     /* called where the TLB has no entry: asks cpu.miss, all registers kept */
    uint32_t call[4];  /* calls of C functions, inside generated code only: see stubs.c */
    uint32_t size;     /* bytes of all stubs */
};

enum code_exit_kind { CODE_JUMP, CODE_CALL, CODE_CONTINUATION };

/* A place in a block that leads to a fixed guest pc. Offsets are from the block's start. */
struct code_exit {
    uint64_t target;  /* guest pc */
    uint32_t patch;   /* the rel32 field (never crosses 16 bytes once the block is 16-aligned) */
    uint32_t thunk;   /* where it leads while not linked */
    uint32_t index;   /* the .long of the thunk: the translator writes the exit's number there */
    uint8_t kind;     /* enum code_exit_kind */
};

enum code_reloc_kind {
    CODE_RELOC_STUB,   /* rel32 to a stub: value is offsetof(struct code_stubs, X) */
    CODE_RELOC_PC32,   /* zero- or sign-extended imm32 that is a guest pc (value) */
    CODE_RELOC_PC64,   /* imm64 that is a guest pc (value) */
};

/* A field of the code that depends on where things are. PC fields are already filled in. */
struct code_reloc {
    uint32_t offset;
    uint8_t kind; /* enum code_reloc_kind */
    uint64_t value;
};

/* What a backend emits. The caller provides the memory; backend_emit fills in the counts. */
struct code_buffer {
    uint8_t *bytes;       /* written here, to run at another address */
    size_t capacity, size;
    struct code_exit *exits;
    unsigned max_exits, nexits;
    struct code_reloc *relocs;
    unsigned max_relocs, nrelocs;
    uint8_t *maps;        /* precise-state maps of the block, a byte string: see map.c */
    size_t maps_capacity, maps_size;
    size_t literals;      /* where constants follow the code; size if there are none */
};

struct backend; /* for one guest and one set of host features; read-only once created, shared by threads */
struct backend_work; /* scratch memory of one translating thread */

/*
 * `pins`: how many integer and float slots to keep in host registers (-1: the measured defaults).
 */
struct backend *backend_create(const struct ir_guest *guest, uint32_t features, int int_pins, int float_pins);
void backend_destroy(struct backend *be);

/*
 * How guest addresses become the host's. Before stubs are emitted. With a TLB, what a guest pc
 * leads to may change too: exits to other pages than the block's are looked up in cpu.jumps each
 * time, and are not listed as exits.
 */
enum backend_memory {
    BACKEND_DIRECT, /* they are the same (the default) */
    BACKEND_WINDOW, /* relative to cpu.memory_base: a 32-bit guest's window */
    BACKEND_TLB,    /* looked up in cpu.tlb */
};
void backend_set_memory(struct backend *be, enum backend_memory memory);
struct backend_work *backend_work_create(const struct backend *be);
void backend_work_destroy(struct backend_work *w);

/* Fills in what generated code expects to find in a zeroed cpu: runtime functions, constants. */
void backend_init_cpu(const struct backend *be, struct cpu *cpu);

/* Seed for random but correct allocation choices, for tests; 0: none. */
void backend_randomize(struct backend_work *w, uint64_t seed);

/* Checks each allocation symbolically and aborts on a wrong one, for tests. */
void backend_verify(struct backend_work *w, bool on);

/* Emits the runtime stubs. */
void backend_emit_stubs(const struct backend *be, struct code_buffer *out, struct code_stubs *stubs);

/*
 * Emits a block. Returns false when a table of `out` is too small (nothing is kept; the caller
 * gives more room or a shorter block). Deterministic: the same IR gives the same bytes.
 */
bool backend_emit(const struct backend *be, struct backend_work *w, const struct ir_block *b,
                  struct code_buffer *out);

/*
 * Writes the guest's state at host offset `offset` of a block into the homes in cpu->state, and the
 * guest pc into cpu->exit_pc. Async-signal-safe. Returns false if no map covers the offset.
 */
bool backend_recover(const struct backend *be, const uint8_t *maps, size_t maps_size, uint32_t offset,
                     uint64_t block_pc, const struct host_state *host, struct cpu *cpu);

/* Jumps to stubs.unwind from C code, wherever its stack is. */
_Noreturn void backend_unwind(const void *unwind, struct cpu *cpu);

/* Prints host code through capstone into the log, with guest pcs where maps have them. */
void backend_disassemble(const struct code_buffer *out, uint64_t address);

/* Which slots are pinned, as "a0=rsi ...", for the log. */
void backend_describe(const struct backend *be, char *text, size_t size);

#endif

/*
 * Runs emitted blocks without a translator: a piece of executable memory with the stubs and one
 * block, and a cpu with a shadow stack.
 */
#ifndef FERRY_TESTS_RA_HOST_H
#define FERRY_TESTS_RA_HOST_H

#include "backend/backend.h"

enum { HOST_MAX_EXITS = 2048, HOST_MAX_RELOCS = 65536, HOST_MAPS = 1 << 18, HOST_CODE = 1 << 20 };

struct host {
    struct backend *be;
    struct backend_work *work;
    struct code_stubs stubs;
    uint8_t *memory, *code; /* stubs at the start, block at `code` */
    void *shadow;
    struct code_buffer out;
    struct code_exit exits[HOST_MAX_EXITS];
    struct code_reloc relocs[HOST_MAX_RELOCS];
    uint8_t maps[HOST_MAPS];
};

struct host *host_create(const struct ir_guest *guest, uint32_t features, int int_pins,
                         int float_pins);
/* The same with guest addresses that go through the TLB; the caller's cpu.miss serves it. */
struct host *host_create_tlb(const struct ir_guest *guest, uint32_t features, int int_pins,
                             int float_pins);
void host_destroy(struct host *h);

/* From cpu.miss: the access faults. */
_Noreturn void host_miss_fault(struct cpu *cpu);

/* Gives a cpu what generated code needs of it. */
void host_prepare(struct host *h, struct cpu *cpu);

/* Emits a block, ready to run. Returns false if it was too long. */
bool host_emit(struct host *h, const struct ir_block *b);

/*
 * Runs the block. Returns why it left, as the interpreter would: IR_EXIT_NONE with exit_pc set for
 * control flow; IR_EXIT_FAULT after a host fault, with the state recovered through the maps.
 */
enum ir_exit host_run(struct host *h, struct cpu *cpu, const struct ir_block *b);

/* The same in the interpreter; MXCSR afterwards is what it was at the fault. Needs a host to exist.
 */
enum ir_exit host_interpret(struct cpu *cpu, const struct ir_block *b);

#endif

/* See host.h. */
#include "tests/ra/host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "ir/fp.h"

enum { SHADOW = 1 << 16, SHADOW_ROOM = 128 };
#define SENTINEL 0x5ca1ab1e0ddba115 /* no value that random blocks return to */

static struct {
    struct host *host;
    struct cpu *cpu;
    const struct ir_block *block;
    bool interpreting;
    uint32_t mxcsr; /* at a fault in the interpreter */
    sigjmp_buf after_fault;
} running;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    static const uint8_t order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                      REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                      REG_R12, REG_R13, REG_R14, REG_R15};
    ucontext_t *uc = context;
    greg_t *gregs = uc->uc_mcontext.gregs;
    struct host *h = running.host;
    struct host_state state;
    (void)sig, (void)info;
    if (running.interpreting) {
        running.mxcsr = uc->uc_mcontext.fpregs->mxcsr;
        siglongjmp(running.after_fault, 1);
    }
    if (!h)
        abort();
    for (unsigned i = 0; i < 16; i++)
        state.gpr[i] = (uint64_t)gregs[order[i]];
    memcpy(state.xmm, uc->uc_mcontext.fpregs->_xmm, sizeof state.xmm);
    uintptr_t rip = (uintptr_t)gregs[REG_RIP], code = (uintptr_t)h->code;
    if (rip - code < h->out.size) {
        if (!backend_recover(h->be, h->out.maps, h->out.maps_size, (uint32_t)(rip - code),
                             running.block->pc, &state, running.cpu))
            abort();
        running.cpu->return_sp = (void *)gregs[REG_RSP];
    } /* else in a C function: the state is at home */
    running.cpu->exit_reason = IR_EXIT_FAULT;
    running.cpu->exit_link = CPU_NO_LINK;
    gregs[REG_RBP] = (greg_t)((uintptr_t)running.cpu + CPU_BIAS);
    gregs[REG_RIP] = (greg_t)((uintptr_t)h->memory + h->stubs.unwind);
}

static void catch_faults(void)
{
    static uint8_t stack[1 << 16];
    stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction sa = {.sa_sigaction = on_fault,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaltstack(&ss, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
}

_Noreturn void host_miss_fault(struct cpu *cpu)
{
    struct host *h = running.host;
    if (!backend_recover(h->be, h->out.maps, h->out.maps_size,
                         (uint32_t)(cpu->saved_pc - (uintptr_t)h->code), running.block->pc, &cpu->saved, cpu))
        abort();
    cpu->exit_reason = IR_EXIT_FAULT;
    cpu->exit_link = CPU_NO_LINK;
    backend_unwind(h->memory + h->stubs.unwind, cpu);
}

static struct host *create(const struct ir_guest *guest, uint32_t features, int int_pins,
                           int float_pins, enum backend_memory memory)
{
    struct host *h = calloc(1, sizeof *h);
    h->be = backend_create(guest, features, int_pins, float_pins);
    backend_set_memory(h->be, memory);
    h->work = backend_work_create(h->be);
    h->memory = mmap(NULL, HOST_CODE, PROT_READ | PROT_WRITE | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    h->shadow = mmap(NULL, SHADOW, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (h->memory == MAP_FAILED || h->shadow == MAP_FAILED)
        abort();
    struct code_buffer out = {.bytes = h->memory, .capacity = HOST_CODE};
    backend_emit_stubs(h->be, &out, &h->stubs);
    h->code = h->memory + (h->stubs.size + 63) / 64 * 64;
    catch_faults();
    return h;
}

struct host *host_create(const struct ir_guest *guest, uint32_t features, int int_pins,
                         int float_pins)
{
    return create(guest, features, int_pins, float_pins, BACKEND_DIRECT);
}

struct host *host_create_tlb(const struct ir_guest *guest, uint32_t features, int int_pins,
                             int float_pins)
{
    return create(guest, features, int_pins, float_pins, BACKEND_TLB);
}

void host_destroy(struct host *h)
{
    munmap(h->memory, HOST_CODE);
    munmap(h->shadow, SHADOW);
    backend_work_destroy(h->work);
    backend_destroy(h->be);
    free(h);
}

void host_prepare(struct host *h, struct cpu *cpu)
{
    uint64_t *top = (uint64_t *)((uint8_t *)h->shadow + SHADOW - SHADOW_ROOM);
    for (unsigned i = 0; i < SHADOW_ROOM / 8; i++)
        top[i] = SENTINEL;
    cpu->return_base = h->shadow;
    cpu->return_top = cpu->return_sp = top;
    cpu->exit_link = CPU_NO_LINK;
    cpu->jump_cache[0].code = h->memory + h->stubs.null;
    backend_init_cpu(h->be, cpu);
}

bool host_emit(struct host *h, const struct ir_block *b)
{
    h->out = (struct code_buffer){
        .bytes = h->code, .capacity = HOST_CODE - (size_t)(h->code - h->memory),
        .exits = h->exits, .max_exits = HOST_MAX_EXITS,
        .relocs = h->relocs, .max_relocs = HOST_MAX_RELOCS,
        .maps = h->maps, .maps_capacity = HOST_MAPS,
    };
    if (!backend_emit(h->be, h->work, b, &h->out))
        return false;
    for (unsigned i = 0; i < h->out.nrelocs; i++) {
        const struct code_reloc *r = &h->relocs[i];
        if (r->kind != CODE_RELOC_STUB)
            continue;
        uint32_t stub;
        memcpy(&stub, (const uint8_t *)&h->stubs + r->value, sizeof stub);
        uint32_t displacement = stub - (uint32_t)(h->code - h->memory + r->offset + 4);
        memcpy(h->code + r->offset, &displacement, 4);
    }
    for (uint32_t i = 0; i < h->out.nexits; i++)
        memcpy(h->code + h->exits[i].index, &i, 4);
    return true;
}

enum ir_exit host_run(struct host *h, struct cpu *cpu, const struct ir_block *b)
{
    union {
        uint8_t *address;
        void (*call)(struct cpu *, const void *);
    } enter = {.address = h->memory + h->stubs.enter};
    running.host = h;
    running.cpu = cpu;
    running.block = b;
    enter.call(cpu, h->code);
    running.host = NULL;
    if (cpu->exit_link != CPU_NO_LINK) {
        cpu->exit_pc = h->exits[cpu->exit_link].target;
        cpu->exit_link = CPU_NO_LINK;
    }
    return cpu->exit_reason == IR_EXIT_LOOKUP ? IR_EXIT_NONE : (enum ir_exit)cpu->exit_reason;
}

enum ir_exit host_interpret(struct cpu *cpu, const struct ir_block *b)
{
    volatile enum ir_exit reason = IR_EXIT_FAULT;
    running.interpreting = true;
    if (!sigsetjmp(running.after_fault, 1))
        reason = ir_interpret(b, cpu);
    else
        fp_set_mxcsr(running.mxcsr);
    running.interpreting = false;
    return reason;
}

/* See misses.h. */
#include "tests/ra/misses.h"

#include <string.h>

#include "tests/ra/host.h"

enum { ENTRIES = 4, PAGE = 1 << CPU_PAGE_BITS };

static struct {
    uint64_t guest, alias, size, seed;
    struct cpu_tlb_entry tlb[ENTRIES];
    struct cpu_jump jumps[CPU_JUMP_CACHE];
} state;

static uint64_t random_next(void)
{
    state.seed = state.seed * 6364136223846793005u + 1442695040888963407u;
    return state.seed >> 33;
}

static void forget(void)
{
    for (unsigned i = 0; i < ENTRIES; i++)
        state.tlb[i] = (struct cpu_tlb_entry){CPU_TLB_NONE, CPU_TLB_NONE, 0x5a5a5a5a00000000, 0};
}

static void remember(uint64_t page, bool write)
{
    struct cpu_tlb_entry *e = &state.tlb[(page >> CPU_PAGE_BITS) % ENTRIES];
    e->read = random_next() % 4 ? page : CPU_TLB_NONE;
    e->write = write && random_next() % 4 ? page : CPU_TLB_NONE;
    e->addend = state.alias - state.guest;
}

static uint64_t swap(uint64_t x, unsigned size)
{
    return __builtin_bswap64(x) >> (64 - 8 * size);
}

static void do_load(struct cpu *cpu, uint32_t access, uint64_t host)
{
    unsigned size = 1u << (access & IR_MEM_SIZE), reg = access >> CPU_MISS_REG_SHIFT & 15;
    uint64_t value[2] = {0};
    memcpy(value, (const void *)host, size);
    if (access & IR_MEM_BIG && size == 16) {
        uint64_t low = swap(value[1], 8);
        value[1] = swap(value[0], 8);
        value[0] = low;
    } else if (access & IR_MEM_BIG) {
        value[0] = swap(value[0], size);
    }
    if (access & IR_MEM_SIGNED && size < 8) {
        unsigned shift = 64 - 8 * size;
        value[0] = (uint64_t)((int64_t)(value[0] << shift) >> shift);
        if (!(access & CPU_MISS_WIDE))
            value[0] = (uint32_t)value[0];
    }
    if (access & CPU_MISS_XMM)
        memcpy(cpu->saved.xmm[reg], value, sizeof value);
    else
        cpu->saved.gpr[reg] = value[0];
}

static void do_store(struct cpu *cpu, uint32_t access, uint64_t host)
{
    unsigned size = 1u << (access & IR_MEM_SIZE), reg = access >> CPU_MISS_REG_SHIFT & 15;
    uint64_t value[2] = {access & CPU_MISS_CONST ? cpu->miss_value : cpu->saved.gpr[reg]};
    if (access & CPU_MISS_XMM)
        memcpy(value, cpu->saved.xmm[reg], sizeof value);
    if (access & IR_MEM_BIG)
        value[0] = swap(value[0], size);
    memcpy((void *)host, value, size);
}

static uint32_t miss(struct cpu *cpu)
{
    uint32_t access = cpu->miss_access;
    unsigned size = 1u << (access & IR_MEM_SIZE);
    uint64_t offset = cpu->miss_address - state.guest;
    if (offset >= state.size || offset + size > state.size)
        host_miss_fault(cpu);
    if (random_next() % 8 == 0)
        forget();
    remember(cpu->miss_address & -(uint64_t)PAGE, access & CPU_MISS_WRITE);
    if (access & CPU_MISS_DIRECT || random_next() % 2) {
        cpu->saved.gpr[access >> CPU_MISS_TEMP_SHIFT & 15] = state.alias - state.guest;
        return CPU_MISS_GO;
    }
    (access & CPU_MISS_WRITE ? do_store : do_load)(cpu, access, state.alias + offset);
    return CPU_MISS_DONE;
}

void misses_start(struct cpu *cpu, uint64_t guest, uint64_t alias, uint64_t size, uint64_t seed)
{
    state.guest = guest;
    state.alias = alias;
    state.size = size;
    state.seed = seed;
    forget();
    state.jumps[0].code = cpu->jump_cache[0].code;
    cpu->tlb = state.tlb;
    cpu->tlb_mask = (ENTRIES - 1) << CPU_TLB_ENTRY_BITS;
    cpu->jumps = state.jumps;
    cpu->miss = miss;
}

void misses_end(struct cpu *cpu)
{
    if (cpu->exclusive_address - state.alias < 4 * PAGE)
        cpu->exclusive_address += state.guest - state.alias;
}

/*
 * `info mem`: what the page tables of a stopped hart map, runs of pages that continue each other
 * joined. The tables are the guest's and may be anything, a loop too: what is printed is bounded.
 */
#include <inttypes.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/mmu.h"
#include "softmmu-system/riscv/pte.h"
#include "softmmu-system/riscv/riscv_hart.h"

enum { MOST_LINES = 20000, MOST_TABLES = 1 << 18 };

struct map {
    struct memory *memory;
    FILE *out;
    unsigned address_bits;
    unsigned lines, tables;
    /* The run that is being joined; size 0: none. */
    uint64_t virtual, physical, size;
    uint64_t attributes;
};

static void end_run(struct map *m)
{
    if (!m->size || m->lines++ >= MOST_LINES)
        return;
    fprintf(m->out, "%016" PRIx64 " %016" PRIx64 " %016" PRIx64 " ", m->virtual, m->physical,
            m->size);
    static const struct {
        unsigned bit;
        char letter;
    } letters[] = {{PTE_R, 'r'}, {PTE_W, 'w'}, {PTE_X, 'x'}, {PTE_U, 'u'},
                   {PTE_G, 'g'}, {PTE_A, 'a'}, {PTE_D, 'd'}};
    for (unsigned i = 0; i < sizeof letters / sizeof *letters; i++)
        fputc(m->attributes & letters[i].bit ? letters[i].letter : '-', m->out);
    fputc('\n', m->out);
}

static void add(struct map *m, uint64_t virtual, uint64_t pte, unsigned bits)
{
    uint64_t physical = ((pte & PTE_PPN) >> 10 << 12) & ~((UINT64_C(1) << bits) - 1);
    uint64_t attributes = pte & (PTE_R | PTE_W | PTE_X | PTE_U | PTE_G | PTE_A | PTE_D);
    if (pte & PTE_N) /* all its entries are alike; each stands for its own page */
        physical = (physical & ~UINT64_C(0xffff)) | (virtual & 0xf000);
    if (!m->size || m->virtual + m->size != virtual || m->physical + m->size != physical ||
        m->attributes != attributes) {
        end_run(m);
        m->virtual = virtual;
        m->physical = physical;
        m->attributes = attributes;
        m->size = 0;
    }
    m->size += UINT64_C(1) << bits;
}

static void table(struct map *m, uint64_t address, uint64_t virtual, int level)
{
    unsigned bits = 12 + LEVEL_BITS * level;
    if (m->tables++ >= MOST_TABLES)
        return;
    for (uint64_t i = 0; i < 1 << LEVEL_BITS && m->lines < MOST_LINES; i++) {
        uint64_t pte, at = virtual | i << bits;
        if (!memory_read(m->memory, address + i * PTE_SIZE, &pte, sizeof pte))
            return;
        if (at >> (m->address_bits - 1) & 1)
            at |= -(UINT64_C(1) << (m->address_bits - 1));
        if (!(pte & PTE_V))
            continue;
        if (pte & (PTE_R | PTE_W | PTE_X))
            add(m, at, pte, bits);
        else if (level)
            table(m, (pte & PTE_PPN) >> 10 << 12, at, level - 1);
    }
}

void riscv_print_map(struct hart *h, FILE *out)
{
    struct riscv_hart *r = riscv_hart(h);
    struct map m = {.memory = &h->machine->memory, .out = out};
    int levels = 0;
    switch (r->satp >> 60) {
    case RV_SATP_SV39:
        levels = 3;
        break;
    case RV_SATP_SV48:
        levels = 4;
        break;
    case RV_SATP_SV57:
        levels = 5;
        break;
    default:
        fprintf(out, "No translation or protection\n");
        return;
    }
    m.address_bits = 12 + LEVEL_BITS * levels;
    fprintf(out, "vaddr            paddr            size             attr\n"
                 "---------------- ---------------- ---------------- -------\n");
    table(&m, (r->satp & SATP_PPN) << 12, 0, levels - 1);
    end_run(&m);
    if (m.lines > MOST_LINES || m.tables > MOST_TABLES)
        fprintf(out, "... and more\n");
}

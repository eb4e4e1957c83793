/*
 * The platform-level interrupt controller (RISC-V PLIC specification 1.0.0): 96 sources of 7
 * priorities, a context for M and one for S mode of each hart.
 *
 *   0x000000  priority   4 bytes a source
 *   0x001000  pending    a bit a source
 *   0x002000  enable     a bit a source, 0x80 bytes a context
 *   0x200000  threshold  and at +4 claim/complete; 0x1000 bytes a context
 *
 * All inputs are levels. A source is pending while its input is up and it is not in service
 * (claimed and not completed), which is all a gateway for levels keeps: so there is no pending bit
 * to keep.
 */
#include "softmmu-system/plic.h"

#include <string.h>

enum { WORDS = (PLIC_SOURCES + 31) / 32 };

struct plic {
    struct device device;
    struct irq_line output[PLIC_CONTEXTS];
    uint32_t level[WORDS], claimed[WORDS];
    uint32_t priority[PLIC_SOURCES];
    uint32_t enable[PLIC_CONTEXTS * WORDS];
    uint32_t threshold[PLIC_CONTEXTS];
};

static struct plic *of(struct device *d)
{
    return (struct plic *)d;
}

/* The source a context would claim: of the highest priority, the lowest number; 0: none. */
static unsigned best(const struct plic *p, unsigned context, uint32_t threshold)
{
    unsigned source = 0;
    uint32_t highest = threshold;
    for (unsigned w = 0; w < WORDS; w++) {
        uint32_t bits = p->level[w] & ~p->claimed[w] & p->enable[context * WORDS + w];
        for (; bits; bits &= bits - 1) {
            unsigned s = 32 * w + (unsigned)__builtin_ctz(bits);
            if (p->priority[s] > highest) {
                highest = p->priority[s];
                source = s;
            }
        }
    }
    return source;
}

static void update(struct plic *p)
{
    for (unsigned c = 0; c < PLIC_CONTEXTS && p->output[c].set; c++)
        irq_set(&p->output[c], best(p, c, p->threshold[c]) != 0);
}

static void set_input(void *target, unsigned source, bool level)
{
    struct plic *p = target;
    uint32_t bit = UINT32_C(1) << source % 32, *word = &p->level[source / 32];
    if (!(*word & bit) == !level)
        return;
    *word ^= bit;
    update(p);
}

struct irq_line plic_input(struct device *d, unsigned source)
{
    return (struct irq_line){.set = set_input, .target = d, .number = source};
}

void plic_connect(struct device *d, unsigned context, struct irq_line line)
{
    of(d)->output[context] = line;
}

static void write_priority(struct device *d, unsigned index, uint64_t value)
{
    of(d)->priority[index] = index ? value & PLIC_PRIORITIES : 0;
    update(of(d));
}

static uint64_t read_pending(struct device *d, unsigned index)
{
    return of(d)->level[index] & ~of(d)->claimed[index];
}

/*
 * A context's words lie 0x80 bytes apart and rows have one stride, so that the row is of single
 * words: 32 a context, of which the first few exist.
 */
enum { ENABLE_WORDS = 32, ENABLES = PLIC_CONTEXTS * ENABLE_WORDS };

static uint32_t *enable_word(struct plic *p, unsigned index)
{
    unsigned word = index % ENABLE_WORDS;
    return word < WORDS ? &p->enable[index / ENABLE_WORDS * WORDS + word] : NULL;
}

static uint64_t read_enable(struct device *d, unsigned index)
{
    const uint32_t *word = enable_word(of(d), index);
    return word ? *word : 0;
}

static void write_enable(struct device *d, unsigned index, uint64_t value)
{
    uint32_t *word = enable_word(of(d), index), first = 32 * (index % ENABLE_WORDS);
    if (!word)
        return;
    uint32_t exist =
        PLIC_SOURCES - first < 32 ? (UINT32_C(1) << (PLIC_SOURCES - first)) - 1 : UINT32_MAX;
    *word = (uint32_t)value & exist & (first ? UINT32_MAX : ~UINT32_C(1));
    update(of(d));
}

static void write_threshold(struct device *d, unsigned index, uint64_t value)
{
    of(d)->threshold[index] = value & PLIC_PRIORITIES;
    update(of(d));
}

/* A claim is not bound by the threshold. */
static uint64_t claim(struct device *d, unsigned index)
{
    struct plic *p = of(d);
    unsigned source = best(p, index, 0);
    if (source) {
        p->claimed[source / 32] |= UINT32_C(1) << source % 32;
        update(p);
    }
    return source;
}

static void complete(struct device *d, unsigned index, uint64_t value)
{
    struct plic *p = of(d);
    (void)index;
    if (!value || value >= PLIC_SOURCES)
        return;
    p->claimed[value / 32] &= ~(UINT32_C(1) << value % 32);
    update(p);
}

/* Lines keep their levels: they are others'. */
static void reset(struct device *d)
{
    update(of(d));
}

static const struct register_row registers[] = {
    {"priority", 0, 4, PLIC_SOURCES, 0, offsetof(struct plic, priority), 0, NULL, write_priority},
    {"pending", 0x1000, 4, WORDS, 0, 0, 0, read_pending, NULL},
    {"enable", 0x2000, 4, ENABLES, 0, 0, 0, read_enable, write_enable},
    {"threshold", 0x200000, 4, PLIC_CONTEXTS, 0x1000, offsetof(struct plic, threshold), 0, NULL,
     write_threshold},
    {"claim", 0x200004, 4, PLIC_CONTEXTS, 0x1000, 0, 0, claim, complete},
};

static const struct state_row state[] = {
    STATE_ARRAY(struct plic, claimed),
    STATE_ARRAY(struct plic, priority),
    STATE_ARRAY(struct plic, enable),
    STATE_ARRAY(struct plic, threshold),
};

const struct device_class plic_class = {
    .name = "riscv.sifive.plic",
    .text = "platform-level interrupt controller",
    .size = sizeof(struct plic),
    .bus = BUS_MACHINE,
    .span = 0x600000,
    .access = 4,
    DEVICE_TABLE(registers, registers),
    DEVICE_TABLE(state, state),
    .reset = reset,
};

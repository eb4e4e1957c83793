/* See agree.h. */
#include "tests/ra/agree.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ir/fp.h"
#include "tests/ir/test_guest.h"
#include "tests/ra/misses.h"

enum { PAGE = 4096, EXCEPTIONS = FP_MXCSR_FLAGS & ~IR_EXC_DENORMAL };

struct side {
    struct cpu *cpu;
    uint8_t memory[TG_SCRATCH];
    enum ir_exit exit;
    uint32_t exceptions;
};

/* Four pages; the scratch buffer lies across the end of the second, and faults come from the third.
 */
struct memory {
    uint8_t *pages, *scratch;
    uint8_t *alias; /* the same memory once more */
};

static void memory_create(struct memory *m)
{
    int fd = memfd_create("scratch", MFD_CLOEXEC);
    cr_assert(ftruncate(fd, 4 * PAGE) == 0);
    m->pages = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_SHARED, fd, 0);
    m->alias = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    cr_assert(m->pages != MAP_FAILED && m->alias != MAP_FAILED);
    close(fd);
}

static void memory_start(struct memory *m, const struct variant *v, struct cpu *cpu, uint64_t seed)
{
    mprotect(m->pages, 4 * PAGE, PROT_READ | PROT_WRITE);
    m->scratch = m->pages + 2 * PAGE;
    if (v->faults)
        m->scratch -= (seed * 0x9e3779b97f4a7c15 >> 50) % (TG_SCRATCH / 16) * 16;
    random_state(cpu, m->scratch, seed);
    if (v->faults)
        mprotect(m->pages + 2 * PAGE, 2 * PAGE, PROT_NONE);
}

static void start(struct host *h, struct memory *m, const struct variant *v, struct cpu *cpu,
                  uint64_t seed)
{
    memset(cpu, 0, sizeof *cpu);
    memory_start(m, v, cpu, seed);
    for (unsigned i = 0; i < TG_HELPERS; i++)
        cpu->helper[i] = (void *)test_guest.helpers[i].fn;
    host_prepare(h, cpu);
    fp_set_mxcsr(0x1f80 | (uint32_t)(seed % 4) << FP_MXCSR_ROUND_SHIFT);
}

static void finish(struct side *s, const struct memory *m)
{
    s->exceptions = fp_get_mxcsr() & EXCEPTIONS;
    fp_set_mxcsr(0x1f80);
    mprotect(m->pages, 4 * PAGE, PROT_READ | PROT_WRITE);
    memcpy(s->memory, m->scratch, sizeof s->memory);
}

static void compare(const struct ir_block *b, uint64_t seed, const struct side *x,
                    const struct side *y)
{
    char why[200] = "";
    bool same = random_same(x->cpu, y->cpu, why, sizeof why);
    if (same && x->exit != y->exit)
        snprintf(why, sizeof why, "exit %d, not %d", y->exit, x->exit);
    else if (same && x->exceptions != y->exceptions)
        snprintf(why, sizeof why, "exceptions %x, not %x", y->exceptions, x->exceptions);
    else if (same && memcmp(x->memory, y->memory, sizeof x->memory) != 0)
        snprintf(why, sizeof why, "memory differs");
    if (!why[0])
        return;
    struct arena arena;
    arena_init(&arena, 0);
    cr_assert_fail("seed %llu: %s\n%s", (unsigned long long)seed, why, ir_print(b, &arena));
}

unsigned agree(const struct variant *v, unsigned quick, unsigned many)
{
    struct host *h = (v->tlb ? host_create_tlb : host_create)(
        &test_guest, backend_host_features() & v->features, v->int_pins, v->float_pins);
    struct ir_block *b = calloc(1, sizeof *b);
    struct side x = {.cpu = aligned_alloc(64, sizeof *x.cpu)},
                y = {.cpu = aligned_alloc(64, sizeof *y.cpu)};
    struct memory m;
    memory_create(&m);
    const char *first = getenv("FERRY_SEED");
    uint64_t seed = first ? strtoull(first, NULL, 0) : 1;
    unsigned faults = 0, count = getenv("FERRY_LONG") ? many : quick;
    backend_verify(h->work, true);
    for (unsigned i = 0; i < count; i++, seed++) {
        random_block(b, seed, &v->options);
        backend_randomize(h->work, v->random_choices ? seed * 0x9e3779b97f4a7c15 : 0);
        cr_assert(host_emit(h, b), "seed %llu: no room", (unsigned long long)seed);
        start(h, &m, v, x.cpu, seed);
        x.exit = host_interpret(x.cpu, b);
        finish(&x, &m);
        start(h, &m, v, y.cpu, seed);
        if (v->tlb)
            misses_start(y.cpu, (uintptr_t)m.pages, (uintptr_t)m.alias, v->faults ? 2 * PAGE : 4 * PAGE, seed);
        y.exit = host_run(h, y.cpu, b);
        if (v->tlb)
            misses_end(y.cpu);
        finish(&y, &m);
        compare(b, seed, &x, &y);
        faults += x.exit == IR_EXIT_FAULT;
    }
    munmap(m.pages, 4 * PAGE);
    munmap(m.alias, 4 * PAGE);
    free(x.cpu);
    free(y.cpu);
    free(b);
    host_destroy(h);
    return faults;
}

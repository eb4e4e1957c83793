/* See program.h. */
#include "program.h"

static uint64_t failed;
static char *next_free;
extern char _end[];

/* ---- printing ----------------------------------------------------------------------------- */

static void put(char c)
{
    volatile uint8_t *uart = (uint8_t *)0x10000000;
    while (!(uart[5] & 0x20))
        ;
    uart[0] = (uint8_t)c;
}

void print(const char *text)
{
    while (*text)
        put(*text++);
}

void print_hex(uint64_t value)
{
    bool begun = false;
    print("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        unsigned digit = value >> shift & 15;
        begun |= digit != 0 || shift == 0;
        if (begun)
            put("0123456789abcdef"[digit]);
    }
}

void check(const char *what, uint64_t seen, uint64_t wanted)
{
    print(what);
    print(": ");
    print_hex(seen);
    if (seen != wanted) {
        print(", but should be ");
        print_hex(wanted);
        failed++;
    }
    print("\n");
}

void no_fault(void)
{
    fault = (struct fault){.cause = NO_FAULT};
}

void check_fault(const char *what, uint64_t cause, uint64_t tval)
{
    struct fault seen = fault;
    no_fault();
    print(what);
    print(": ");
    if (seen.cause == NO_FAULT) {
        print("no fault");
    } else {
        print("fault ");
        print_hex(seen.cause);
        print(" at ");
        print_hex(seen.tval);
    }
    if (seen.cause != cause || (cause != NO_FAULT && seen.tval != tval)) {
        print(", but should be ");
        print_hex(cause);
        print(" at ");
        print_hex(tval);
        failed++;
    }
    print("\n");
}

uint64_t failures(void)
{
    print("END\n");
    return failed < 100 ? failed : 100;
}

/* ---- memory ------------------------------------------------------------------------------- */

void *pages_new(uint64_t size)
{
    if (!next_free)
        next_free = _end;
    next_free = (char *)(((uint64_t)next_free + size - 1) & -size);
    uint64_t *pages = (uint64_t *)next_free;
    next_free += size;
    for (uint64_t i = 0; i < size / 8; i++)
        pages[i] = 0;
    return pages;
}

uint64_t *page_new(void)
{
    return pages_new(PAGE);
}

void write_function(void *at, unsigned number)
{
    volatile uint32_t *code = at;
    code[0] = 0x00000513 | number << 20; /* li a0, number */
    code[1] = 0x00008067;                /* ret */
}

/* ---- address spaces ----------------------------------------------------------------------- */

void space_create(struct space *s, unsigned mode)
{
    s->mode = mode;
    s->root = page_new();
}

static unsigned levels(const struct space *s)
{
    return s->mode - SV39 + 3;
}

uint64_t *entry(struct space *s, uint64_t virtual, unsigned level)
{
    uint64_t *table = s->root;
    for (unsigned at = levels(s) - 1; at > level; at--) {
        uint64_t *e = &table[virtual >> (12 + 9 * at) & 511];
        if (!(*e & PTE_V))
            *e = (uint64_t)page_new() >> 12 << 10 | PTE_V;
        table = (uint64_t *)(*e >> 10 << 12);
    }
    return &table[virtual >> (12 + 9 * level) & 511];
}

void map(struct space *s, uint64_t virtual, uint64_t physical, uint64_t flags, unsigned level)
{
    *entry(s, virtual, level) = physical >> 12 << 10 | flags;
}

void map_program(struct space *s, uint64_t user)
{
    map(s, 0x80000000, 0x80000000, PTE_V | PTE_RWX | PTE_AD | user, 2);
    map(s, 0x10000000, 0x10000000, PTE_V | PTE_R | PTE_W | PTE_AD | user, 1);
}

uint64_t space_satp(const struct space *s, unsigned asid)
{
    return (uint64_t)s->mode << 60 | (uint64_t)asid << 44 | (uint64_t)s->root >> 12;
}

void pmp_open(void)
{
    csr_write(pmpaddr0, -1);
    csr_write(pmpcfg0, 0x1f);
}

/* ---- accesses ----------------------------------------------------------------------------- */

struct store {
    uint64_t address, value;
};

static uint64_t do_store(uint64_t argument)
{
    const struct store *s = (const struct store *)argument;
    store8(s->address, s->value);
    return 0;
}

uint64_t load_as(unsigned privilege, struct space *s, uint64_t address)
{
    return run_as(privilege, space_satp(s, 0), (void *)load8, address);
}

void store_as(unsigned privilege, struct space *s, uint64_t address, uint64_t value)
{
    run_as(privilege, space_satp(s, 0), (void *)do_store,
           (uint64_t) & (struct store){address, value});
}

uint64_t fetch_as(unsigned privilege, struct space *s, uint64_t address)
{
    return run_as(privilege, space_satp(s, 0), (void *)fetch, address);
}

void start_harts(void)
{
    __atomic_store_n(&harts_may_run, 1, __ATOMIC_SEQ_CST);
}

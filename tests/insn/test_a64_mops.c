/*
 * A64, memory copy and set (Arm ARM C3.2.18, FEAT_MOPS) against the C library, with random sizes,
 * places, overlaps and registers; and what a fault in the middle leaves: an instruction that goes
 * on once the page is there.
 */
#include <string.h>
#include <sys/mman.h>

#include "tests/insn/a64.h"

enum { PAGE = 4096, SIZE = 4 * PAGE, ROUNDS = 1500 };

static uint8_t *memory, want[SIZE];

/* P, M and E. */
static const struct operation {
    enum a64_insn insns[3];
    enum { SET, COPY, COPY_FORWARD } kind;
} operations[] = {
    {{A64_setp, A64_setm, A64_sete}, SET},
    {{A64_cpyp, A64_cpym, A64_cpye}, COPY},
    {{A64_cpyfp, A64_cpyfm, A64_cpyfe}, COPY_FORWARD},
};

static void fill(uint64_t *random)
{
    if (!memory)
        memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < SIZE; i++)
        memory[i] = want[i] = (uint8_t)decode_random_number(random);
}

/* One operation on registers d, s and n. */
struct request {
    const struct operation *operation;
    unsigned d, s, n;         /* registers */
    uint64_t to, from, bytes; /* what they hold; of SET, `from` is what is set */
};

static void set_registers(const struct request *r)
{
    set_x_register(r->d, r->to);
    if (r->s != 31)
        set_x_register(r->s, r->from);
    set_x_register(r->n, r->bytes);
}

static void encode_three(const struct request *r, uint32_t words[3])
{
    for (unsigned i = 0; i < 3; i++)
        words[i] = encode(r->operation->insns[i], "rd", r->d, "rs", r->s, "rn", r->n, NULL);
}

/* What the whole is to do to memory. */
static void do_in_c(const struct request *r)
{
    uint8_t *to = want + (r->to - (uint64_t)memory);
    if (r->operation->kind == SET)
        memset(to, r->s == 31 ? 0 : (uint8_t)r->from, r->bytes);
    else
        memmove(to, want + (r->from - (uint64_t)memory), r->bytes);
}

static void expect_done(const struct request *r)
{
    const char *name = a64_rows[r->operation->insns[0]].name;
    cr_assert(!memcmp(memory, want, SIZE), "%s: %lu bytes, %lu to %lu", name, r->bytes,
              r->from - (uint64_t)memory, r->to - (uint64_t)memory);
    cr_assert_eq(get_x_register(r->n), 0, "%s", name);
    bool forward = r->operation->kind != COPY || r->from >= r->to;
    cr_assert_eq(get_x_register(r->d), r->to + (forward ? r->bytes : 0), "%s", name);
    if (r->operation->kind == SET && r->s != 31)
        cr_assert_eq(get_x_register(r->s), r->from, "%s", name);
    else if (r->operation->kind != SET)
        cr_assert_eq(get_x_register(r->s), r->from + (forward ? r->bytes : 0), "%s", name);
}

static void random_request(struct request *r, const struct operation *operation, uint64_t *random)
{
    unsigned first = (unsigned)(decode_random_number(random) % 31);
    r->operation = operation;
    r->d = first, r->s = (first + 11) % 31, r->n = (first + 23) % 31;
    unsigned most = decode_random_number(random) % 4 ? 200 : 2 * PAGE;
    r->bytes = decode_random_number(random) % most;
    r->to = (uint64_t)memory + decode_random_number(random) % (SIZE - r->bytes + 1);
    if (operation->kind == SET) {
        r->from = decode_random_number(random);
        r->s = decode_random_number(random) % 8 ? r->s : 31;
        return;
    }
    r->from = (uint64_t)memory + decode_random_number(random) % (SIZE - r->bytes + 1);
    if (decode_random_number(random) % 2) { /* near each other */
        uint64_t from = r->to + decode_random_number(random) % 256 - 128;
        if (from - (uint64_t)memory <= SIZE - r->bytes)
            r->from = from;
    }
    if (operation->kind == COPY_FORWARD && r->from < r->to && r->to < r->from + r->bytes) {
        uint64_t lower = r->from; /* overlaps must be forward */
        r->from = r->to;
        r->to = lower;
    }
}

A64_TEST(a64_mops, as_the_c_library)
{
    uint64_t random = 42;
    fill(&random);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct request r;
        uint32_t words[3];
        random_request(&r, &operations[i % 3], &random);
        reset(NULL);
        set_registers(&r);
        set_flags(i % 16);
        encode_three(&r, words);
        cr_assert_eq(run_words(words, 3), IR_EXIT_NONE);
        do_in_c(&r);
        expect_done(&r);
    }
}

/* A page in the middle cannot be touched, then it can: the instruction at fault goes on. */
A64_TEST(a64_mops, goes_on_after_a_fault)
{
    uint64_t random = 43;
    unsigned faults = 0;
    fill(&random);
    for (unsigned i = 0; i < 300; i++) {
        struct request r;
        uint32_t words[3];
        uint8_t *page = memory + PAGE * (1 + i % 2);
        random_request(&r, &operations[i % 3], &random);
        reset(NULL);
        set_registers(&r);
        encode_three(&r, words);
        mprotect(page, PAGE, i / 2 % 2 ? PROT_NONE : PROT_READ);
        unsigned at = 0;
        enum ir_exit why = run_words(words, 3);
        mprotect(page, PAGE, PROT_READ | PROT_WRITE);
        if (why == IR_EXIT_FAULT) {
            at = (unsigned)(cpu.exit_pc - code_address()) / 4;
            cr_assert(at == 1 || at == 2, "fault at instruction %u", at);
            why = run_words(words + at, 3 - at);
            faults++;
        }
        cr_assert_eq(why, IR_EXIT_NONE);
        do_in_c(&r);
        expect_done(&r);
    }
    cr_expect(faults > 20, "%u faults", faults);
}

/* Option A: the prologue leaves the rest negated, the pointers behind the end, NZCV 0000. */
A64_TEST(a64_mops, option_a)
{
    uint64_t random = 44;
    fill(&random);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t to = (uint64_t)memory + 100, from = (uint64_t)memory + 1000;
        struct request r = {&operations[i], 3, 4, 5, to, from, 500};
        uint32_t words[3];
        reset(NULL);
        set_registers(&r);
        set_flags(15);
        encode_three(&r, words);
        run_word(words[0]);
        cr_expect_eq(get_x_register(5), (uint64_t)-500);
        cr_expect_eq(get_x_register(3), to + 500);
        cr_expect_eq(get_x_register(4), i ? from + 500 : from);
        cr_expect_eq(get_flags(), 0);
    }
}

A64_TEST(a64_mops, what_is_undefined)
{
    static const unsigned same[][3] = {{1, 1, 2}, {1, 2, 1}, {2, 1, 1}, {31, 1, 2}, {1, 2, 31}};
    reset(NULL);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned k = 0; k < 3; k++) {
            enum a64_insn insn = operations[i].insns[k];
            for (unsigned j = 0; j < sizeof same / sizeof same[0]; j++)
                cr_expect_eq(run_word(encode(insn, "rd", same[j][0], "rs", same[j][1], "rn",
                                             same[j][2], NULL)),
                             IR_EXIT_ILLEGAL, "%s", a64_rows[insn].name);
            if (operations[i].kind != SET)
                cr_expect_eq(run_word(encode(insn, "rd", 1, "rs", 31, "rn", 2, NULL)),
                             IR_EXIT_ILLEGAL, "%s", a64_rows[insn].name);
        }
    reset("max,mops=off");
    for (unsigned i = 0; i < 3; i++)
        for (unsigned k = 0; k < 3; k++)
            cr_expect_eq(run_word(encode(operations[i].insns[k], "rd", 1, "rs", 2, "rn", 3, NULL)),
                         IR_EXIT_ILLEGAL);
}

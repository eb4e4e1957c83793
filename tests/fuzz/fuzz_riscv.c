/*
 * RISC-V for the fuzzer: bodies of random instructions and the program around them. sp and s0 point
 * into the buffer; sp, s0, s1 and t6 are never written.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/image.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/riscv/decode.h"
#include "frontend/riscv/riscv.h"

enum {
    FUZZ_BUFFER = 4608,
    FUZZ_SP = 2048, /* where sp points in the buffer */
    FUZZ_S0 = FUZZ_SP + 256,
};

/* The registers of a signal frame: pc, x1 to x31, f0 to f31, fcsr. */
struct fuzz_frame {
    uint64_t pc, x[31], f[32], fcsr;
};

/* What a test writes. */
struct fuzz_dump {
    uint64_t x[32], f[32], fcsr;
    uint64_t next; /* frame to fill in next, relative to the first */
    uint8_t buffer[FUZZ_BUFFER];
    struct fuzz_frame frames[FUZZ_ROUNDS * FUZZ_FAULTS];
};
static_assert(sizeof(struct fuzz_dump) <= FUZZ_DUMP, "a dump");

enum {
    BASE = 0x10000000,
    SIZE = 0xf0000,
    CODE = 0x1000,
    WORK = 0x60000,
    STACK = 0x68000,
    TEMPLATES = 0x70000,
    STACK_SIZE = 0x8000,
};
static_assert(TEMPLATES + FUZZ_TESTS * sizeof(struct fuzz_dump) <= SIZE, "layout");
static_assert(WORK + sizeof(struct fuzz_dump) <= STACK && STACK + STACK_SIZE <= TEMPLATES,
              "layout");

enum {
    X0 = 0,
    RA = 1,
    SP = 2,
    T0 = 5,
    T1 = 6,
    S0 = 8,
    S1 = 9,
    A0 = 10,
    A1 = 11,
    A2 = 12,
    A7 = 17,
    T5 = 30,
    T6 = 31
};

/* ---- what random instructions may be -------------------------------------------------------- */

static bool starts_with(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

/* Rows that leave the program, read clocks, or need more than random operands. */
static bool is_excluded(const struct decode_row *row)
{
    static const char *const names[] = {
        "ecall",      "ebreak",  "c.ebreak", "hostcall",  "jalr",      "c.jr",      "c.jalr",
        "c.addi16sp", "wrs.nto", "wrs.sto",  "cbo.inval", "cbo.clean", "cbo.flush", "pause",
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(row->name, names[i]))
            return true;
    return (row->match & 0x707f) == 0x73; /* privileged */
}

/*
 * A reservation made with one size and tried with the other is the implementation's business: a
 * test has those of one size only. With faults it has none: a signal ends a reservation, but not
 * under qemu.
 */
static bool is_bad_reservation(const struct decode_row *row, bool wide, bool faults)
{
    return (starts_with(row->name, "lr.") || starts_with(row->name, "sc.")) &&
           (faults || row->name[3] != (wide ? 'd' : 'w'));
}

/* The kind that the row's text gives the field, 0 if it is not shown. */
static char kind_of(const struct decode_row *row, unsigned field)
{
    char needle[16];
    snprintf(needle, sizeof needle, "{%u:", field);
    const char *at = strstr(row->text, needle);
    return at ? at[strlen(needle)] : 0;
}

static bool is_address(const struct decode_row *row, unsigned field)
{
    char needle[16];
    snprintf(needle, sizeof needle, "({%u:", field);
    return strstr(row->text, needle) != NULL;
}

static bool is_reserved(int64_t x)
{
    return x == SP || x == S0 || x == S1 || x == T6;
}

static bool accept_csr(const char *name, int64_t csr)
{
    if (!strcmp(name, "csrrwi"))
        return csr == 1 || csr == 2;
    if (!strcmp(name, "csrrsi"))
        return csr == 1 || csr == 3;
    if (!strcmp(name, "csrrci"))
        return csr >= 1 && csr <= 3;
    return csr == 1;
}

static bool accept(void *context, const struct decode_row *row, unsigned field, int64_t value)
{
    const char *name = rv_fields[field].name;
    char kind = kind_of(row, field);
    (void)context;
    if (is_address(row, field))
        return value == S0 ||
               (value == SP && !starts_with(row->text, "amo") && !strchr(row->text, 'q'));
    if (starts_with(row->name, "amocas.q") && (!strcmp(name, "rd") || !strcmp(name, "rs2")))
        return value % 2 == 0 &&
               (name[1] != 'd' || (value && !is_reserved(value) && !is_reserved(value + 1)));
    if (kind == 'x' && !strcmp(name, "rd")) /* qemu 10.0 loses its zero in an amocas to x0 */
        return !is_reserved(value) && (value || !starts_with(row->name, "amocas"));
    if (kind == 'c')
        return accept_csr(row->name, value);
    if (!strcmp(name, "uimm") && !strcmp(row->name, "csrrwi"))
        return value <= 4;
    if (!strcmp(name, "rm"))
        return value != 5 && value != 6;
    return true;
}

static const struct decode_policy policy = {
    .rows = rv_rows,
    .nrows = RV_INSN_COUNT,
    .fields = rv_fields,
    .field = rv_field,
    .accept = accept,
};

static unsigned row_length(const struct decode_row *row)
{
    return row->table == RV_TABLE_insn16 ? 2 : 4;
}

static bool is_jump(const struct decode_row *row)
{
    return strchr(row->text, 'p') && strstr(row->text, ":p}");
}

/* Draws one instruction of a usable row. */
static void random_insn(struct fuzz_insn *insn, const struct fuzz_choice *choice, bool wide,
                        uint64_t *random)
{
    for (;;) {
        unsigned i = 1 + (unsigned)(decode_random_number(random) % (RV_INSN_COUNT - 1));
        const struct decode_row *row = &rv_rows[i];
        bool jump = is_jump(row);
        if (is_excluded(row) || is_bad_reservation(row, wide, choice->faults) ||
            !decode_row_enabled(row, &choice->config))
            continue;
        if (fuzz_left_out(choice, row->name, jump, random))
            continue;
        *insn = (struct fuzz_insn){.length = (uint8_t)row_length(row), .row = (uint16_t)i};
        if (!decode_random_word(&policy, row, random, &insn->word))
            continue;
        if ((insn->length == 2 ? rv_decode_insn16(insn->word) : rv_decode_insn32(insn->word)) != i)
            continue;
        if (jump)
            insn->forward = (uint8_t)(1 + decode_random_number(random) % 5);
        return;
    }
}

/* auipc and jalr through a register that the manual's return-address hints may or may not name. */
static void random_jalr(struct fuzz_insn *insns, uint64_t *random)
{
    static const uint8_t links[] = {X0, RA, T0, T1}, bases[] = {RA, T0, T5};
    uint32_t base = bases[decode_random_number(random) % 3];
    uint32_t rd = links[decode_random_number(random) % 4];
    insns[0] = (struct fuzz_insn){.word = base << 7 | 0x17, .length = 4, .row = RV_auipc};
    insns[1] = (struct fuzz_insn){.word = base << 15 | rd << 7 | 0x67,
                                  .length = 4,
                                  .row = RV_jalr,
                                  .forward = (uint8_t)(1 + decode_random_number(random) % 5)};
}

/* A load or store of memory near zero, of four bytes' length so that the handler can skip it. */
static void random_fault(struct fuzz_insn *insn, uint64_t *random)
{
    static const uint16_t rows[] = {RV_lb, RV_lhu, RV_lw, RV_ld,  RV_flw, RV_fld,
                                    RV_sb, RV_sw,  RV_sd, RV_fsw, RV_fsd};
    unsigned i = rows[decode_random_number(random) % (sizeof rows / sizeof rows[0])];
    const struct decode_row *row = &rv_rows[i];
    *insn = (struct fuzz_insn){.length = 4, .row = (uint16_t)i, .word = row->match};
    for (unsigned f = 0; f < row->nfields; f++) {
        const struct decode_field *field = &rv_fields[row->fields[f]];
        uint32_t value = (uint32_t)(decode_random_number(random) % 32);
        if (!strcmp(field->name, "rs1"))
            value = T6;
        else if (!strcmp(field->name, "rd") && is_reserved(value))
            value = X0;
        insn->word = decode_set_field(field, insn->word, value);
    }
}

static uint64_t random_value(uint64_t *random)
{
    /* clang-format off */
    static const uint64_t special[] = {
        0, 1, 0xffffffffffffffff, 0x7fffffffffffffff,
        0x8000000000000000, 0x7fffffff, 0x80000000, 0xffffffff80000000,
        0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000, 0xfff0000000000000,
        0x7ff8000000000000, 0x7ff0000000000001, 0x000fffffffffffff, 0x0010000000000000,
        0x7fefffffffffffff, 0x3fe0000000000000, 0x41dfffffffc00000, 0xffffffff3f800000,
        0xffffffff7f800000, 0xffffffff7fc00000, 0xffffffff7f800001, 0xffffffff00000001,
        0xffffffff80000000, 0xffffffff7f7fffff, 0xffffffff00800000, 0xffffffff4f000000,
        0xffffffffffff3c00, 0xffffffffffff7c00, 0xffffffffffff7e00, 0xffffffffffff7c01,
        0xffffffffffff0001, 0xffffffffffff7bff, 0xffffffffffff8000,
    };
    /* clang-format on */
    uint64_t r = decode_random_number(random), bits = decode_random_number(random) << 16 ^ r;
    switch (r % 8) {
    case 0:
    case 1: return special[decode_random_number(random) % (sizeof special / 8)];
    case 2: return 0xffffffff00000000 | (uint32_t)bits;
    case 3: return 0xffffffff00000000 | (0x3f000000 + (uint32_t)bits % 0x2000000);
    case 4: return 0x3fe0000000000000 + bits % 0x40000000000000;
    case 5: return 0xffffffffffff0000 | (uint16_t)bits;
    case 6: return bits % 256;
    default: return bits << (r >> 8) % 8 << 8 | bits >> 40;
    }
}

static void random_test(struct fuzz_test *test, const struct fuzz_choice *choice, uint64_t *random)
{
    bool wide = decode_random_number(random) & 1;
    unsigned faults = 0;
    struct fuzz_dump *start = (struct fuzz_dump *)test->start;
    memset(start, 0, sizeof *start);
    test->n = FUZZ_BODY;
    for (unsigned i = 0; i < FUZZ_BODY; i++) {
        if (decode_random_number(random) % 40 == 0 && i + 2 < FUZZ_BODY) {
            random_jalr(&test->insns[i++], random);
            continue;
        }
        if (choice->faults && faults < FUZZ_FAULTS && decode_random_number(random) % 16 == 0) {
            random_fault(&test->insns[i], random);
            faults++;
            continue;
        }
        random_insn(&test->insns[i], choice, wide, random);
    }
    for (unsigned i = 0; i < 32; i++) {
        start->x[i] = random_value(random);
        start->f[i] = random_value(random);
    }
    start->fcsr = decode_random_number(random) % 5 << 5 | decode_random_number(random) % 32;
    for (unsigned i = 0; i < FUZZ_BUFFER; i += 8) {
        uint64_t v = random_value(random);
        memcpy(start->buffer + i, &v, 8);
    }
}

/* ---- the program around it ------------------------------------------------------------------ */

struct assembler {
    uint8_t *bytes;
    size_t at;
};

static void put_word(struct assembler *as, uint32_t word, unsigned length)
{
    memcpy(as->bytes + as->at, &word, length);
    as->at += length;
}

static void put_i(struct assembler *as, uint32_t opcode, uint32_t rd, uint32_t rs1, int imm)
{
    put_word(as, opcode | rd << 7 | rs1 << 15 | (uint32_t)imm << 20, 4);
}

static void put_s(struct assembler *as, uint32_t opcode, uint32_t rs2, uint32_t rs1, uint32_t imm)
{
    put_word(as, opcode | rs2 << 20 | rs1 << 15 | (imm & 31) << 7 | imm >> 5 << 25, 4);
}

static void put_branch(struct assembler *as, uint32_t opcode, uint32_t rs1, uint32_t rs2,
                       int offset)
{
    put_word(as,
             decode_set_field(&rv_fields[rv_rows[RV_bne].fields[0]], opcode | rs1 << 15 | rs2 << 20,
                              (uint32_t)(offset / 2)),
             4);
}

enum {
    OP_ADDI = 0x13,
    OP_LD = 0x3003,
    OP_FLD = 0x3007,
    OP_SD = 0x3023,
    OP_FSD = 0x3027,
    OP_BNE = 0x1063,
    OP_LWU = 0x6003,
    OP_FSCSR = 0x00301073,
    OP_FRCSR = 0x00302073,
    OP_ECALL = 0x73,
};

static void put_address(struct assembler *as, uint32_t rd, uint32_t address)
{
    put_word(as, 0x37 | rd << 7 | ((address + 0x800) & 0xfffff000), 4);
    put_i(as, 0x1b, rd, rd, (int)(address << 20) >> 20);
}

/* Copies the template over the working dump, then loads the registers from it. */
static void put_start(struct assembler *as, uint32_t start)
{
    put_address(as, A0, start);
    put_address(as, A1, BASE + WORK);
    put_address(as, A2, BASE + WORK + sizeof(struct fuzz_dump));
    put_i(as, OP_LD, T0, A0, 0);
    put_s(as, OP_SD, T0, A1, 0);
    put_i(as, OP_ADDI, A0, A0, 8);
    put_i(as, OP_ADDI, A1, A1, 8);
    put_branch(as, OP_BNE, A1, A2, -16);
    put_address(as, S1, BASE + WORK);
    put_i(as, OP_LD, T0, S1, offsetof(struct fuzz_dump, fcsr));
    put_word(as, OP_FSCSR | T0 << 15, 4);
    for (uint32_t i = 0; i < 32; i++)
        put_i(as, OP_FLD, i, S1, (int)(offsetof(struct fuzz_dump, f) + 8 * i));
    for (uint32_t i = 1; i < 32; i++)
        if (!is_reserved(i))
            put_i(as, OP_LD, i, S1, (int)(8 * i));
    put_address(as, SP, BASE + WORK + offsetof(struct fuzz_dump, buffer) + FUZZ_SP);
    put_i(as, OP_ADDI, S0, SP, FUZZ_S0 - FUZZ_SP);
    put_i(as, OP_ADDI, T6, X0, FUZZ_ROUNDS);
}

/*
 * The offset that a jump over `forward` instructions needs; jalr's counts from the auipc before it.
 * No jump goes between these two.
 */
static int jump_offset(const struct fuzz_test *test, unsigned i)
{
    int offset = test->insns[i].row == RV_jalr ? 4 : 0;
    unsigned end = i + test->insns[i].forward;
    if (end < test->n && test->insns[end].row == RV_jalr)
        end++;
    for (unsigned j = i; j < test->n && j < end; j++)
        offset += test->insns[j].length;
    return offset;
}

static uint32_t patch_jump(const struct fuzz_test *test, unsigned i)
{
    const struct fuzz_insn *insn = &test->insns[i];
    const struct decode_row *row = &rv_rows[insn->row];
    uint32_t offset = (uint32_t)jump_offset(test, i);
    if (insn->row == RV_jalr)
        return insn->word | offset << 20;
    for (unsigned f = 0; f < row->nfields; f++)
        if (kind_of(row, row->fields[f]) == 'p')
            return decode_set_field(&rv_fields[row->fields[f]], insn->word, offset / 2);
    return insn->word;
}

static void put_body(struct assembler *as, const struct fuzz_test *test)
{
    size_t start = as->at;
    for (unsigned i = 0; i < test->n; i++) {
        const struct fuzz_insn *insn = &test->insns[i];
        put_word(as, insn->forward ? patch_jump(test, i) : insn->word, insn->length);
    }
    put_i(as, OP_ADDI, T6, T6, -1);
    put_branch(as, OP_BNE, T6, X0, (int)start - (int)as->at);
}

static void put_call(struct assembler *as, int number)
{
    put_i(as, OP_ADDI, A7, X0, number);
    put_word(as, OP_ECALL, 4);
}

static void put_end(struct assembler *as)
{
    for (uint32_t i = 0; i < 32; i++)
        put_s(as, OP_SD, i, S1, 8 * i);
    for (uint32_t i = 0; i < 32; i++)
        put_s(as, OP_FSD, i, S1, offsetof(struct fuzz_dump, f) + 8 * i);
    put_word(as, OP_FRCSR | T0 << 7, 4);
    put_s(as, OP_SD, T0, S1, offsetof(struct fuzz_dump, fcsr));
    put_i(as, OP_ADDI, A0, X0, 1);
    put_i(as, OP_ADDI, A1, S1, 0);
    put_address(as, A2, sizeof(struct fuzz_dump));
    put_call(as, 64); /* write */
}

/*
 * The handler of SIGSEGV: copies the registers of the frame, which is in a2, behind those it
 * already has and goes on at the next instruction.
 */
static void put_handler(struct assembler *as)
{
    enum { FRAME_REGISTERS = 176 /* offset of uc_mcontext in struct ucontext */ };
    put_address(as, T0, BASE + WORK);
    put_i(as, OP_LD, T1, T0, offsetof(struct fuzz_dump, next));
    put_i(as, OP_ADDI, A0, T1, sizeof(struct fuzz_frame));
    put_s(as, OP_SD, A0, T0, offsetof(struct fuzz_dump, next));
    put_word(as, 0x33 | T0 << 7 | T0 << 15 | T1 << 20, 4); /* add t0, t0, t1 */
    put_address(as, T1, offsetof(struct fuzz_dump, frames));
    put_word(as, 0x33 | T0 << 7 | T0 << 15 | T1 << 20, 4);
    for (unsigned i = 0; i < sizeof(struct fuzz_frame); i += 8) {
        bool last = i + 8 == sizeof(struct fuzz_frame); /* fcsr has 32 bits */
        put_i(as, last ? OP_LWU : OP_LD, T1, A2, (int)(FRAME_REGISTERS + i));
        put_s(as, OP_SD, T1, T0, i);
    }
    put_i(as, OP_LD, T1, A2, FRAME_REGISTERS);
    put_i(as, OP_ADDI, T1, T1, 4);
    put_s(as, OP_SD, T1, A2, FRAME_REGISTERS);
    put_word(as, 0x00008067, 4); /* ret */
}

/* sigaltstack and rt_sigaction; their structs lie where the stack of the handler will be. */
static void put_signal_setup(struct assembler *as, uint32_t handler)
{
    enum { SIGSEGV_NUMBER = 11, SIGINFO_ONSTACK = 0x08000004 };
    put_address(as, SP, BASE + STACK);
    put_address(as, T0, BASE + STACK);
    put_s(as, OP_SD, T0, SP, 0);
    put_s(as, OP_SD, X0, SP, 8);
    put_address(as, T0, STACK_SIZE);
    put_s(as, OP_SD, T0, SP, 16);
    put_i(as, OP_ADDI, A0, SP, 0);
    put_i(as, OP_ADDI, A1, X0, 0);
    put_call(as, 132);
    put_address(as, T0, handler);
    put_s(as, OP_SD, T0, SP, 0);
    put_address(as, T0, SIGINFO_ONSTACK);
    put_s(as, OP_SD, T0, SP, 8);
    put_s(as, OP_SD, X0, SP, 16);
    put_i(as, OP_ADDI, A0, X0, SIGSEGV_NUMBER);
    put_i(as, OP_ADDI, A1, SP, 0);
    put_i(as, OP_ADDI, A2, X0, 0);
    put_i(as, OP_ADDI, 13, X0, 8);
    put_call(as, 134);
}

static void build(struct fuzz_image *image, const struct fuzz_test *tests, unsigned n)
{
    struct assembler as = {.bytes = calloc(1, SIZE), .at = CODE};
    if (!as.bytes || n > FUZZ_TESTS)
        abort();
    put_handler(&as);
    *image =
        (struct fuzz_image){.base = BASE, .entry = BASE + as.at, .size = SIZE, .bytes = as.bytes};
    put_signal_setup(&as, BASE + CODE);
    for (unsigned i = 0; i < n; i++) {
        size_t start = TEMPLATES + i * sizeof(struct fuzz_dump);
        memcpy(as.bytes + start, tests[i].start, sizeof(struct fuzz_dump));
        put_start(&as, BASE + (uint32_t)start);
        put_body(&as, &tests[i]);
        put_end(&as);
    }
    put_i(&as, OP_ADDI, A0, X0, 0);
    put_call(&as, 93); /* exit */
    if (as.at > WORK)
        abort();

    image_header(as.bytes, &(struct image_header){.machine = EM_RISCV,
                                                  .flags = 5, /* RVC, double float ABI */
                                                  .base = BASE,
                                                  .entry = image->entry,
                                                  .file_size = SIZE,
                                                  .memory_size = SIZE});
}

/* ---- for the driver --------------------------------------------------------------------------- */

static void take_out_one(struct fuzz_insn *insn)
{
    insn->word = insn->length == 2 ? 1 : 0x13;
    insn->forward = 0;
    insn->row = FUZZ_TAKEN_OUT;
}

/* A jalr goes with its auipc. */
static void take_out(struct fuzz_test *test, unsigned i)
{
    if (test->insns[i].row == RV_jalr)
        take_out_one(&test->insns[i - 1]);
    if (i + 1 < test->n && test->insns[i + 1].row == RV_jalr)
        take_out_one(&test->insns[i + 1]);
    take_out_one(&test->insns[i]);
}

static void print_start(const struct fuzz_test *test)
{
    const struct fuzz_dump *start = (const struct fuzz_dump *)test->start;
    for (unsigned i = 0; i < 32; i++)
        printf("  x%-2u %016llx  f%-2u %016llx%s", i, (unsigned long long)start->x[i], i,
               (unsigned long long)start->f[i], i % 2 ? "\n" : "");
    printf("  fcsr %02x\n", (unsigned)start->fcsr);
}

static void print_difference(const uint8_t *oracle, const uint8_t *subject)
{
    const struct fuzz_dump *p = (const struct fuzz_dump *)oracle, *q = (const struct fuzz_dump *)subject;
    for (unsigned i = 0; i < 32; i++)
        fuzz_compare("x", i, p->x[i], q->x[i]);
    for (unsigned i = 0; i < 32; i++)
        fuzz_compare("f", i, p->f[i], q->f[i]);
    fuzz_compare("fcsr ", 0, p->fcsr, q->fcsr);
    fuzz_compare("faults ", 0, p->next, q->next);
    for (unsigned i = 0; i < FUZZ_ROUNDS * FUZZ_FAULTS; i++) {
        const struct fuzz_frame *f = &p->frames[i], *g = &q->frames[i];
        char name[32];
        snprintf(name, sizeof name, "fault %u, word ", i);
        for (unsigned j = 0; j < sizeof *f / 8; j++)
            fuzz_compare(name, j, (&f->pc)[j], (&g->pc)[j]);
    }
    for (unsigned i = 0; i < FUZZ_BUFFER; i++)
        fuzz_compare("buffer ", i, p->buffer[i], q->buffer[i]);
}

static void call(const struct cpu *cpu, uint64_t *number, uint64_t *buffer)
{
    const uint64_t *x = (const uint64_t *)(cpu->state + RV_STATE_X1) - 1;
    *number = x[A7];
    *buffer = x[A1];
}

int main(int argc, char **argv)
{
    static const struct fuzz_guest guest = {
        .frontend = &frontend_riscv64,
        .oracle = "qemu-riscv64",
        .dump_size = sizeof(struct fuzz_dump),
        .random_test = random_test,
        .build = build,
        .take_out = take_out,
        .print_start = print_start,
        .print_difference = print_difference,
        .call = call,
        .number_write = 64,
        .number_exit = 93,
    };
    return fuzz_main(&guest, argc, argv);
}

/*
 * AArch64 for the fuzzer: bodies of random instructions and the program around them. sp and x28
 * point into the buffer, x25 does so where an access changes its base; x26 counts rounds, x27 points
 * to the dump. No instruction writes these.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/aarch64/aarch64.h"
#include "frontend/aarch64/decode.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/image.h"

enum {
    FUZZ_BUFFER = 4608,
    FUZZ_SP = 2048,          /* where sp points in the buffer */
    FUZZ_BASE2 = FUZZ_SP + 256, /* and x28 */
    REACH = 1900,               /* of an offset from either */
};

/* The registers of a signal frame. */
struct fuzz_frame {
    uint64_t x[31], sp, pc, pstate, fp; /* fp: fpsr, fpcr */
    uint64_t pad;
    uint64_t v[32][2];
};

/* What a test writes. */
struct fuzz_dump {
    uint64_t x[32], nzcv, fpcr, fpsr;
    uint64_t next; /* frame to fill in next, relative to the first */
    _Alignas(16) uint64_t v[32][2];
    uint8_t buffer[FUZZ_BUFFER];
    struct fuzz_frame frames[FUZZ_ROUNDS * FUZZ_FAULTS];
};
static_assert(sizeof(struct fuzz_dump) <= FUZZ_DUMP, "a dump");
static_assert(sizeof(struct fuzz_dump) % 16 == 0, "dumps are copied by 16 bytes");

enum {
    BASE = 0x10000000,
    SIZE = 0x120000,
    CODE = 0x1000,
    WORK = 0x60000,
    STACK = 0x70000,
    STACK_SIZE = 0x8000,
    TEMPLATES = 0x78000,
};
static_assert(TEMPLATES + FUZZ_TESTS * sizeof(struct fuzz_dump) <= SIZE, "layout");
static_assert(WORK + sizeof(struct fuzz_dump) <= STACK, "layout");

/* Registers with a purpose. */
enum { CHANGED_BASE = 25, COUNTER, DUMP, BASE2, ZR = 31, SP = 31 };

/* ---- what random instructions may be ---------------------------------------------------------- */

static bool starts_with(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

/*
 * Rows that leave the program, read clocks, are the implementation's own (pointer authentication),
 * depend on a reservation, or touch memory by registers that nobody has prepared.
 */
static bool is_excluded(const struct decode_row *row)
{
    static const char *const prefixes[] = {
        "svc",  "hvc",  "smc",   "brk",   "hlt",   "udf",  "hostcall", "br",   "blr",  "ret",
        "wf",   "msr",  "mrs",   "sys",   "dc_",   "ic_",  "dc",       "pac",  "aut",  "xpac",
        "rndr", "cpy",  "setp",  "setm",  "sete",  "stxr", "stlxr",    "stxp", "stlxp", "ldra",
        "at_",  "tlbi", "bra",   "yield", "sev",
    };
    for (unsigned i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (starts_with(row->name, prefixes[i]) && strcmp(row->name, "brka"))
            return true;
    return false;
}

static const char *place_of(const struct decode_row *row, unsigned field)
{
    char needle[16];
    snprintf(needle, sizeof needle, "{%u:", field);
    return strstr(row->text, needle);
}

/* The kind that the row's text gives the field, 0 if it is not shown. */
static char kind_of(const struct decode_row *row, unsigned field)
{
    const char *at = place_of(row, field);
    return at ? strchr(at, ':')[1] : 0;
}

static bool is_address(const struct decode_row *row, unsigned field)
{
    const char *at = place_of(row, field);
    return at && at > row->text && at[-1] == '[';
}

static bool writes_back(const struct decode_row *row)
{
    return strstr(row->text, "]!") || strstr(row->text, "],") || strstr(row->text, "]{");
}

static bool accesses_memory(const struct decode_row *row)
{
    return strstr(row->text, "[{") && strchr("xX", strchr(strstr(row->text, "[{"), ':')[1]);
}

/* Not to be written; nor as the second of a pair. */
static bool is_reserved(int64_t x)
{
    return x >= CHANGED_BASE - 1 && x <= BASE2;
}

static bool is_destination(const char *name)
{
    return !strcmp(name, "rd") || !strcmp(name, "rt") || !strcmp(name, "rt2") ||
           !strcmp(name, "rs");
}

static bool accept(void *context, const struct decode_row *row, unsigned field, int64_t value)
{
    char kind = kind_of(row, field);
    const char *name = a64_fields[field].name;
    (void)context;
    if (is_address(row, field) && kind == 'X')
        return writes_back(row) ? value == CHANGED_BASE : value == SP || value == BASE2;
    if (accesses_memory(row) && !strcmp(name, "ext")) /* index, and how it is extended and shifted */
        return value >> 3 == ZR;
    if (accesses_memory(row) && !strcmp(name, "imm"))
        return value > -REACH && value < REACH;
    if (is_destination(name))
        return !is_reserved(value) && (!strchr("XWR", kind) || value != SP);
    return true;
}

static const struct decode_policy policy = {
    .rows = a64_rows,
    .nrows = A64_INSN_COUNT,
    .fields = a64_fields,
    .field = a64_field,
    .accept = accept,
};

/* Has a target that is counted from here: a branch or a literal. */
static bool is_relative(const struct decode_row *row)
{
    return strstr(row->text, ":p}") && !starts_with(row->name, "adr");
}

/* (a row that nobody asks for: of words that stand here as numbers) */
enum { ROW_ANY = FUZZ_TAKEN_OUT + 1 };

/* A word of the row may still be undefined: with operands that are reserved. */
static bool is_defined(const struct fuzz_choice *choice, uint32_t word)
{
    static struct ir_block block;
    struct translation t = {.block = &block, .frontend = &frontend_aarch64, .config = &choice->config};
    ir_start(&block, &frontend_aarch64.ir, 0, 0);
    frontend_aarch64.translate(&t, (const uint8_t *)&word, sizeof word);
    const struct ir_insn *last = &block.insns[block.n - 1];
    return last->op != IR_EXIT || last->aux != IR_EXIT_ILLEGAL;
}

/* A pair of one register twice: what is loaded then is the implementation's choice. */
static bool is_same_pair(const struct decode_row *row, uint32_t word)
{
    int64_t first = -1, second = -2;
    for (unsigned i = 0; i < row->nfields; i++) {
        const char *name = a64_fields[row->fields[i]].name;
        if (!strcmp(name, "rt"))
            first = a64_field(row->fields[i], word);
        else if (!strcmp(name, "rt2"))
            second = a64_field(row->fields[i], word);
    }
    return first == second;
}

static bool is_taken(const struct decode_row *row, const struct fuzz_choice *choice, bool relative,
                     uint64_t *random)
{
    return !is_excluded(row) && decode_row_enabled(row, &choice->config) &&
           !fuzz_left_out(choice, row->name, relative, random);
}

static void print_rows(const struct fuzz_choice *choice)
{
    uint64_t random = 1;
    for (unsigned i = 1; i < A64_INSN_COUNT; i++)
        if (is_taken(&a64_rows[i], choice, false, &random))
            puts(a64_rows[i].name);
}

enum { MOVE_BASE = 0x91000000 | BASE2 << 5 | CHANGED_BASE, NOP = 0xd503201f };

/* Draws one instruction of a usable row, or two where the base must be set. Returns how many. */
static unsigned random_insn(struct fuzz_insn *insns, const struct fuzz_choice *choice,
                            uint64_t *random)
{
    for (;;) {
        unsigned i = 1 + (unsigned)(decode_random_number(random) % (A64_INSN_COUNT - 1));
        const struct decode_row *row = &a64_rows[i];
        bool relative = is_relative(row);
        struct fuzz_insn insn = {.length = 4, .row = (uint16_t)i};
        if (!is_taken(row, choice, relative, random) ||
            !decode_random_word(&policy, row, random, &insn.word) ||
            a64_decode_a64(insn.word) != i || !is_defined(choice, insn.word) ||
            is_same_pair(row, insn.word))
            continue;
        if (relative)
            insn.forward = (uint8_t)(1 + decode_random_number(random) % 5);
        if (!accesses_memory(row) || !writes_back(row)) {
            insns[0] = insn;
            return 1;
        }
        insns[0] = (struct fuzz_insn){.word = MOVE_BASE, .length = 4, .row = ROW_ANY};
        insns[1] = insn;
        return 2;
    }
}

/* mrs x24, nzcv */
enum { READ_FLAGS = 0xd53b4218 };

/*
 * A load or store of memory near zero, whose address comes from the counter; sometimes what follows
 * reads the flags. Returns how many instructions.
 */
static unsigned random_fault(struct fuzz_insn *insn, uint64_t *random)
{
    static const uint32_t words[] = {
        0x39400000 /* ldrb w */, 0x79800000 /* ldrsh x */, 0xf9400000 /* ldr x */,
        0x39000000 /* strb w */, 0xf9000000 /* str x */,   0x3dc00000 /* ldr q */,
        0x3d800000 /* str q */,  0xfd400000 /* ldr d */,   0xbd000000 /* str s */,
        0xa9400000 /* ldp x */,  0xa9000000 /* stp x */,
    };
    uint32_t rt = (uint32_t)(decode_random_number(random) % CHANGED_BASE);
    uint32_t word = words[decode_random_number(random) % (sizeof words / sizeof words[0])];
    *insn = (struct fuzz_insn){.word = word | COUNTER << 5 | rt, .length = 4, .row = ROW_ANY};
    if (word >> 24 == 0xa9)
        insn->word |= (rt + 7) % CHANGED_BASE << 10;
    insn[1] = (struct fuzz_insn){.word = READ_FLAGS, .length = 4, .row = ROW_ANY};
    return 1 + decode_random_number(random) % 2;
}

static uint64_t random_value(uint64_t *random)
{
    static const uint64_t special[] = {
        0, 1, 0xffffffffffffffff, 0x7fffffffffffffff, 0x8000000000000000, 0x7fffffff, 0x80000000,
        0xffffffff80000000, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000,
        0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0xfff8000000012345,
        0x000fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0x3fe0000000000000,
        0x41dfffffffc00000, 0x3f8000003f800000, 0x7f800000ff800000, 0x7fc000007fc12345,
        0x7f8000017fa00001, 0x0000000100800000, 0x800000007f7fffff, 0x4f000000cf000000,
        0x3c00bc007c00fc00, 0x7e007c0100018000, 0x7bff04003555c248, 0x8080808080808080,
        0x7f7f7f7f80808080, 0x8000800080008000, 0x7fff7fff80008000, 0x0102030405060708,
    };
    uint64_t r = decode_random_number(random), bits = decode_random_number(random) << 16 ^ r;
    switch (r % 8) {
    case 0:
    case 1:
    case 2: return special[decode_random_number(random) % (sizeof special / 8)];
    case 3: return (0x3f000000 + (uint32_t)bits % 0x2000000) * UINT64_C(0x100000001);
    case 4: return 0x3fe0000000000000 + bits % 0x40000000000000;
    case 5: return bits % 256;
    default: return bits << (r >> 8) % 8 << 8 | bits >> 40;
    }
}

static void random_registers(struct fuzz_dump *start, uint64_t *random)
{
    enum { ROUNDING = 22, FLUSH = 1 << 24, DEFAULT_NAN = 1 << 25, FPSR_BITS = 0x0800009f };
    for (unsigned i = 0; i < 32; i++) {
        start->x[i] = random_value(random);
        start->v[i][0] = random_value(random);
        start->v[i][1] = random_value(random);
    }
    start->nzcv = decode_random_number(random) << 28 & 0xf0000000;
    start->fpcr = decode_random_number(random) % 4 << ROUNDING;
    start->fpcr |= decode_random_number(random) % 4 ? 0 : DEFAULT_NAN;
    start->fpcr |= decode_random_number(random) % 6 ? 0 : FLUSH;
    start->fpsr = decode_random_number(random) % 2 ? 0 : decode_random_number(random) & FPSR_BITS;
    for (unsigned i = 0; i < FUZZ_BUFFER; i += 8) {
        uint64_t v = random_value(random);
        memcpy(start->buffer + i, &v, 8);
    }
}

static void random_test(struct fuzz_test *test, const struct fuzz_choice *choice, uint64_t *random)
{
    unsigned faults = 0, n = 0;
    struct fuzz_dump *start = (struct fuzz_dump *)test->start;
    memset(start, 0, sizeof *start);
    while (n + 2 <= FUZZ_BODY) {
        if (choice->faults && faults < FUZZ_FAULTS && decode_random_number(random) % 16 == 0) {
            n += random_fault(&test->insns[n], random);
            faults++;
        } else {
            n += random_insn(&test->insns[n], choice, random);
        }
    }
    test->n = n;
    random_registers(start, random);
}

/* ---- the program around it -------------------------------------------------------------------- */

struct assembler {
    uint8_t *bytes;
    size_t at;
};

static void put(struct assembler *as, uint32_t word)
{
    memcpy(as->bytes + as->at, &word, sizeof word);
    as->at += sizeof word;
}

enum {
    LDR_X = 0xf9400000, LDR_W = 0xb9400000, SUB_X = 0xcb000000, CBZ_X = 0xb4000000,
     STR_X = 0xf9000000, LDR_Q = 0x3dc00000, STR_Q = 0x3d800000,
    ADD_IMM = 0x91000000, SUB_IMM = 0xd1000000, CBNZ_X = 0xb5000000, ADD_X = 0x8b000000,
    MOVZ = 0xd2800000, MOVK_16 = 0xf2a00000, AND_X = 0x8a000000,
    MSR_NZCV = 0xd51b4200, MSR_FPCR = 0xd51b4400, MSR_FPSR = 0xd51b4420,
    MRS_NZCV = 0xd53b4200, MRS_FPCR = 0xd53b4400, MRS_FPSR = 0xd53b4420,
    SVC = 0xd4000001, RET = 0xd65f03c0,
};

/* An access at base + offset, which must be a multiple of its size. */
static void put_access(struct assembler *as, uint32_t op, unsigned t, unsigned base, size_t offset)
{
    unsigned scale = op == LDR_Q || op == STR_Q ? 16 : op == LDR_W ? 4 : 8;
    put(as, op | (uint32_t)(offset / scale) << 10 | base << 5 | t);
}

static void put_add(struct assembler *as, uint32_t op, unsigned d, unsigned n, unsigned imm)
{
    put(as, op | imm << 10 | n << 5 | d);
}

static void put_number(struct assembler *as, unsigned d, uint32_t value)
{
    put(as, MOVZ | (value & 0xffff) << 5 | d);
    put(as, MOVK_16 | value >> 16 << 5 | d);
}

/* cbnz reg, target */
static void put_loop(struct assembler *as, unsigned reg, size_t target)
{
    uint32_t words = (uint32_t)(((int64_t)target - (int64_t)as->at) / 4);
    put(as, CBNZ_X | (words & 0x7ffff) << 5 | reg);
}

/* Copies the template over the working dump, then loads the registers from it. */
static void put_start(struct assembler *as, uint32_t start)
{
    put_number(as, 0, start);
    put_number(as, 1, BASE + WORK);
    put_number(as, 2, sizeof(struct fuzz_dump));
    size_t copy = as->at;
    put_access(as, LDR_Q, 0, 0, 0);
    put_access(as, STR_Q, 0, 1, 0);
    put_add(as, ADD_IMM, 0, 0, 16);
    put_add(as, ADD_IMM, 1, 1, 16);
    put_add(as, SUB_IMM, 2, 2, 16);
    put_loop(as, 2, copy);
    put_number(as, DUMP, BASE + WORK);
    put_access(as, LDR_X, 0, DUMP, offsetof(struct fuzz_dump, nzcv));
    put(as, MSR_NZCV | 0);
    put_access(as, LDR_X, 0, DUMP, offsetof(struct fuzz_dump, fpcr));
    put(as, MSR_FPCR | 0);
    put_access(as, LDR_X, 0, DUMP, offsetof(struct fuzz_dump, fpsr));
    put(as, MSR_FPSR | 0);
    for (unsigned i = 0; i < 32; i++)
        put_access(as, LDR_Q, i, DUMP, offsetof(struct fuzz_dump, v) + 16 * i);
    put_number(as, BASE2, BASE + WORK + offsetof(struct fuzz_dump, buffer) + FUZZ_BASE2);
    put_add(as, SUB_IMM, SP, BASE2, FUZZ_BASE2 - FUZZ_SP);
    put_add(as, ADD_IMM, CHANGED_BASE, BASE2, 0);
    put_number(as, COUNTER, FUZZ_ROUNDS);
    for (unsigned i = 0; i < 31; i++)
        if (!is_reserved(i))
            put_access(as, LDR_X, i, DUMP, 8 * i);
}

/* The word of a branch, with its target `forward` instructions on. */
static uint32_t patch_relative(const struct fuzz_insn *insn)
{
    const struct decode_row *row = &a64_rows[insn->row];
    for (unsigned f = 0; f < row->nfields; f++)
        if (kind_of(row, row->fields[f]) == 'p')
            return decode_set_field(&a64_fields[row->fields[f]], insn->word, insn->forward);
    return insn->word;
}

/* No branch goes between an access and the instruction that sets its base. */
static unsigned landing(const struct fuzz_test *test, unsigned i)
{
    unsigned end = i + test->insns[i].forward;
    return end > i && end < test->n && test->insns[end - 1].word == MOVE_BASE ? 1 : 0;
}

static void put_body(struct assembler *as, const struct fuzz_test *test)
{
    size_t start = as->at;
    for (unsigned i = 0; i < test->n; i++) {
        struct fuzz_insn insn = test->insns[i];
        if (insn.forward) {
            if (i + insn.forward > test->n)
                insn.forward = (uint8_t)(test->n - i);
            insn.forward = (uint8_t)(insn.forward + landing(test, i));
            insn.word = patch_relative(&insn);
        }
        put(as, insn.word);
    }
    put_add(as, SUB_IMM, COUNTER, COUNTER, 1);
    put_loop(as, COUNTER, start);
}

static void put_call(struct assembler *as, unsigned number)
{
    put_number(as, 8, number);
    put(as, SVC);
}

static void put_end(struct assembler *as)
{
    for (unsigned i = 0; i < 31; i++)
        put_access(as, STR_X, i, DUMP, 8 * i);
    put(as, MRS_NZCV | 0);
    put_access(as, STR_X, 0, DUMP, offsetof(struct fuzz_dump, nzcv));
    put(as, MRS_FPCR | 0);
    put_access(as, STR_X, 0, DUMP, offsetof(struct fuzz_dump, fpcr));
    put(as, MRS_FPSR | 0);
    put_access(as, STR_X, 0, DUMP, offsetof(struct fuzz_dump, fpsr));
    for (unsigned i = 0; i < 32; i++)
        put_access(as, STR_Q, i, DUMP, offsetof(struct fuzz_dump, v) + 16 * i);
    put_number(as, 0, 1);
    put_add(as, ADD_IMM, 1, DUMP, 0);
    put_number(as, 2, sizeof(struct fuzz_dump));
    put_call(as, 64); /* write */
}

/*
 * The handler of SIGSEGV: copies the registers of the frame, whose ucontext is in x2, behind those
 * it already has and goes on at the next instruction.
 */
static void put_handler(struct assembler *as)
{
    enum { REGS = 176 + 8, PC = REGS + 8 * 32, PSTATE = PC + 8, FPSIMD = 176 + 288 };
    put_number(as, 3, BASE + WORK);
    put_number(as, 7, offsetof(struct fuzz_dump, frames));
    put(as, ADD_X | 7 << 16 | 3 << 5 | 4);             /* x4 = frames */
    put_access(as, LDR_X, 5, 3, offsetof(struct fuzz_dump, next));
    put(as, ADD_X | 5 << 16 | 4 << 5 | 4);             /* + next */
    put_add(as, ADD_IMM, 5, 5, sizeof(struct fuzz_frame));
    put_access(as, STR_X, 5, 3, offsetof(struct fuzz_dump, next));
    for (unsigned i = 0; i < 33; i++) { /* x0 to x30, sp, pc */
        put_access(as, LDR_X, 6, 2, REGS + 8 * i);
        put_access(as, STR_X, 6, 4, 8 * i);
    }
    /* NZCV where the next instruction reads it; flags about to be overwritten may be old here. */
    put_access(as, LDR_X, 6, 2, PC);
    put_access(as, LDR_W, 6, 6, 4);
    put_number(as, 7, READ_FLAGS);
    put(as, SUB_X | 7 << 16 | 6 << 5 | 6);
    put_number(as, 7, 0xf0000000);
    put(as, CBZ_X | 2 << 5 | 6);
    put(as, MOVZ | 7);
    put_access(as, LDR_X, 6, 2, PSTATE);
    put(as, AND_X | 7 << 16 | 6 << 5 | 6);
    put_access(as, STR_X, 6, 4, offsetof(struct fuzz_frame, pstate));
    put_access(as, LDR_X, 6, 2, FPSIMD + 8);
    put_access(as, STR_X, 6, 4, offsetof(struct fuzz_frame, fp));
    for (unsigned i = 0; i < 32; i++) {
        put_access(as, LDR_Q, 31, 2, FPSIMD + 16 + 16 * i);
        put_access(as, STR_Q, 31, 4, offsetof(struct fuzz_frame, v) + 16 * i);
    }
    put_access(as, LDR_X, 6, 2, PC);
    put_add(as, ADD_IMM, 6, 6, 4);
    put_access(as, STR_X, 6, 2, PC);
    put(as, RET);
}

/* sigaltstack and rt_sigaction; their structs lie where the stack of the handler will be. */
static void put_signal_setup(struct assembler *as, uint32_t handler)
{
    enum { SIGSEGV_NUMBER = 11, SIGINFO_ONSTACK = 0x08000004, ZERO = 31 };
    put_number(as, 9, BASE + STACK);
    put_access(as, STR_X, 9, 9, 0);
    put_access(as, STR_X, ZERO, 9, 8);
    put_number(as, 10, STACK_SIZE);
    put_access(as, STR_X, 10, 9, 16);
    put_add(as, ADD_IMM, 0, 9, 0);
    put_number(as, 1, 0);
    put_call(as, 132);
    put_number(as, 10, handler);
    put_access(as, STR_X, 10, 9, 0);
    put_number(as, 10, SIGINFO_ONSTACK);
    put_access(as, STR_X, 10, 9, 8);
    put_access(as, STR_X, ZERO, 9, 16);
    put_access(as, STR_X, ZERO, 9, 24);
    put_number(as, 0, SIGSEGV_NUMBER);
    put_add(as, ADD_IMM, 1, 9, 0);
    put_number(as, 2, 0);
    put_number(as, 3, 8);
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
    put_number(&as, 0, 0);
    put_call(&as, 93); /* exit */
    if (as.at > WORK)
        abort();
    image_header(as.bytes, &(struct image_header){.machine = EM_AARCH64,
                                                  .base = BASE,
                                                  .entry = image->entry,
                                                  .file_size = SIZE,
                                                  .memory_size = SIZE});
}

/* ---- for the driver --------------------------------------------------------------------------- */

static void take_out(struct fuzz_test *test, unsigned i)
{
    struct fuzz_insn *insn = &test->insns[i];
    if (insn->word == MOVE_BASE)
        return; /* harmless, and what follows needs it */
    *insn = (struct fuzz_insn){.word = NOP, .length = 4, .row = FUZZ_TAKEN_OUT};
}

static void print_start(const struct fuzz_test *test)
{
    const struct fuzz_dump *s = (const struct fuzz_dump *)test->start;
    for (unsigned i = 0; i < 32; i++)
        printf("  x%-2u %016llx  v%-2u %016llx%016llx\n", i, (unsigned long long)s->x[i], i,
               (unsigned long long)s->v[i][1], (unsigned long long)s->v[i][0]);
    printf("  nzcv %x fpcr %08x fpsr %08x\n", (unsigned)(s->nzcv >> 28), (unsigned)s->fpcr,
           (unsigned)s->fpsr);
}

static void print_difference(const uint8_t *oracle, const uint8_t *subject)
{
    const struct fuzz_dump *p = (const struct fuzz_dump *)oracle,
                           *q = (const struct fuzz_dump *)subject;
    for (unsigned i = 0; i < 31; i++)
        fuzz_compare("x", i, p->x[i], q->x[i]);
    for (unsigned i = 0; i < 64; i++) {
        char name[8];
        snprintf(name, sizeof name, "v%u.", i / 2);
        fuzz_compare(name, i % 2, p->v[i / 2][i % 2], q->v[i / 2][i % 2]);
    }
    fuzz_compare("nzcv ", 0, p->nzcv, q->nzcv);
    fuzz_compare("fpcr ", 0, p->fpcr, q->fpcr);
    fuzz_compare("fpsr ", 0, p->fpsr, q->fpsr);
    fuzz_compare("faults ", 0, p->next, q->next);
    for (unsigned i = 0; i < FUZZ_ROUNDS * FUZZ_FAULTS; i++) {
        char name[32];
        snprintf(name, sizeof name, "fault %u, word ", i);
        for (unsigned j = 0; j < sizeof p->frames[i] / 8; j++)
            fuzz_compare(name, j, ((const uint64_t *)&p->frames[i])[j],
                         ((const uint64_t *)&q->frames[i])[j]);
    }
    for (unsigned i = 0; i < FUZZ_BUFFER; i++)
        fuzz_compare("buffer ", i, p->buffer[i], q->buffer[i]);
}

static void call(const struct cpu *cpu, uint64_t *number, uint64_t *buffer)
{
    const uint64_t *x = (const uint64_t *)(cpu->state + A64_STATE_x0);
    *number = x[8];
    *buffer = x[1];
}

int main(int argc, char **argv)
{
    static const struct fuzz_guest guest = {
        .frontend = &frontend_aarch64,
        .oracle = "qemu-aarch64",
        .dump_size = sizeof(struct fuzz_dump),
        .random_test = random_test,
        .print_rows = print_rows,
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

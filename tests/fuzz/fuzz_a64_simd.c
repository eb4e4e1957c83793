/*
 * Each vector instruction of the A64 tables on many operands, two translators, one result: makes a
 * static AArch64 program of random words that each run on operands full of corner cases and write
 * what came out, runs it under an oracle, and compares with what we make of the same words: the
 * interpreter and the backend in this process, or a command that runs the program.
 *
 *     fuzz_a64_simd [-f] [-n WORDS] [-s SEED] [-i PREFIX] [-r FIRST,LAST] [-o ORACLE] [-t SUBJECT]
 *
 * WORDS of each row; the rows are those from FIRST to LAST by name (default: integer vectors), with
 * -i only those whose names begin so. Words write v0 or x0 and read any vector and x0 to x7;
 * compared are v0, x0, FPSR and NZCV. Each operand set gives every register a value; words run on
 * each of them.
 *
 * -f: the rows of floating point, on operands for them, with FPCR's modes.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/aarch64/decode.h"
#include "ir/fp.h"
#include "tests/fuzz/image.h"
#include "tests/ra/host.h"

enum { SETS = 96, INTEGER_SETS = 24, MAX_WORDS = 40000, BASE = 0x400000, CODE = 0x10000 };

struct operands {
    union ir_v128 v[32];
    uint64_t x[8]; /* the top of the last are the flags, nzcv */
    uint64_t fpcr, unused;
};

struct result {
    union ir_v128 v;
    uint64_t x, fpsr; /* with nzcv at its place, bits 31 to 28 */
};

static struct operands sets[SETS];
static uint32_t words[MAX_WORDS];
static uint16_t rows[MAX_WORDS];
static unsigned nwords, nsets = INTEGER_SETS;
static struct cpu_config config;
static const char *oracle = "qemu-aarch64", *subject;
static char program[64];

/* ---- operands ------------------------------------------------------------------------------ */

/* Lanes at the edges of a width, small numbers, single bits, and noise. */
static uint64_t corner_number(uint64_t *random, unsigned width)
{
    uint64_t r = decode_random_number(random), top = UINT64_C(1) << (width - 1);
    switch (r & 7) {
    case 0: return 0;
    case 1: return UINT64_MAX;
    case 2: return top;
    case 3: return top - 1;
    case 4: return (r >> 8 & 15) - 8;
    case 5: return UINT64_C(1) << (r >> 8) % width;
    case 6: return top + (r >> 8 & 7) - 4;
    default: return decode_random_number(random);
    }
}

static union ir_v128 corner_vector(uint64_t *random)
{
    union ir_v128 v;
    switch (decode_random_number(random) & 3) {
    case 0:
        for (int i = 0; i < 16; i++)
            v.b[i] = (uint8_t)corner_number(random, 8);
        break;
    case 1:
        for (int i = 0; i < 8; i++)
            v.h[i] = (uint16_t)corner_number(random, 16);
        break;
    case 2:
        for (int i = 0; i < 4; i++)
            v.s[i] = (uint32_t)corner_number(random, 32);
        break;
    default:
        for (int i = 0; i < 2; i++)
            v.d[i] = corner_number(random, 64);
        break;
    }
    return v;
}

/* Floats of each class, and such that meet: near one another, near integers, near the limits. */
static uint64_t corner_float(uint64_t *random, unsigned type)
{
    static const struct { uint8_t bits, fraction; } formats[] = {
        [IR_F16] = {16, 10}, [IR_F32] = {32, 23}, [IR_F64] = {64, 52}};
    unsigned bits = formats[type].bits, fraction = formats[type].fraction;
    uint64_t r = decode_random_number(random), noise = decode_random_number(random);
    uint64_t top = (UINT64_C(1) << (bits - 1 - fraction)) - 1, bias = top / 2, exponent;
    uint64_t mask = (UINT64_C(1) << fraction) - 1, sign = (r >> 63) << (bits - 1);
    switch (r & 15) {
    case 0: return sign;
    case 1: return sign | top << fraction;                                   /* infinity */
    case 2:
        return sign | top << fraction | UINT64_C(1) << (fraction - 1) | (noise & mask); /* quiet */
    case 3: return sign | top << fraction | (noise & mask >> 1) | 1;         /* signalling */
    case 4: return sign | (noise & mask) >> (r >> 8) % fraction;             /* subnormal */
    case 5: return sign | UINT64_C(1) << fraction | (r >> 8 & 1 ? noise & mask : r >> 9 & 3);
    case 6: return sign | ((top << fraction) - 1 - (r >> 8 & 1 ? noise & mask : r >> 9 & 3));
    case 7: exponent = bias + (r >> 8) % 66; break;                          /* integers, halves */
    case 8: return sign | (bias + (r >> 8) % 66) << fraction;
    case 9: return sign | (((bias + (r >> 8) % 3) << fraction) + (r >> 16 & 7) - 3);
    case 10: exponent = (r >> 8) % 30; break;
    case 11: exponent = top - 1 - (r >> 8) % 30; break;
    case 12: exponent = (bias + (r >> 8) % 8) / 2; break; /* products underflow */
    default: exponent = bias - 4 + (r >> 8) % 8; break;
    }
    unsigned cut = r >> 16 & 1 ? (unsigned)(r >> 20) % fraction : 0;
    return sign | (exponent < top ? exponent : top - 1) << fraction | (noise & mask) >> cut << cut;
}

static union ir_v128 float_vector(uint64_t *random, unsigned type)
{
    union ir_v128 v;
    unsigned same = decode_random_number(random) & 3;
    for (unsigned i = 0; i < 8; i++)
        v.h[i] = (uint16_t)corner_float(random, IR_F16);
    for (unsigned i = 0; i < 4 && type == IR_F32; i++)
        v.s[i] = (uint32_t)corner_float(random, IR_F32);
    for (unsigned i = 0; i < 2 && type == IR_F64; i++)
        v.d[i] = corner_float(random, IR_F64);
    if (same == 0 && type != IR_F64) /* nothing to see but lane 0 */
        v.d[1] = 0, v.d[0] &= type == IR_F16 ? 0xffff : 0xffffffff;
    return v;
}

/* FPCR of set k: the rounding modes, then with DN, FZ, both, FZ16 and AHP. */
static uint32_t fpcr_of(unsigned k)
{
    enum { FZ16 = 1 << 19, RMODE = 22, FZ = 1 << 24, DN = 1 << 25, AHP = 1 << 26 };
    static const uint32_t modes[8] = {0, 0, 0, DN, FZ, FZ | DN, FZ16, AHP};
    return modes[k / 3 % 8] | (k / 24) % 4 << RMODE;
}

static void make_operands(bool floats, uint64_t *random)
{
    for (unsigned k = 0; k < nsets; k++) {
        for (int i = 0; i < 32; i++)
            sets[k].v[i] = floats ? float_vector(random, IR_F16 + k % 3) : corner_vector(random);
        for (int i = 0; i < 8; i++)
            sets[k].x[i] = corner_number(random, 8u << (k & 3));
        sets[k].fpcr = floats ? fpcr_of(k) : 0;
    }
}

/* ---- words --------------------------------------------------------------------------------- */

/* Destinations are register 0; general registers, where they are read, x0 to x7 or xzr. */
static bool accept(void *context, const struct decode_row *row, unsigned field, int64_t value)
{
    const char *name = a64_fields[field].name;
    (void)context;
    if (!strcmp(name, "rd"))
        return value == 0;
    if (!strcmp(name, "rn") && (strstr(row->name, "general") || strstr(row->text, "{w") ||
                                strstr(row->text, ":x}") || strstr(row->text, ":w}")))
        return value < 8 || value == 31;
    return true;
}

/* Some rows hold reserved words, which the disassembler knows. */
static bool is_reserved(uint32_t word)
{
    char text[128];
    frontend_aarch64.disassemble(&config, 0, (const uint8_t *)&word, 4, text, sizeof text);
    return text[0] == '.';
}

static void make_words(enum a64_insn first, enum a64_insn last, const char *only, unsigned each,
                       uint64_t *random)
{
    struct decode_policy policy = {.rows = a64_rows, .nrows = A64_INSN_COUNT, .fields = a64_fields,
                                   .field = a64_field, .accept = accept};
    for (unsigned insn = first; insn <= last; insn++) {
        unsigned made = 0;
        if (only && strncmp(a64_rows[insn].name, only, strlen(only)))
            continue;
        for (unsigned tries = 0; made < each && tries < 20 * each && nwords < MAX_WORDS; tries++) {
            uint32_t word;
            if (!decode_random_word(&policy, &a64_rows[insn], random, &word) ||
                a64_decode_a64(word) != insn || is_reserved(word))
                continue;
            rows[nwords] = (uint16_t)insn;
            words[nwords++] = word;
            made++;
        }
        if (!made)
            printf("no word of %s\n", a64_rows[insn].name);
    }
}

static enum a64_insn row_by_name(const char *name)
{
    for (unsigned insn = 1; insn < A64_INSN_COUNT; insn++)
        if (!strcmp(a64_rows[insn].name, name))
            return (enum a64_insn)insn;
    fprintf(stderr, "no row %s\n", name);
    exit(2);
}

/* ---- the program --------------------------------------------------------------------------- */

/* Registers: x20 operands, x21 results, x22 the address behind the operands. */
static uint32_t *put_number(uint32_t *at, unsigned x, uint32_t value)
{
    *at++ = 0xd2800000 | (value & 0xffff) << 5 | x;
    *at++ = 0xf2a00000 | value >> 16 << 5 | x;
    return at;
}

static uint32_t *put_call(uint32_t *at, uint32_t number)
{
    at = put_number(at, 8, number);
    *at++ = 0xd4000001;
    return at;
}

static uint32_t *put_set(uint32_t *at)
{
    for (uint32_t i = 0; i < 32; i++)
        *at++ = 0x3dc00000 | i << 10 | 20 << 5 | i; /* ldr qi, [x20, #16 * i] */
    for (uint32_t i = 0; i < 8; i++)
        *at++ = 0xf9400000 | (64 + i) << 10 | 20 << 5 | i;
    *at++ = 0xf9400000 | 72 << 10 | 20 << 5 | 9; /* ldr x9, [x20, #576] */
    *at++ = 0xd51b4409;                          /* msr fpcr, x9 */
    for (unsigned i = 0; i < nwords; i++) {
        *at++ = 0x3dc00280;           /* ldr q0, [x20] */
        *at++ = 0xf9400280 | 64 << 10; /* ldr x0, [x20, #512] */
        *at++ = 0xd51b443f;           /* msr fpsr, xzr */
        *at++ = 0xd51b4207;           /* msr nzcv, x7 */
        *at++ = words[i];
        *at++ = 0xd53b4429;           /* mrs x9, fpsr */
        *at++ = 0xd53b420a;           /* mrs x10, nzcv */
        *at++ = 0xaa0a0129;           /* orr x9, x9, x10 */
        *at++ = 0x3c8206a0;           /* str q0, [x21], #32 */
        *at++ = 0xa93f26a0;           /* stp x0, x9, [x21, #-16] */
    }
    *at++ = 0x91000294 | (uint32_t)sizeof(struct operands) << 10; /* add x20, x20 */
    return at;
}

/* Code, operands, results: one segment, of which the file holds what comes before the results. */
static void write_program(void)
{
    size_t code = CODE + 4 * (size_t)(10 * nwords + 80), operands = (code + 15) & ~(size_t)15;
    size_t results = operands + nsets * sizeof *sets, size = nwords * nsets * sizeof(struct result);
    uint8_t *bytes = calloc(1, results);
    if (!bytes)
        abort();
    uint32_t *start = (uint32_t *)(bytes + CODE), *at = start;
    at = put_number(at, 20, (uint32_t)(BASE + operands));
    at = put_number(at, 21, (uint32_t)(BASE + results));
    at = put_number(at, 22, (uint32_t)(BASE + results));
    uint32_t *loop = at;
    at = put_set(at);
    *at++ = 0xeb16029f; /* cmp x20, x22 */
    *at++ = 0x54000040; /* b.eq, over the jump back */
    *at = 0x14000000 | ((uint32_t)(loop - at) & 0x3ffffff);
    at++;
    at = put_number(at, 0, 1);
    at = put_number(at, 1, (uint32_t)(BASE + results));
    at = put_number(at, 2, (uint32_t)size);
    at = put_call(at, 64); /* write */
    at = put_number(at, 0, 0);
    at = put_call(at, 93); /* exit */
    memcpy(bytes + operands, sets, nsets * sizeof *sets);

    image_header(bytes, &(struct image_header){.machine = EM_AARCH64,
                                               .base = BASE,
                                               .entry = BASE + CODE,
                                               .file_size = results,
                                               .memory_size = results + size});
    FILE *out = fopen(program, "wb");
    if (!out || fwrite(bytes, 1, results, out) != results || fclose(out)) {
        perror(program);
        exit(2);
    }
    chmod(program, 0700);
    free(bytes);
}

/* ---- runners ------------------------------------------------------------------------------- */

/* Results lie by set, then by word. NULL: the command did not write all of them. */
static struct result *run_command(const char *command)
{
    size_t n = (size_t)nwords * nsets;
    struct result *results = calloc(n, sizeof *results);
    char line[512];
    snprintf(line, sizeof line, "timeout 120 %s %s", command, program);
    FILE *in = popen(line, "r");
    size_t got = in && results ? fread(results, sizeof *results, n, in) : 0;
    if (in)
        pclose(in);
    if (got == n)
        return results;
    printf("%s wrote %zu of %zu results\n", command, got, n);
    free(results);
    return NULL;
}

static const uint8_t *window(void *context, uint64_t pc, size_t *size)
{
    const uint32_t *word = context;
    *size = pc - BASE < sizeof *word ? sizeof *word - (pc - BASE) : 0;
    return *size ? (const uint8_t *)word + (pc - BASE) : NULL;
}

static void set_state(struct host *h, struct cpu *cpu, const struct operands *set)
{
    memset(cpu->state, 0, sizeof cpu->state);
    frontend_aarch64.reset(&config, cpu);
    host_prepare(h, cpu);
    for (unsigned i = 0; i < frontend_aarch64.ir.nhelpers; i++)
        cpu->helper[i] = (void *)frontend_aarch64.ir.helpers[i].fn;
    memcpy(cpu->state + A64_STATE_v0, set->v, sizeof set->v);
    memcpy(cpu->state + A64_STATE_x0, set->x, sizeof set->x);
    a64_set_fpcr(cpu, (uint32_t)set->fpcr);
    cpu->mode |= A64_MODE_UNDERFLOW; /* the words do not access FPSR themselves */
    a64_set_nzcv(cpu, (uint32_t)set->x[7] & 0xf0000000);
}

static void get_state(const struct cpu *cpu, struct result *r)
{
    memcpy(&r->v, cpu->state + A64_STATE_v0, sizeof r->v);
    memcpy(&r->x, cpu->state + A64_STATE_x0, sizeof r->x);
    r->fpsr = a64_get_fpsr(cpu) | a64_get_nzcv(cpu);
}

/* Translates word i for the cpu's mode; false if that goes wrong. */
static bool prepare(struct host *h, struct ir_block *block, unsigned i, uint32_t mode,
                    bool interpret)
{
    struct code_source source = {window, &words[i]};
    struct arena arena;
    arena_init(&arena, 0);
    frontend_translate(&frontend_aarch64, &config, &source, block, BASE, mode, 1, 0);
    const char *wrong = ir_check(block, &arena);
    if (!wrong && !interpret) {
        ir_remove_dead(block);
        wrong = host_emit(h, block) ? NULL : "no room for its code";
    }
    if (wrong)
        printf("%08x %s: %s\n", words[i], a64_rows[rows[i]].name, wrong);
    arena_free(&arena);
    return !wrong;
}

/* Each word as a block of its own, by the backend or the interpreter. */
static struct result *run_here(bool interpret, uint32_t features)
{
    static struct ir_block block;
    static struct cpu cpu;
    struct result *results = calloc((size_t)nwords * nsets, sizeof *results);
    struct host *h = host_create(&frontend_aarch64.ir, features, -1, -1);
    if (!results)
        abort();
    for (unsigned i = 0; i < nwords; i++) {
        uint32_t mode = UINT32_MAX;
        for (unsigned k = 0; k < nsets; k++) {
            set_state(h, &cpu, &sets[k]);
            if (cpu.mode != mode && !prepare(h, &block, i, cpu.mode, interpret))
                break;
            mode = cpu.mode;
            fp_set_mxcsr(cpu.mxcsr);
            if (interpret)
                host_interpret(&cpu, &block);
            else
                host_run(h, &cpu, &block);
            cpu.mxcsr = fp_get_mxcsr();
            fp_set_mxcsr(0x1f80);
            get_state(&cpu, &results[(size_t)k * nwords + i]);
        }
    }
    host_destroy(h);
    return results;
}

/* ---- comparison ---------------------------------------------------------------------------- */

static void print_vector(const char *name, const union ir_v128 *v)
{
    printf("  %s %016llx %016llx", name, (unsigned long long)v->d[1], (unsigned long long)v->d[0]);
}

static void report(unsigned i, unsigned k, const struct result *a, const struct result *b)
{
    char text[128];
    unsigned n = words[i] >> 5 & 31, m = words[i] >> 16 & 31;
    frontend_aarch64.disassemble(&config, 0, (const uint8_t *)&words[i], 4, text, sizeof text);
    printf("%08x  %s\n", words[i], text);
    if (sets[k].fpcr)
        printf("  fpcr %08llx", (unsigned long long)sets[k].fpcr);
    print_vector("v0", &sets[k].v[0]);
    print_vector("rn", &sets[k].v[n]);
    print_vector("rm", &sets[k].v[m]);
    print_vector("\n  oracle ", &a->v);
    printf(" x0 %016llx fpsr %08llx", (unsigned long long)a->x, (unsigned long long)a->fpsr);
    print_vector("\n  subject", &b->v);
    printf(" x0 %016llx fpsr %08llx\n", (unsigned long long)b->x, (unsigned long long)b->fpsr);
}

/*
 * Before version 8, qemu sign-extended the result of a half to fixed point to 32 bits, and took
 * what FJCVTZS made of a flushed denormal for exact.
 */
static bool is_forgiven(unsigned insn, const struct result *a, const struct result *b)
{
    enum { IDC = 1 << 7, Z = 1 << 30 };
    struct result r = *a;
    if (insn == A64_fcvtzs_f_h)
        r.v.h[1] = 0;
    else if (insn == A64_fjcvtzs && a->fpsr & IDC)
        r.fpsr &= ~(uint64_t)Z;
    return !memcmp(&r, b, sizeof r);
}

/* How many rows differ; the first difference of each is printed. */
static unsigned compare(const char *what, const struct result *a, const struct result *b)
{
    unsigned last = 0, differ = 0;
    for (unsigned i = 0; i < nwords; i++)
        for (unsigned k = 0; k < nsets && rows[i] != last; k++) {
            size_t at = (size_t)k * nwords + i;
            if (!memcmp(&a[at], &b[at], sizeof a[at]) || is_forgiven(rows[i], &a[at], &b[at]))
                continue;
            report(i, k, &a[at], &b[at]);
            last = rows[i];
            differ++;
        }
    printf("%s: %u words on %d operand sets, %u rows differ\n", what, nwords, nsets, differ);
    return differ;
}

int main(int argc, char **argv)
{
    enum a64_insn first = A64_and_v, last = A64_tbx;
    unsigned each = 8, differ = 0;
    uint64_t random = 1;
    const char *only = NULL;
    bool floats = false;
    for (int c; (c = getopt(argc, argv, "fn:s:i:r:o:t:")) != -1;)
        switch (c) {
        case 'f':
            floats = true;
            nsets = SETS;
            first = A64_fmov_h, last = A64_bfmlalt_e;
            break;
        case 'n': each = (unsigned)atoi(optarg); break;
        case 's': random = strtoull(optarg, NULL, 0) * 0x9e3779b97f4a7c15 | 1; break;
        case 'i': only = optarg; break;
        case 'r':
            first = row_by_name(strtok(optarg, ",")), last = row_by_name(strtok(NULL, ","));
            break;
        case 'o': oracle = optarg; break;
        case 't': subject = optarg; break;
        default: return 2;
        }
    char error[128];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!frontend_aarch64.parse_cpu(NULL, &config, error, sizeof error))
        return 2;
    make_operands(floats, &random);
    make_words(first, last, only, each, &random);
    snprintf(program, sizeof program, "/tmp/fuzz_a64_simd.%d", (int)getpid());
    write_program();
    struct result *expected = run_command(oracle), *got;
    if (expected && subject) {
        got = run_command(subject);
        differ = !got || compare(subject, expected, got);
    } else if (expected) {
        differ = compare("interpreter", expected, run_here(true, 0));
        differ += compare("baseline", expected, run_here(false, 0));
        differ += compare("host", expected, run_here(false, backend_host_features()));
    }
    unlink(program);
    return !expected || differ;
}

/* See a64.h. */
#include "tests/insn/a64.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/backend.h"
#include "frontend/aarch64/aarch64.h"
#include "ir/fp.h"
#include "tests/ra/host.h"

struct cpu cpu;
struct cpu_config config;
struct ir_block block;

static _Alignas(16) uint8_t code[4096];
static size_t code_size;
static struct host *host;
static bool translated;

static const uint8_t *window(void *context, uint64_t pc, size_t *size)
{
    (void)context;
    *size = pc - code_address() < code_size ? code_size - (pc - code_address()) : 0;
    return *size ? (const uint8_t *)pc : NULL;
}

uint64_t code_address(void)
{
    return (uint64_t)code;
}

void reset(const char *cpu_text)
{
    char error[128];
    memset(&cpu, 0, sizeof cpu);
    cpu.exclusive_address = CPU_NOT_EXCLUSIVE;
    cr_assert(frontend_aarch64.parse_cpu(cpu_text, &config, error, sizeof error), "%s", error);
    frontend_aarch64.reset(&config, &cpu);
    for (unsigned i = 0; i < frontend_aarch64.ir.nhelpers; i++)
        cpu.helper[i] = (void *)frontend_aarch64.ir.helpers[i].fn;
}

uint64_t get_x_register(unsigned x)
{
    uint64_t value;
    memcpy(&value, cpu.state + A64_STATE_x0 + 8 * x, 8);
    return value;
}

void set_x_register(unsigned x, uint64_t value)
{
    memcpy(cpu.state + A64_STATE_x0 + 8 * x, &value, 8);
}

union ir_v128 get_v_register(unsigned v)
{
    union ir_v128 value;
    memcpy(&value, cpu.state + A64_STATE_v0 + 16 * v, sizeof value);
    return value;
}

void set_v_register(unsigned v, union ir_v128 value)
{
    memcpy(cpu.state + A64_STATE_v0 + 16 * v, &value, sizeof value);
}

unsigned get_flags(void)
{
    return a64_get_nzcv(&cpu) >> 28;
}

void set_flags(unsigned nzcv)
{
    a64_set_nzcv(&cpu, nzcv << 28);
}

static bool set_named(enum a64_insn insn, uint32_t *word, const char *name, uint32_t value)
{
    const struct decode_row *row = &a64_rows[insn];
    for (unsigned i = 0; i < row->nfields; i++)
        if (!strcmp(a64_fields[row->fields[i]].name, name)) {
            *word = decode_set_field(&a64_fields[row->fields[i]], *word, value);
            return true;
        }
    return false;
}

uint32_t encode(enum a64_insn insn, ...)
{
    uint32_t word = a64_rows[insn].match;
    va_list ap;
    va_start(ap, insn);
    for (const char *name; (name = va_arg(ap, const char *));) {
        uint32_t value = va_arg(ap, unsigned);
        cr_assert(set_named(insn, &word, name, value), "%s has no %s", a64_rows[insn].name, name);
    }
    va_end(ap);
    cr_assert_eq(a64_decode_a64(word), insn, "%08x is no %s", word, a64_rows[insn].name);
    return word;
}

/* See FERRY_ROWS in a64.h. One write a line: tests run side by side. */
static void note_rows(const uint32_t *words, unsigned n)
{
    static bool noted[A64_INSN_COUNT];
    const char *path = getenv("FERRY_ROWS");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT, 0666) : -1;
    for (unsigned i = 0; fd >= 0 && i < n; i++) {
        enum a64_insn insn = a64_decode_a64(words[i]);
        if (insn != A64_INVALID && !noted[insn])
            dprintf(fd, "%c %s\n", translated ? 'b' : 'i', a64_rows[insn].name);
        noted[insn] = true;
    }
    if (fd >= 0)
        close(fd);
}

void use_backend(void)
{
    translated = true;
}

static enum ir_exit run_block(void)
{
    struct arena arena;
    arena_init(&arena, 0);
    const char *wrong = ir_check(&block, &arena);
    if (wrong)
        cr_assert_fail("%s\n%s", wrong, ir_print(&block, &arena));
    arena_free(&arena);
    host_prepare(host, &cpu);
    if (!translated)
        return host_interpret(&cpu, &block);
    cr_assert(host_emit(host, &block), "no room for the code");
    return host_run(host, &cpu, &block);
}

enum ir_exit run_words(const uint32_t *words, unsigned n)
{
    struct code_source source = {window, NULL};
    enum ir_exit why;
    if (!host)
        host = host_create(&frontend_aarch64.ir, backend_host_features(), -1, -1);
    note_rows(words, n);
    code_size = n * sizeof *words;
    memcpy(code, words, code_size);
    cpu.exit_pc = code_address();
    uint32_t mxcsr = fp_get_mxcsr();
    fp_set_mxcsr(cpu.mxcsr);
    do {
        frontend_translate(&frontend_aarch64, &config, &source, &block, cpu.exit_pc, cpu.mode, 0,
                           0);
        why = run_block();
    } while ((why == IR_EXIT_NONE || why == IR_EXIT_LOOKUP) &&
             cpu.exit_pc - code_address() < code_size);
    cpu.mxcsr = fp_get_mxcsr();
    fp_set_mxcsr(mxcsr);
    return why == IR_EXIT_LOOKUP ? IR_EXIT_NONE : why;
}

enum ir_exit run_word(uint32_t word)
{
    return run_words(&word, 1);
}

static void check_case(const struct field_case *c)
{
    uint32_t word = a64_rows[c->insn].match;
    set_x_register(0, 0x5555555555555555);
    set_x_register(1, c->a);
    set_x_register(2, c->b);
    set_named(c->insn, &word, "rn", 1);
    set_named(c->insn, &word, "rm", 2);
    cr_assert_eq(set_named(c->insn, &word, "sf", c->sf), c->sf != 2, "%s", a64_rows[c->insn].name);
    if (c->field)
        cr_assert(set_named(c->insn, &word, c->field, c->value), "%s", c->field);
    enum ir_exit why = run_word(word);
    cr_assert_eq(why, IR_EXIT_NONE, "%s: exit %d", a64_rows[c->insn].name, why);
    cr_expect_eq(get_x_register(0), c->want, "%s (%u) %#lx, %#lx, %s %#x: %#lx, want %#lx",
                 a64_rows[c->insn].name, c->sf, c->a, c->b, c->field ? c->field : "-", c->value,
                 get_x_register(0), c->want);
}

void check_cases(const struct insn_case *cases, unsigned n)
{
    reset(NULL);
    for (unsigned i = 0; i < n; i++) {
        const struct insn_case *c = &cases[i];
        check_case(&(struct field_case){c->insn, c->sf, c->a, c->b, c->want, NULL, 0});
    }
}

void check_field_cases(const struct field_case *cases, unsigned n)
{
    reset(NULL);
    for (unsigned i = 0; i < n; i++)
        check_case(&cases[i]);
}

void run_through(uint32_t word)
{
    cr_assert_eq(run_word(word), IR_EXIT_NONE, "%08x", word);
}

/* ---- memory ---- */

void fill_bytes(uint8_t *memory, size_t size)
{
    for (size_t i = 0; i < size; i++)
        memory[i] = (uint8_t)(i * 7 + (i & 1 ? 0 : 0x81));
}

uint64_t bytes_at(const uint8_t *memory, unsigned size)
{
    uint64_t value = 0;
    memcpy(&value, memory, size);
    return value;
}

uint64_t sign_extended(uint64_t value, unsigned size)
{
    unsigned shift = 64 - 8 * size;
    return (uint64_t)((int64_t)(value << shift) >> shift);
}

/* See machine.h. */
#include "tests/insn/machine.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <string.h>

#include "ir/fp.h"

struct cpu cpu;
struct cpu_config config;
struct ir_block block;

static _Alignas(16) uint8_t code[4096];
static size_t code_size;

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
    cr_assert(frontend_riscv64.parse_cpu(cpu_text, &config, error, sizeof error), "%s", error);
    frontend_riscv64.reset(&config, &cpu);
    for (unsigned i = 0; i < frontend_riscv64.ir.nhelpers; i++)
        cpu.helper[i] = (void *)frontend_riscv64.ir.helpers[i].fn;
}

uint64_t get_x_register(unsigned x)
{
    uint64_t value = 0;
    if (x)
        memcpy(&value, cpu.state + RV_STATE_X1 + 8 * (x - 1), 8);
    return value;
}

void set_x_register(unsigned x, uint64_t value)
{
    memcpy(cpu.state + RV_STATE_X1 + 8 * (x - 1), &value, 8);
}

uint64_t get_f_register(unsigned f)
{
    uint64_t image;
    memcpy(&image, cpu.state + RV_STATE_F0 + 8 * f, 8);
    return image;
}

void set_f_register(unsigned f, uint64_t image)
{
    memcpy(cpu.state + RV_STATE_F0 + 8 * f, &image, 8);
}

static uint32_t set_named(enum rv_insn insn, uint32_t word, const char *name, uint32_t value)
{
    const struct decode_row *row = &rv_rows[insn];
    for (unsigned i = 0; i < row->nfields; i++)
        if (!strcmp(rv_fields[row->fields[i]].name, name))
            return decode_set_field(&rv_fields[row->fields[i]], word, value);
    return word;
}

uint32_t encode(enum rv_insn insn, ...)
{
    uint32_t word = rv_rows[insn].match;
    va_list ap;
    va_start(ap, insn);
    for (const char *name; (name = va_arg(ap, const char *));)
        word = set_named(insn, word, name, va_arg(ap, unsigned));
    va_end(ap);
    return word;
}

enum ir_exit run_words(const uint32_t *words, unsigned n)
{
    struct code_source source = {window, NULL};
    enum ir_exit why;
    code_size = 0;
    for (unsigned i = 0; i < n; i++) {
        unsigned length = (words[i] & 3) == 3 ? 4 : 2;
        memcpy(code + code_size, &words[i], length);
        code_size += length;
    }
    cpu.exit_pc = code_address();
    uint32_t mxcsr = fp_get_mxcsr();
    fp_set_mxcsr(cpu.mxcsr);
    do {
        frontend_translate(&frontend_riscv64, &config, &source, &block, cpu.exit_pc, cpu.mode, 0,
                           0);
        struct arena arena;
        arena_init(&arena, 0);
        const char *wrong = ir_check(&block, &arena);
        if (wrong)
            cr_assert_fail("%s\n%s", wrong, ir_print(&block, &arena));
        arena_free(&arena);
        why = ir_interpret(&block, &cpu);
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

uint64_t run_r(enum rv_insn insn, uint64_t a, uint64_t b)
{
    set_x_register(A0, a);
    set_x_register(A1, b);
    set_x_register(A2, 0x5555555555555555);
    enum ir_exit why = run_word(encode(insn, "rd", A2, "rs1", A0, "rs2", A1, NULL));
    cr_assert_eq(why, IR_EXIT_NONE, "%s: exit %d", rv_rows[insn].name, why);
    return get_x_register(A2);
}

uint64_t run_i(enum rv_insn insn, uint64_t a, int64_t imm)
{
    set_x_register(A0, a);
    enum ir_exit why = run_word(encode(insn, "rd", A2, "rs1", A0, "imm", (uint32_t)imm, NULL));
    cr_assert_eq(why, IR_EXIT_NONE, "%s: exit %d", rv_rows[insn].name, why);
    return get_x_register(A2);
}

static void run_float(enum rv_insn insn, unsigned rm, unsigned rd, unsigned rs1, unsigned *flags)
{
    riscv_set_fcsr(&cpu, riscv_get_fcsr(&cpu) & 0xe0);
    enum ir_exit why =
        run_word(encode(insn, "rd", rd, "rs1", rs1, "rs2", FA1, "rs3", FA2, "rm", rm, NULL));
    cr_assert_eq(why, IR_EXIT_NONE, "%s: exit %d", rv_rows[insn].name, why);
    *flags = riscv_get_fcsr(&cpu) & 31;
}

uint64_t run_f(enum rv_insn insn, unsigned rm, uint64_t a, uint64_t b, uint64_t c, unsigned *flags)
{
    set_f_register(FA0, a);
    set_f_register(FA1, b);
    set_f_register(FA2, c);
    run_float(insn, rm, FA3, FA0, flags);
    return get_f_register(FA3);
}

uint64_t run_f_to_x(enum rv_insn insn, unsigned rm, uint64_t a, uint64_t b, unsigned *flags)
{
    set_f_register(FA0, a);
    set_f_register(FA1, b);
    run_float(insn, rm, A2, FA0, flags);
    return get_x_register(A2);
}

uint64_t run_x_to_f(enum rv_insn insn, unsigned rm, uint64_t a, unsigned *flags)
{
    set_x_register(A0, a);
    run_float(insn, rm, FA3, A0, flags);
    return get_f_register(FA3);
}

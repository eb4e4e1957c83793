/*
 * struct frontend of riscv64: slots, helpers, and the translation of one instruction.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "frontend/riscv/decode.h"
#include "frontend/riscv/internal.h"
#include "util/log.h"

static const struct ir_slot slots[] = {
#define REG(id, name, type, pin) {name, 8 * RV_SLOT_##id, IR_##type, pin},
#include "frontend/riscv/state.def"
#undef REG
};
static_assert((int)RV_SLOT_COUNT <= (int)IR_MAX_SLOTS, "slots");
static_assert(8 * RV_SLOT_COUNT <= CPU_STATE_SIZE, "registers fit in cpu.state");

static const struct ir_helper helpers[] = {
#define X(name, nargs, effects) {#name, rv_helper_##name, nargs, effects},
    RV_HELPERS(X)
#undef X
};

/* What is missing for a row that is not enabled. */
static const char *missing_feature(const struct decode_row *row, const struct cpu_config *config)
{
    return riscv_feature_name(cpu_has(config, row->need[0]) ? row->need[1] : row->need[0]);
}

static void log_illegal(const struct translation *t, enum rv_insn insn, uint32_t word)
{
    const struct decode_row *row = &rv_rows[insn];
    char why[96];
    if (insn == RV_INVALID)
        snprintf(why, sizeof why, "%s", riscv_guess_extension(word));
    else if (!decode_row_enabled(row, t->config))
        snprintf(why, sizeof why, " (%s: -cpu has no %s)", row->name,
                 missing_feature(row, t->config));
    else if (t->mode & RV_MODE_SYSTEM)
        snprintf(why, sizeof why, " (%s as the hart stands)", row->name);
    else if ((word & 0x707f) == 0x73)
        snprintf(why, sizeof why, " (%s: privileged)", row->name);
    else
        snprintf(why, sizeof why, " (%s with operands that are reserved)", row->name);
    log_print("illegal instruction at %#llx: %0*x%s\n", (unsigned long long)t->pc,
              (int)t->length * 2, word, why);
}

/* True if the row computes with, or moves, floating-point registers. */
static bool is_float(const struct decode_row *row)
{
    const uint64_t features = UINT64_C(1) << RV_FEATURE_F | UINT64_C(1) << RV_FEATURE_D |
                              UINT64_C(1) << RV_FEATURE_Zfa | UINT64_C(1) << RV_FEATURE_Zfh |
                              UINT64_C(1) << RV_FEATURE_Zfhmin | UINT64_C(1) << RV_FEATURE_Zcd;
    for (unsigned i = 0; i < sizeof row->need; i++)
        if (row->need[i] != DECODE_NO_FEATURE && features >> row->need[i] & 1)
            return true;
    return false;
}

/* What the hart's mode does not let pass. */
static bool is_forbidden(const struct translation *t, enum rv_insn insn)
{
    return t->mode & RV_MODE_FP_TRAP && is_float(&rv_rows[insn]);
}

/* An undefined word, or one whose extension is off. A machine wants to know the word (xtval). */
static void illegal(struct translation *t, enum rv_insn insn, uint32_t word)
{
    if (log_on(LOG_UNIMP) && !is_forbidden(t, insn))
        log_illegal(t, insn, word);
    if (t->mode & RV_MODE_SYSTEM)
        ir_put(t->block, RV_SLOT_word, ir_const(t->block, word));
    ir_exit(t->block, IR_EXIT_ILLEGAL, t->pc);
}

static bool translate(struct translation *t, const uint8_t *bytes, size_t size)
{
    uint16_t half;
    uint32_t word;
    enum rv_insn insn;
    memcpy(&half, bytes, sizeof half);
    t->length = riscv_length(half);
    if (t->length == 2) {
        word = half;
        insn = rv_decode_insn16(word);
    } else {
        if (size < 4)
            return false;
        memcpy(&word, bytes, sizeof word);
        insn = rv_decode_insn32(word);
    }
    t->word = word;
    ir_insn_start(t->block, t->pc, t->length);
    if (insn == RV_INVALID || is_forbidden(t, insn) || !decode_row_enabled(&rv_rows[insn], t->config) ||
        !rv_dispatch(t, insn, word))
        illegal(t, insn, word);
    return true;
}

static void reset(const struct cpu_config *config, struct cpu *cpu)
{
    (void)config;
    cpu->mxcsr = 0x1f80; /* all exceptions masked, none accrued, to nearest */
    cpu->mode = RV_MODE_NATIVE;
}

const struct frontend frontend_riscv64 = {
    .name = "riscv64",
    .elf_machine = EM_RISCV,
    .elf_class = ELFCLASS64,
    .elf_data = ELFDATA2LSB,
    .min_insn = 2,
    .max_insn = 4,
    .ir = {.name = "riscv64",
           .slots = slots,
           .nslots = RV_SLOT_COUNT,
           .helpers = helpers,
           .nhelpers = RV_HELPER_COUNT},
    .translate = translate,
    .disassemble = riscv_disassemble,
    .parse_cpu = riscv_parse_cpu,
    .print_cpus = riscv_print_cpus,
    .reset = reset,
};

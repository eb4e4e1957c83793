/*
 * struct frontend of aarch64: slots, helpers, and the translation of one instruction.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"
#include "util/log.h"

static const struct ir_slot slots[] = {
#define REG(id, name, type, offset, pin) {name, offset, IR_##type, pin},
#include "frontend/aarch64/state.def"
#undef REG
};
static_assert((int)A64_SLOT_COUNT <= (int)IR_MAX_SLOTS, "slots");
static_assert(A64_STATE_v31 + 16 <= CPU_STATE_SIZE, "registers fit in cpu.state");

static const struct ir_helper helpers[] = {
#define X(name, nargs, effects) {#name, a64_helper_##name, nargs, effects},
    A64_HELPERS(X)
#undef X
};

/*
 * The extension that an undefined word probably belongs to (Arm ARM C4.1): for the log, so that a
 * user learns what his program wants.
 */
static const char *guess_extension(uint32_t word)
{
    static const struct {
        uint32_t mask, match;
        const char *name;
    } extensions[] = {
        {0x1e000000, 0x04000000, "SVE"},
        {0x9e000000, 0x80000000, "SME"},
        {0xff200000, 0xd9200000, "MTE"},  /* tags in memory */
        {0xfe400000, 0x68000000, "MTE"},  /* stgp */
        {0xbfc00000, 0x91800000, "MTE"},  /* addg, subg */
        {0xdfe0fc00, 0x9ac00000, "MTE"},  /* subp, subps */
        {0xffe0f800, 0x9ac01000, "MTE"},  /* irg, gmi */
        {0xffffbc00, 0xf83f9000, "LS64"}, /* ld64b, st64b */
        {0xffe0ec00, 0xf820a000, "LS64"}, /* st64bv, st64bv0 */
        {0xff200c00, 0x19200000, "LSE128"},
        {0xffffff1f, 0xd503305f, "TME"},
    };
    for (unsigned i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if ((word & extensions[i].mask) == extensions[i].match)
            return extensions[i].name;
    return NULL;
}

static void log_illegal(const struct translation *t, enum a64_insn insn, uint32_t word)
{
    const struct decode_row *row = &a64_rows[insn];
    const char *extension = insn == A64_INVALID ? guess_extension(word) : NULL;
    char why[192] = "", text[128];
    if (extension) {
        snprintf(why, sizeof why, " (%s)", extension);
    } else if (insn != A64_INVALID && !decode_row_enabled(row, t->config)) {
        snprintf(why, sizeof why, " (%s: -cpu has no %s)", row->name,
                 a64_feature_name(cpu_has(t->config, row->need[0]) ? row->need[1] : row->need[0]));
    } else if (insn != A64_INVALID) {
        a64_disassemble(t->config, t->pc, (const uint8_t *)&word, sizeof word, text, sizeof text);
        text[strcspn(text, "\t")] = ' ';
        snprintf(why, sizeof why, " (%s: reserved, or not for programs)", text);
    }
    log_print("illegal instruction at %#llx: %08x%s\n", (unsigned long long)t->pc, word, why);
}

/* An undefined word, or one whose feature is off. */
static void illegal(struct translation *t, enum a64_insn insn, uint32_t word)
{
    if (log_on(LOG_UNIMP))
        log_illegal(t, insn, word);
    ir_exit(t->block, IR_EXIT_ILLEGAL, t->pc);
}

static bool translate(struct translation *t, const uint8_t *bytes, size_t size)
{
    uint32_t word;
    if (size < sizeof word)
        return false;
    memcpy(&word, bytes, sizeof word);
    t->length = sizeof word;
    enum a64_insn insn = a64_decode_a64(word);
    ir_insn_start(t->block, t->pc, t->length);
    if (insn == A64_INVALID || !decode_row_enabled(&a64_rows[insn], t->config) ||
        !a64_dispatch(t, insn, word))
        illegal(t, insn, word);
    return true;
}

static void reset(const struct cpu_config *config, struct cpu *cpu)
{
    cpu->mxcsr = 0x1f80; /* all exceptions masked, none accrued, to nearest */
    cpu->mode = 0;
    a64_set_nzcv(cpu, 0);
    if (cpu_has(config, A64_FEATURE_PAUTH))
        a64_new_pac_keys(cpu, (1u << PAC_KEYS) - 1);
}

const struct frontend frontend_aarch64 = {
    .name = "aarch64",
    .elf_machine = EM_AARCH64,
    .elf_class = ELFCLASS64,
    .elf_data = ELFDATA2LSB,
    .min_insn = 4,
    .max_insn = 4,
    .ir = {.name = "aarch64",
           .slots = slots,
           .nslots = A64_SLOT_COUNT,
           .helpers = helpers,
           .nhelpers = A64_HELPER_COUNT},
    .translate = translate,
    .flags_use = a64_flags_use,
    .flags_slot = A64_SLOT_nzcv,
    .disassemble = a64_disassemble,
    .parse_cpu = a64_parse_cpu,
    .print_cpus = a64_print_cpus,
    .reset = reset,
};

/*
 * IR as text in, result out. The cases are in tests/ir/cases, one file a subject, one test a file:
 *
 *     == name of the case
 *     set x1 0x10            the slot's home before (vectors: low and high half)
 *     mem 8 0x1122           eight bytes of scratch memory at TG_BASE + 8 before
 *     mxcsr 0x3f80           rounding mode and flags before
 *     block pc 0x1000 mode 0
 *     ...
 *     want x2 5              the slot after
 *     want mem 8 0x11        memory after
 *     want exit none 0x1004  reason and pc
 *     want info 0x10         cpu.exit_info, as an offset from TG_BASE
 *     want flags 0x20        accrued exceptions, all but denormal
 *     want error text        the checker's message contains the text; nothing is run
 *     want parse text        likewise the parser's
 *     want fold              the rest of the case is the block as the builder leaves it
 *
 * A case that runs is run twice, as it stands and through the builder.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fp.h"
#include "ir/text.h"
#include "tests/ir/test_guest.h"

enum { MXCSR_START = 0x1f80, FLAGS_SEEN = FP_MXCSR_FLAGS & ~IR_EXC_DENORMAL };

static struct ir_block parsed, built, expected, dense[2];
static struct cpu cpu;
static _Alignas(64) uint8_t scratch[TG_SCRATCH];
static struct arena arena;

/* One case: its parts are cut out of the file's text. */
struct one {
    const char *name;
    char *setup, *block, *wants; /* lines */
    char *fold;                  /* the block expected, or NULL */
};

/* Copies a block's live instructions through `emit` or as they stand. */
static void rebuild(struct ir_block *to, const struct ir_block *from, bool emit)
{
    static ir_ref map[IR_MAX_INSNS];
    ir_start(to, from->guest, from->pc, from->mode);
    for (unsigned i = 1; i < from->n; i++) {
        struct ir_insn insn = from->insns[i];
        const struct ir_op_info *info = &ir_op_info[insn.op];
        if (insn.op == IR_NOP)
            continue;
        for (int k = 0; k < 4; k++) {
            ir_ref *r = &(&insn.a)[k];
            if (!ir_operand_is_ref(info, k) || !*r)
                continue;
            const struct ir_const *c = &from->consts[*r & ~IR_CONST_BIT];
            if (!ir_is_const(*r))
                *r = map[*r];
            else
                *r = c->kind == IR_CONST_PC ? ir_pc(to, c->value) : ir_const(to, c->value);
        }
        map[i] = emit ? ir_emit(to, insn) : ir_append(to, insn);
    }
}

static uint8_t *memory(uint64_t offset)
{
    cr_assert(offset + 8 + TG_SCRATCH_BASE <= TG_SCRATCH);
    return scratch + TG_SCRATCH_BASE + offset;
}

static const struct ir_slot *find_slot(const char *name)
{
    for (unsigned i = 0; i < test_guest.nslots; i++)
        if (strcmp(test_guest.slots[i].name, name) == 0)
            return &test_guest.slots[i];
    return NULL;
}

/* Up to two numbers; sscanf's own would stop at the largest signed one. */
static void numbers(const char *text, uint64_t v[2])
{
    char *end;
    v[0] = strtoull(text, &end, 0);
    v[1] = *end == ' ' ? strtoull(end, NULL, 0) : 0;
}

static void prepare(const struct one *c, uint32_t *mxcsr)
{
    uint64_t base = (uintptr_t)scratch + TG_SCRATCH_BASE;
    memset(&cpu, 0, sizeof cpu);
    memset(scratch, 0, sizeof scratch);
    memcpy(cpu_slot(&cpu, &test_guest.slots[TG_BASE]), &base, sizeof base);
    cpu.exclusive_address = CPU_NOT_EXCLUSIVE;
    for (unsigned i = 0; i < test_guest.nhelpers; i++)
        cpu.helper[i] = (void *)test_guest.helpers[i].fn;
    *mxcsr = MXCSR_START;
    for (char *line = c->setup; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char word[32], name[32];
        uint64_t v[2] = {0};
        int length = 0;
        if (sscanf(line, "%31s %31s%n", word, name, &length) < 2 || word[0] == '#')
            continue;
        numbers(line + length, v);
        if (strcmp(word, "mxcsr") == 0) {
            *mxcsr = (uint32_t)strtoul(name, NULL, 0);
        } else if (strcmp(word, "mem") == 0) {
            memcpy(memory(strtoull(name, NULL, 0)), &v[0], 8);
        } else {
            const struct ir_slot *slot = find_slot(name);
            cr_assert(strcmp(word, "set") == 0 && slot, "%s: cannot set: %s", c->name, name);
            memcpy(cpu_slot(&cpu, slot), v, ir_type_size((enum ir_type)slot->type));
        }
    }
}

static void want_slot(const struct one *c, const char *how, const char *name, const uint64_t v[2])
{
    const struct ir_slot *slot = find_slot(name);
    uint64_t have[2] = {0};
    cr_assert_not_null(slot, "%s: no slot %s", c->name, name);
    memcpy(have, cpu_slot(&cpu, slot), ir_type_size((enum ir_type)slot->type));
    cr_expect(have[0] == v[0] && have[1] == v[1],
              "%s, %s: %s is %#" PRIx64 ":%" PRIx64 ", not %#" PRIx64 ":%" PRIx64, c->name, how, name,
              have[1], have[0], v[1], v[0]);
}

static void want(const struct one *c, const char *how, const char *line, enum ir_exit reason,
                 uint32_t flags)
{
    char name[32], word[32] = "";
    uint64_t v[2] = {0}, have;
    int first = 0, second = 0;
    if (sscanf(line, "want %31s%n %31s%n", name, &first, word, &second) < 2)
        return;
    if (strcmp(name, "exit") == 0) {
        numbers(line + second, v);
        cr_expect_str_eq(ir_exit_name[reason], word, "%s, %s", c->name, how);
        cr_expect_eq(cpu.exit_pc, v[0], "%s, %s: exit to %#" PRIx64, c->name, how, cpu.exit_pc);
    } else if (strcmp(name, "mem") == 0) {
        numbers(line + second, v);
        memcpy(&have, memory(strtoull(word, NULL, 0)), 8);
        cr_expect_eq(have, v[0], "%s, %s: memory at %s is %#" PRIx64, c->name, how, word, have);
    } else if (strcmp(name, "info") == 0) {
        have = cpu.exit_info - (uintptr_t)scratch - TG_SCRATCH_BASE;
        cr_expect_eq(have, strtoull(word, NULL, 0), "%s, %s: info %#" PRIx64, c->name, how, have);
    } else if (strcmp(name, "flags") == 0) {
        cr_expect_eq(flags, strtoul(word, NULL, 0), "%s, %s: flags %#x", c->name, how, flags);
    } else {
        numbers(line + first, v);
        want_slot(c, how, name, v);
    }
}

static void run(const struct one *c, const struct ir_block *b, const char *how)
{
    uint32_t mxcsr, before = fp_get_mxcsr();
    prepare(c, &mxcsr);
    fp_set_mxcsr(mxcsr);
    enum ir_exit reason = ir_interpret(b, &cpu);
    uint32_t flags = fp_get_mxcsr() & FLAGS_SEEN;
    fp_set_mxcsr(before);
    for (const char *line = c->wants; *line; line += strcspn(line, "\n"), line += *line == '\n')
        want(c, how, line, reason, flags);
}

static void compare_fold(const struct one *c)
{
    const char *error = ir_parse(&expected, &test_guest, c->fold, &arena);
    cr_assert_null(error, "%s: %s", c->name, error);
    ir_remove_dead(&built);
    rebuild(&dense[0], &built, false);
    rebuild(&dense[1], &expected, false);
    const char *have = ir_print(&dense[0], &arena), *wanted = ir_print(&dense[1], &arena);
    cr_expect(strcmp(have, wanted) == 0, "%s: folded to\n%swanted\n%s", c->name, have, wanted);
}

/* An error is wanted: "want error TEXT" or "want parse TEXT". Returns true if that was the case. */
static bool want_error(const struct one *c, const char *kind, const char *error)
{
    char prefix[32];
    size_t n = (size_t)snprintf(prefix, sizeof prefix, "want %s ", kind);
    if (strncmp(c->wants, prefix, n) != 0)
        return false;
    size_t length = strcspn(c->wants + n, "\n");
    char *wanted = strndup(c->wants + n, length);
    cr_expect(error && strstr(error, wanted), "%s: %s, not %s", c->name, error, wanted);
    free(wanted);
    return true;
}

static void run_case(const struct one *c)
{
    const char *error = ir_parse(&parsed, &test_guest, c->block, &arena);
    if (want_error(c, "parse", error))
        return;
    cr_assert_null(error, "%s: %s\n%s", c->name, error, c->block);
    error = ir_check(&parsed, &arena);
    if (want_error(c, "error", error))
        return;
    cr_assert_null(error, "%s: %s", c->name, error);
    rebuild(&built, &parsed, true);
    error = ir_check(&built, &arena);
    cr_assert_null(error, "%s, built: %s\n%s", c->name, error, ir_print(&built, &arena));
    if (c->fold) {
        compare_fold(c);
        return;
    }
    cr_assert(*c->wants, "%s: nothing is wanted", c->name);
    run(c, &parsed, "as it stands");
    run(c, &built, "built");
}

/* Cuts the text of a case in place. */
static struct one cut(char *text)
{
    struct one c = {.name = text};
    char *end = strchr(text, '\n');
    *end = 0;
    c.setup = end + 1;
    char *block = strncmp(c.setup, "block", 5) == 0 ? c.setup : strstr(c.setup, "\nblock");
    cr_assert_not_null(block, "%s: no block", c.name);
    if (block != c.setup)
        *block++ = 0;
    else
        c.setup = end;
    c.block = block;
    c.wants = strstr(block, "\nwant ");
    cr_assert_not_null(c.wants, "%s: nothing is wanted", c.name);
    *c.wants++ = 0;
    if (strncmp(c.wants, "want fold\n", 10) == 0)
        c.fold = c.wants + 10;
    return c;
}

static char *read_file(const char *name)
{
    const char *top = getenv("FERRY_SRC");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/ir/cases/%s.ir", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f, "%s (FERRY_SRC names the source folder)", path);
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    size_t n = fread(text, 1, SIZE - 1, f);
    fclose(f);
    text[n] = 0;
    return text;
}

static void run_file(const char *name)
{
    arena_init(&arena, 0);
    char *text = read_file(name), *at = text;
    unsigned count = 0;
    while ((at = strstr(at, "== "))) {
        char *next = strstr(at, "\n== ");
        if (next)
            *next++ = 0;
        struct one c = cut(at + 3);
        run_case(&c);
        count++;
        if (!next)
            break;
        at = next;
    }
    cr_expect(count > 0, "%s holds no case", name);
    arena_free(&arena);
    free(text);
}

Test(text, integer) { run_file("integer"); }
Test(text, flags) { run_file("flags"); }
Test(text, memory) { run_file("memory"); }
Test(text, atomic) { run_file("atomic"); }
Test(text, float) { run_file("float"); }
Test(text, vector) { run_file("vector"); }
Test(text, control) { run_file("control"); }
Test(text, fold) { run_file("fold"); }
Test(text, fold_condition) { run_file("fold_condition"); }
Test(text, fold_vector) { run_file("fold_vector"); }
Test(text, builder) { run_file("builder"); }
Test(text, check) { run_file("check"); }
Test(text, parse) { run_file("parse"); }

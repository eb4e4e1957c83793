/*
 * Prints what idioms of a guest's code become: guest instructions, host code, sizes. The argument is
 * the guest's name; standard input is a list of names and instruction words; the output is compared
 * with the expected file in the sources.
 *
 * The host's features are a fixed set, so that the output is the same on every machine. Addresses
 * are replaced by what they stand for: exits by "-> guest pc", stubs by their names; and the number
 * of an op that is left to C, which changes with every new op, by its name.
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "backend/x86_64/runtime.h"
#include "frontend/frontend.h"
#include "ir/text.h"

enum {
    FEATURES = HOST_BMI1 | HOST_BMI2 | HOST_LZCNT | HOST_FMA | HOST_AVX | HOST_AVX2 | HOST_F16C |
               HOST_PCLMUL | HOST_MOVBE | HOST_AES | HOST_SHA,
    GUEST_PC = 0x10000,
    MAX_TABLE = 1024,
};

struct emitted {
    struct code_buffer out;
    uint8_t bytes[1 << 16], maps[1 << 14];
    struct code_exit exits[MAX_TABLE];
    struct code_reloc relocs[MAX_TABLE];
};

struct guest_code {
    uint8_t bytes[512];
    size_t size;
};

static const uint8_t *window(void *context, uint64_t pc, size_t *size)
{
    const struct guest_code *g = context;
    uint64_t offset = pc - GUEST_PC;
    *size = offset < sizeof g->bytes ? sizeof g->bytes - offset : 0;
    return g->bytes + offset;
}

static size_t insn_size(const struct frontend *f, uint8_t first)
{
    return f->min_insn == 2 && (first & 3) != 3 ? 2 : 4;
}

static const struct frontend *guest_named(const char *name)
{
    for (const struct frontend *const *f = frontends; *f; f++)
        if (name && strcmp((*f)->name, name) == 0)
            return *f;
    fprintf(stderr, "usage: idioms GUEST <LIST\n");
    exit(2);
}

/* Behind the idiom stands what makes new flags (A64: cmp xzr, xzr), so that its own are dead. */
static void pad(const struct frontend *f, struct guest_code *g)
{
    static const uint32_t compare = 0xeb1f03ff;
    for (size_t at = 0; f->flags_use && at + sizeof compare <= sizeof g->bytes; at += sizeof compare)
        memcpy(g->bytes + at, &compare, sizeof compare);
}

static void print_guest(const struct frontend *f, const struct cpu_config *config,
                        const struct guest_code *g)
{
    for (size_t at = 0; at < g->size;) {
        char text[128];
        unsigned n =
            f->disassemble(config, GUEST_PC + at, g->bytes + at, g->size - at, text, sizeof text);
        for (char *p = text; *p; p++)
            if (*p == '\t')
                *p = ' ';
        printf("    %s\n", text);
        at += n;
    }
}

static const char *stub_name(uint64_t value)
{
    switch (value) {
    case offsetof(struct code_stubs, leave): return "leave";
    case offsetof(struct code_stubs, syscall): return "syscall";
    case offsetof(struct code_stubs, link): return "link";
    case offsetof(struct code_stubs, indirect): return "indirect";
    case offsetof(struct code_stubs, ret): return "ret";
    case offsetof(struct code_stubs, poll): return "poll";
    default: return "call";
    }
}

/* What the instruction's address field stands for, or NULL. */
static const char *target(const struct emitted *e, uint32_t start, uint32_t end)
{
    static char text[32];
    for (unsigned i = 0; i < e->out.nexits; i++)
        if (e->exits[i].patch >= start && e->exits[i].patch < end) {
            snprintf(text, sizeof text, "-> 0x%llx", (unsigned long long)e->exits[i].target);
            return text;
        }
    for (unsigned i = 0; i < e->out.nrelocs; i++)
        if (e->relocs[i].kind == CODE_RELOC_STUB && e->relocs[i].offset >= start &&
            e->relocs[i].offset < end)
            return stub_name(e->relocs[i].value);
    return NULL;
}

/* The operands' text; of the store that says which op a C function shall do, the op's name. */
static const char *operands(const char *text)
{
    static char named[64];
    char cell[32];
    size_t place = offsetof(struct cpu, spill) + CELL_EXACT_OP * 16 - CPU_BIAS;
    int n = snprintf(cell, sizeof cell, "dword ptr [rbp + %#zx], ", place);
    if (strncmp(text, cell, (size_t)n) != 0)
        return text;
    unsigned long word = strtoul(text + n, NULL, 0);
    snprintf(named, sizeof named, "%s%s.%s.%s", cell, ir_op_info[word & 0xff].text,
             ir_type_name[word >> 8 & 0xff], ir_type_name[word >> 16 & 0xff]);
    return named;
}

static void print_host(const struct emitted *e)
{
    size_t size = e->out.nexits ? e->exits[0].thunk : e->out.size;
    const uint8_t *code = e->bytes;
    uint64_t address = 0;
    csh handle;
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK)
        exit(1);
    cs_insn *insn = cs_malloc(handle);
    while (cs_disasm_iter(handle, &code, &size, &address, insn)) {
        const char *to = target(e, (uint32_t)insn->address, (uint32_t)(insn->address + insn->size));
        printf("%8llx  %s %s\n", (unsigned long long)insn->address, insn->mnemonic,
               to ? to : operands(insn->op_str));
    }
    cs_free(insn, 1);
    cs_close(&handle);
}

static void print_idiom(const struct frontend *f, const struct cpu_config *config,
                        struct backend *be, struct backend_work *work, const char *name,
                        struct guest_code *g)
{
    static struct ir_block b;
    static struct emitted e;
    struct code_source source = {window, g};
    unsigned insns = 0;
    for (size_t at = 0; at < g->size; insns++)
        at += insn_size(f, g->bytes[at]);
    frontend_translate(f, config, &source, &b, GUEST_PC, 0, insns, 0);
    ir_remove_dead(&b);
    e.out = (struct code_buffer){.bytes = e.bytes,
                                 .capacity = sizeof e.bytes,
                                 .exits = e.exits,
                                 .max_exits = MAX_TABLE,
                                 .relocs = e.relocs,
                                 .max_relocs = MAX_TABLE,
                                 .maps = e.maps,
                                 .maps_capacity = sizeof e.maps};
    printf("%s\n", name);
    print_guest(f, config, g);
    if (!backend_emit(be, work, &b, &e.out)) {
        printf("    does not fit\n");
        return;
    }
    print_host(&e);
    printf("    code %zu, maps %zu, exits %u\n\n", e.out.size, e.out.maps_size, e.out.nexits);
}

int main(int argc, char **argv)
{
    const struct frontend *f = guest_named(argv[1]);
    struct cpu_config config;
    char line[512], error[128];
    memset(&config, 0, sizeof config);
    if (!f->parse_cpu(NULL, &config, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    struct backend *be = backend_create(&f->ir, FEATURES, -1, -1);
    struct backend_work *work = backend_work_create(be);
    char pins[512];
    backend_describe(be, pins, sizeof pins);
    printf("pinned: %s\n\n", pins);
    while (fgets(line, sizeof line, stdin)) {
        char *word = strtok(line, " \n"), name[64];
        struct guest_code g = {.size = 0};
        pad(f, &g);
        if (!word || word[0] == '#')
            continue;
        snprintf(name, sizeof name, "%s", word);
        while ((word = strtok(NULL, " \n")) && g.size + 4 <= sizeof g.bytes) {
            uint32_t w = (uint32_t)strtoul(word, NULL, 16);
            memcpy(g.bytes + g.size, &w, 4);
            g.size += insn_size(f, (uint8_t)w);
        }
        print_idiom(f, &config, be, work, name, &g);
    }
    backend_work_destroy(work);
    backend_destroy(be);
    return 0;
}

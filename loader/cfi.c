/* Call frame information. See cfi.h. */
#include "loader/cfi.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- DWARF expressions, as far as rules of frames use them ---- */

enum { STACK = 16 };

struct machine {
    const struct cfi_frame *frame;
    uint64_t cfa;
    uint64_t stack[STACK];
    unsigned depth;
    bool failed;
};

static void push(struct machine *m, uint64_t value)
{
    if (m->depth < STACK)
        m->stack[m->depth++] = value;
    else
        m->failed = true;
}

static uint64_t pop(struct machine *m)
{
    if (m->depth)
        return m->stack[--m->depth];
    m->failed = true;
    return 0;
}

static uint64_t read_register(struct machine *m, uint64_t number)
{
    if (number < CFI_REGISTERS)
        return m->frame->reg[number];
    m->failed = true;
    return 0;
}

static uint64_t read_word(struct machine *m, uint64_t address)
{
    uint64_t word = 0;
    if (!m->frame->read(m->frame->context, address, &word))
        m->failed = true;
    return word;
}

static void binary(struct machine *m, uint8_t atom)
{
    uint64_t b = pop(m), a = pop(m);
    switch (atom) {
    case DW_OP_plus:
        push(m, a + b);
        break;
    case DW_OP_minus:
        push(m, a - b);
        break;
    case DW_OP_mul:
        push(m, a * b);
        break;
    case DW_OP_and:
        push(m, a & b);
        break;
    case DW_OP_shl:
        push(m, b < 64 ? a << b : 0);
        break;
    case DW_OP_ge:
        push(m, (int64_t)a >= (int64_t)b);
        break;
    default:
        m->failed = true;
        break;
    }
}

static void execute(struct machine *m, const Dwarf_Op *op)
{
    uint8_t atom = op->atom;
    if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
        push(m, read_register(m, (uint64_t)atom - DW_OP_breg0) + op->number);
    else if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
        push(m, (uint64_t)atom - DW_OP_lit0);
    else if (atom >= DW_OP_const1u && atom <= DW_OP_consts)
        push(m, op->number);
    else if (atom == DW_OP_bregx)
        push(m, read_register(m, op->number) + op->number2);
    else if (atom == DW_OP_call_frame_cfa)
        push(m, m->cfa);
    else if (atom == DW_OP_plus_uconst)
        push(m, pop(m) + op->number);
    else if (atom == DW_OP_deref)
        push(m, read_word(m, pop(m)));
    else
        binary(m, atom);
}

/*
 * The value that an expression stands for. One that ends with DW_OP_stack_value is a value, one that
 * names a register is what that holds, and any other is the address of the value.
 */
static bool evaluate(struct machine *m, const Dwarf_Op *ops, size_t n, bool address,
                     uint64_t *result)
{
    m->depth = 0;
    m->failed = n == 0;
    if (n == 1 && ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_regx) {
        bool extended = ops[0].atom == DW_OP_regx;
        *result = read_register(m, extended ? ops[0].number : (uint64_t)ops[0].atom - DW_OP_reg0);
        return !m->failed;
    }
    bool value = n && ops[n - 1].atom == DW_OP_stack_value;
    for (size_t i = 0; i < n - value && !m->failed; i++)
        execute(m, &ops[i]);
    *result = pop(m);
    if (!value && !address && !m->failed)
        *result = read_word(m, *result);
    return !m->failed;
}

/* ---- frames ---- */

static enum cfi_result apply(Dwarf_Frame *rules, struct cfi_frame *frame)
{
    struct cfi_frame caller = *frame;
    struct machine m = {.frame = frame};
    Dwarf_Addr start, end;
    Dwarf_Op *ops, room[3];
    size_t n;
    bool signal;
    int ra = dwarf_frame_info(rules, &start, &end, &signal);
    if (ra < 0 || ra >= CFI_REGISTERS || dwarf_frame_cfa(rules, &ops, &n) != 0 ||
        !evaluate(&m, ops, n, true, &m.cfa))
        return CFI_NONE;
    caller.reg[frame->sp] = m.cfa; /* unless a rule says otherwise */
    for (int i = 0; i < CFI_REGISTERS; i++) {
        if (dwarf_frame_register(rules, i, room, &ops, &n) != 0)
            continue;
        if (n == 0 && ops == room && i == ra)
            return CFI_OUTERMOST;
        if (n && !evaluate(&m, ops, n, false, &caller.reg[i]))
            return CFI_NONE;
    }
    caller.pc = caller.reg[ra];
    if (caller.pc == frame->pc && m.cfa == frame->reg[frame->sp])
        return CFI_NONE; /* it would go on for ever */
    *frame = caller;
    return CFI_STEPPED;
}

static enum cfi_result step_by(Dwarf_CFI *cfi, uint64_t link, struct cfi_frame *frame)
{
    Dwarf_Frame *rules = NULL;
    if (!cfi || dwarf_cfi_addrframe(cfi, link, &rules) != 0)
        return CFI_NONE;
    enum cfi_result result = apply(rules, frame);
    free(rules);
    return result;
}

enum cfi_result cfi_step(const char *path, uint64_t link, struct cfi_frame *frame)
{
    enum cfi_result result = CFI_NONE;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return CFI_NONE;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    Dwarf_CFI *runtime = elf ? dwarf_getcfi_elf(elf) : NULL; /* .eh_frame */
    result = step_by(runtime, link, frame);
    Dwarf *debug = elf && result == CFI_NONE ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
    if (debug) /* .debug_frame */
        result = step_by(dwarf_getcfi(debug), link, frame);
    dwarf_end(debug);
    if (runtime)
        dwarf_cfi_end(runtime);
    elf_end(elf);
    close(fd);
    return result;
}

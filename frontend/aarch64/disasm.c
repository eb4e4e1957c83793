/* Disassembly of A64 as `objdump -M no-aliases` writes it: the kinds of operands. */
#include <string.h>

#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"

static void print_operand(struct decode_text *text, char kind, int64_t value, uint64_t pc)
{
    (void)pc;
    decode_print(text, "%c%lld", kind, (long long)value);
}

unsigned a64_disassemble(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                         size_t size, char *text, size_t text_size)
{
    struct decode_text out = {text, text + text_size};
    uint32_t word;
    (void)config;
    if (size < sizeof word)
        return 0;
    memcpy(&word, bytes, sizeof word);
    enum a64_insn insn = a64_decode_a64(word);
    if (insn == A64_INVALID)
        decode_print(&out, ".inst\t0x%08x ; undefined", word);
    else
        decode_disassemble(&a64_rows[insn], word, pc, &out, a64_field, print_operand);
    return sizeof word;
}

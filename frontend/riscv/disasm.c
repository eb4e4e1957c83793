/*
 * Disassembly of RISC-V as `objdump -M no-aliases` writes it: the kinds of operands (rv64.dec names
 * them), and the name of an extension for words that we do not decode.
 */
#include <stdio.h>
#include <string.h>

#include "frontend/riscv/decode.h"
#include "frontend/riscv/internal.h"

static const char *const x_names[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static const char *f_name(int64_t f)
{
    return frontend_riscv64.ir.slots[RV_SLOT_F0 + f].name;
}

static void print_fence_set(struct decode_text *text, int64_t set)
{
    decode_print(text, "%s%s%s%s%s", set & 8 ? "i" : "", set & 4 ? "o" : "", set & 2 ? "r" : "",
                 set & 1 ? "w" : "", set ? "" : "unknown");
}

static void print_rounding(struct decode_text *text, int64_t rm, int64_t usual)
{
    static const char *const names[8] = {"rne", "rtz",     "rdn",     "rup",
                                         "rmm", "unknown", "unknown", "dyn"};
    if (rm != usual)
        decode_print(text, ",%s", names[rm & 7]);
}

/* Names of the CSRs that objdump knows. */
static const struct {
    uint16_t number;
    const char *name;
} csr_names[] = {
#define CSR(number, name) {number, #name},
#include "frontend/riscv/csr.def"
#undef CSR
};

static void print_csr(struct decode_text *text, int64_t csr)
{
    for (unsigned i = 0; i < sizeof csr_names / sizeof csr_names[0]; i++)
        if (csr_names[i].number == csr) {
            decode_print(text, "%s", csr_names[i].name);
            return;
        }
    decode_print(text, "0x%llx", (unsigned long long)csr);
}

static void print_constant(struct decode_text *text, int64_t index)
{
    if (index == 1 || index == 31)
        decode_print(text, index == 1 ? "min" : "nan");
    else
        decode_print(text, "%a", rv_fli_values[index & 31]);
}

static void print_operand(struct decode_text *text, char kind, int64_t value, uint32_t word,
                          uint64_t pc)
{
    static const char *const orders[4] = {"", ".rl", ".aq", ".aqrl"};
    (void)word;
    switch (kind) {
    case 'x': decode_print(text, "%s", x_names[value & 31]); break;
    case 'f': decode_print(text, "%s", f_name(value & 31)); break;
    case 'd': decode_print(text, "%d", (int)value); break;
    case 'h': decode_print(text, "0x%x", (unsigned)value); break;
    case 'u': decode_print(text, "0x%x", (unsigned)value >> 12); break;
    case 'p': decode_print(text, "0x%llx", (unsigned long long)(pc + (uint64_t)value)); break;
    case 'm': print_rounding(text, value, 7); break;
    case 'r': print_rounding(text, value, 0); break;
    case 'q': decode_print(text, "%s", orders[value & 3]); break;
    case 'o': print_fence_set(text, value); break;
    case 'c': print_csr(text, value); break;
    case 'l': print_constant(text, value); break;
    case 'M': decode_print(text, "%d", (int)(2 * value + 1)); break;
    }
}

/*
 * The extension that an undefined word probably belongs to, by major opcode (RISC-V ISA Manual,
 * chapter 34): for the log, so that a user learns what his program wants.
 */
const char *riscv_guess_extension(uint32_t word)
{
    unsigned funct3 = word >> 12 & 7;
    if (riscv_length(word) == 2)
        return " (no compressed instruction that we know)";
    switch (word & 0x7f) {
    case 0x57: return " (vector: V)";
    case 0x77: return " (vector cryptography: Zvk*)";
    case 0x07:
    case 0x27:
        return funct3 == 4                  ? " (quad precision: Q)"
               : funct3 == 0 || funct3 >= 5 ? " (vector: V)"
                                            : "";
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
    case 0x53: return (word >> 25 & 3) == 3 ? " (quad precision: Q)" : "";
    case 0x13:
    case 0x33:
    case 0x3b:
    case 0x1b: return " (bit manipulation or scalar cryptography: Zb* or Zk*)";
    case 0x2f: return " (atomics)";
    case 0x73: return funct3 ? " (CSR)" : " (privileged)";
    case 0x0b:
    case 0x2b:
    case 0x5b:
    case 0x7b: return " (custom)";
    }
    return "";
}

unsigned riscv_disassemble(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                           size_t size, char *text, size_t text_size)
{
    uint32_t word = 0;
    struct decode_text out = {text, text + text_size};
    (void)config;
    if (size < 2 || text_size == 0)
        return 0;
    memcpy(&word, bytes, 2);
    unsigned length = riscv_length(word);
    if (size < length) {
        decode_print(&out, ".2byte\t0x%x", word);
        return 2;
    }
    memcpy(&word, bytes, length);
    enum rv_insn insn = length == 2 ? rv_decode_insn16(word) : rv_decode_insn32(word);
    if (insn == RV_INVALID)
        decode_print(&out, ".%ubyte\t0x%x", length, word);
    else
        decode_disassemble(&rv_rows[insn], word, pc, &out, rv_field, print_operand);
    return length;
}

/*
 * Disassembly of A64 as `objdump -M no-aliases` writes it: the kinds of operands.
 *
 *   x w X W   general register, 64 or 32 bits; 31 is xzr wzr, or sp wsp for X W
 *   r R       the same of the width that bit 31 (sf) chooses
 *   b h s d q scalar register of the vector file       v  its name as vector, "v3"
 *   a         arrangement of Q:size, "8b 16b 4h ..."    f  of Q:sz, "2s 4s 2d"
 *   i j       "#" decimal, "#0x" hexadecimal            l  ", #n", nothing if 0
 *   p P       target of a branch or adr; of adrp, in pages
 *   c         condition
 *   k         N:immr:imms of a logical immediate        H  ", lsl #12" if 1
 *   K         shift of a wide move, in units of 16       S  shift:amount of a register, ", lsr #3"
 *   A         the same where rotation is reserved       e  rm:option:amount of an extended register
 *   y         op0 - 2:op1:CRn:CRm:op2 of a system register  C  CRn or CRm, "C7"
 *   o O       option of DMB and DSB; of ISB and CLREX   N  number without "#"
 *   u         general register, nothing if x30          z  ", x1", nothing if xzr
 *
 * Words of floating point and Advanced SIMD have kinds of their own, which go first: disasm_simd.c.
 * To add a kind: its letter here and a case in print_operand. A kind that finds the word reserved
 * prints RESERVED, and the whole becomes ".inst".
 */
#include <stdio.h>
#include <string.h>

#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"

#define RESERVED A64_RESERVED

static const char *const condition_names[16] = {
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv",
};

static void print_general(struct decode_text *text, int64_t r, bool is_64, bool is_sp)
{
    char letter = is_64 ? 'x' : 'w';
    if (r < 31)
        decode_print(text, "%c%d", letter, (int)r);
    else if (is_sp)
        decode_print(text, "%s", is_64 ? "sp" : "wsp");
    else
        decode_print(text, "%czr", letter);
}

static void print_mask(struct decode_text *text, int64_t fields, bool is_64)
{
    uint64_t mask;
    if (!a64_logical_mask(is_64, (uint32_t)fields, &mask))
        decode_print(text, RESERVED);
    decode_print(text, "#0x%llx", (unsigned long long)mask);
}

static void print_shift(struct decode_text *text, int64_t value, bool is_64, bool rotates)
{
    static const char *const names[4] = {"lsl", "lsr", "asr", "ror"};
    unsigned shift = value >> 6 & 3, amount = value & 63;
    if ((!is_64 && amount > 31) || (shift == 3 && !rotates))
        decode_print(text, RESERVED);
    if (shift || amount)
        decode_print(text, ", %s #%u", names[shift], amount);
}

/* The names of the extensions; where sp takes part, the one that changes nothing is lsl. */
static void print_extended(struct decode_text *text, int64_t value, uint32_t word)
{
    static const char *const names[8] = {"uxtb", "uxth", "uxtw", "uxtx",
                                         "sxtb", "sxth", "sxtw", "sxtx"};
    unsigned option = value >> 3 & 7, amount = value & 7;
    bool is_64 = word >> 31, sets_flags = word >> 29 & 1;
    bool has_sp = (word >> 5 & 31) == 31 || ((word & 31) == 31 && !sets_flags);
    if (amount > 4)
        decode_print(text, RESERVED);
    print_general(text, value >> 6 & 31, is_64 && (option & 3) == 3, false);
    if (has_sp && option == (is_64 ? 3 : 2)) {
        if (amount)
            decode_print(text, ", lsl #%u", amount);
        return;
    }
    decode_print(text, ", %s", names[option]);
    if (amount)
        decode_print(text, " #%u", amount);
}

static void print_wide_shift(struct decode_text *text, int64_t value, bool is_64)
{
    if (value > 1 && !is_64)
        decode_print(text, RESERVED);
    if (value)
        decode_print(text, ", lsl #%d", 16 * (int)value);
}

static void print_barrier(struct decode_text *text, int64_t option)
{
    static const char *const names[16] = {
        NULL, "oshld", "oshst", "osh", NULL, "nshld", "nshst", "nsh",
        NULL, "ishld", "ishst", "ish", NULL, "ld",    "st",    "sy",
    };
    if (names[option & 15])
        decode_print(text, "%s", names[option & 15]);
    else
        decode_print(text, "#0x%02x", (unsigned)option);
}

static void print_system_register(struct decode_text *text, int64_t number)
{
    const char *name = a64_system_register_name((unsigned)number);
    if (name)
        decode_print(text, "%s", name);
    else
        decode_print(text, "s%d_%d_c%d_c%d_%d", 2 + (int)(number >> 14), (int)(number >> 11) & 7,
                     (int)(number >> 7) & 15, (int)(number >> 3) & 15, (int)number & 7);
}

static void print_arrangement(struct decode_text *text, int64_t value)
{
    static const char *const names[8] = {"8b", "4h", "2s", "1d", "16b", "8h", "4s", "2d"};
    decode_print(text, "%s", names[value & 7]);
}

static void print_operand(struct decode_text *text, char kind, int64_t value, uint32_t word,
                          uint64_t pc)
{
    static const char *const float_arrangements[4] = {"2s", RESERVED, "4s", "2d"};
    bool is_64 = word >> 31, is_simd = (word >> 25 & 7) == 7;
    if (is_simd && (a64_print_fp(text, kind, value) || a64_print_simd(text, kind, value, word)))
        return;
    if ((word >> 25 & 5) == 4 && a64_print_memory(text, kind, value, word))
        return;
    switch (kind) {
    case 'x': case 'X': print_general(text, value, true, kind == 'X'); break;
    case 'w': case 'W': print_general(text, value, false, kind == 'W'); break;
    case 'r': case 'R': print_general(text, value, is_64, kind == 'R'); break;
    case 'b': case 'h': case 's': case 'd': case 'q': case 'v':
        decode_print(text, "%c%d", kind, (int)value);
        break;
    case 'a': print_arrangement(text, value); break;
    case 'f': decode_print(text, "%s", float_arrangements[value & 3]); break;
    case 'i': decode_print(text, "#%lld", (long long)value); break;
    case 'j': decode_print(text, "#0x%llx", (unsigned long long)value); break;
    case 'l':
        if (value)
            decode_print(text, ", #%lld", (long long)value);
        break;
    case 'p': decode_print(text, "0x%llx", (unsigned long long)(pc + (uint64_t)value)); break;
    case 'P':
        decode_print(text, "0x%llx",
                     (unsigned long long)((pc & ~UINT64_C(4095)) + ((uint64_t)value << 12)));
        break;
    case 'c': decode_print(text, "%s", condition_names[value & 15]); break;
    case 'k': print_mask(text, value, is_64); break;
    case 'H': decode_print(text, "%s", value ? ", lsl #12" : ""); break;
    case 'K': print_wide_shift(text, value, is_64); break;
    case 'S': case 'A': print_shift(text, value, is_64, kind == 'S'); break;
    case 'e': print_extended(text, value, word); break;
    case 'y': print_system_register(text, value); break;
    case 'C': decode_print(text, "C%d", (int)value); break;
    case 'o': print_barrier(text, value); break;
    case 'u': case 'z':
        if (value != (kind == 'u' ? 30 : 31)) {
            decode_print(text, "%s", kind == 'z' ? ", " : "");
            print_general(text, value, true, false);
        }
        break;
    case 'N': decode_print(text, "%lld", (long long)value); break;
    case 'O':
        if (value != 15)
            decode_print(text, "#0x%x", (unsigned)value);
        break;
    }
}

unsigned a64_disassemble(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                         size_t size, char *text, size_t text_size)
{
    struct decode_text out = {text, text + text_size};
    uint32_t word;
    (void)config;
    if (size < sizeof word || text_size == 0)
        return 0;
    memcpy(&word, bytes, sizeof word);
    enum a64_insn insn = a64_decode_a64(word);
    if (insn != A64_INVALID)
        decode_disassemble(&a64_rows[insn], word, pc, &out, a64_field, print_operand);
    if (insn == A64_INVALID || memchr(text, *RESERVED, (size_t)(out.at - text)))
        snprintf(text, text_size, ".inst\t0x%08x ; undefined", word);
    return sizeof word;
}

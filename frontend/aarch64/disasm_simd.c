/*
 * Disassembly of Advanced SIMD on integers: its kinds of operands. A kind takes what it needs
 * beyond its field (Q, size, the immediate that says the size) from the word.
 *
 *   V       vector of Q:size                      N  of the next size, whole ("8h 4s 2d 1q")
 *   P       vector of Q and the next size         B  of bytes          W  of words
 *   S D     scalar of size; of the next size
 *   H G     vector of Q and the size in immh; of the next size, whole
 *   T U     scalar of the size in immh; of the next size
 *   K L     right, left shift in immh:immb
 *   E o e   vector, scalar, element by imm5; k: element by imm5 and imm4; g: general register
 *   M       indexed element                       Q  indexed four bytes
 *   l       list of tables                        2  nothing or "2"   8  the width of size
 *   I m     vector and value of a modified immediate
 */
#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"

static uint32_t bits(uint32_t word, unsigned hi, unsigned lo)
{
    return word >> lo & ((2u << (hi - lo)) - 1);
}

static const char lane_letter[] = "bhsdq";

static void print_vector(struct decode_text *text, int64_t v, unsigned q, unsigned size)
{
    decode_print(text, "v%lld.%u%c", (long long)v, (8u << q) >> size, lane_letter[size]);
}

static void print_scalar(struct decode_text *text, int64_t v, unsigned size)
{
    decode_print(text, "%c%lld", lane_letter[size], (long long)v);
}

static void print_element(struct decode_text *text, int64_t v, unsigned size, unsigned index)
{
    decode_print(text, "v%lld.%c[%u]", (long long)v, lane_letter[size], index);
}

/* Kinds that take the size from bits 23 and 22. */
static bool print_by_size(struct decode_text *text, char kind, int64_t value, uint32_t word)
{
    unsigned q = bits(word, 30, 30), size = bits(word, 23, 22);
    switch (kind) {
    case 'V': print_vector(text, value, q, size); break;
    case 'N': print_vector(text, value, 1, size + 1); break;
    case 'P': print_vector(text, value, q, size + 1); break;
    case 'B': print_vector(text, value, q, 0); break;
    case 'W': print_vector(text, value, q, 2); break;
    case 'S': print_scalar(text, value, size); break;
    case 'D': print_scalar(text, value, size + 1); break;
    case '2': decode_print(text, "%s", q ? "2" : ""); break;
    case '8': decode_print(text, "#%u", 8u << size); break;
    default: return false;
    }
    return true;
}

/* Kinds that take it from immh. */
static bool print_by_immh(struct decode_text *text, char kind, int64_t value, uint32_t word)
{
    unsigned q = bits(word, 30, 30), immhb = bits(word, 22, 16);
    unsigned size = immhb >= 8 ? 28u - (unsigned)__builtin_clz(immhb) : 0;
    switch (kind) {
    case 'H': print_vector(text, value, q, size); break;
    case 'G': print_vector(text, value, 1, size + 1); break;
    case 'T': print_scalar(text, value, size); break;
    case 'U': print_scalar(text, value, size + 1); break;
    case 'K': decode_print(text, "#%u", (16u << size) - immhb); break;
    case 'L': decode_print(text, "#%u", immhb - (8u << size)); break;
    default: return false;
    }
    return true;
}

/* Kinds that take it from imm5. */
static bool print_by_imm5(struct decode_text *text, char kind, int64_t value, uint32_t word)
{
    unsigned q = bits(word, 30, 30), imm5 = bits(word, 20, 16), imm4 = bits(word, 14, 11);
    unsigned size = (unsigned)__builtin_ctz(imm5 | 16);
    switch (kind) {
    case 'E': print_vector(text, value, q, size); break;
    case 'o': print_scalar(text, value, size); break;
    case 'e': print_element(text, value, size, imm5 >> (size + 1)); break;
    case 'k': print_element(text, value, size, imm4 >> size); break;
    case 'g':
        if (value == 31)
            decode_print(text, "%czr", size == 3 ? 'x' : 'w');
        else
            decode_print(text, "%c%lld", size == 3 ? 'x' : 'w', (long long)value);
        break;
    default: return false;
    }
    return true;
}

static void print_indexed(struct decode_text *text, uint32_t word, unsigned size)
{
    unsigned h = bits(word, 11, 11), lm = bits(word, 21, 20), v = bits(word, 19, 16);
    if (size == 1)
        print_element(text, v, size, h << 2 | lm);
    else
        print_element(text, (lm & 1) << 4 | v, size, h << 1 | lm >> 1);
}

static void print_quad(struct decode_text *text, uint32_t word)
{
    unsigned h = bits(word, 11, 11), l = bits(word, 21, 21);
    decode_print(text, "v%u.4b[%u]", bits(word, 20, 16), h << 1 | l);
}

/* A range, where there are more than two and register 0 does not follow on 31. */
static void print_tables(struct decode_text *text, unsigned first, unsigned more)
{
    decode_print(text, "{v%u.16b", first);
    if (more > 1 && first + more < 32)
        decode_print(text, "-v%u.16b", first + more);
    else
        for (unsigned i = 1; i <= more; i++)
            decode_print(text, ", v%u.16b", (first + i) % 32);
    decode_print(text, "}");
}

/* cmode, op and o2 of the modified immediates. */
static void print_immediate_vector(struct decode_text *text, int64_t v, uint32_t word)
{
    unsigned q = bits(word, 30, 30), cmode = bits(word, 15, 12), op = bits(word, 29, 29);
    unsigned size = cmode < 8 ? 2 : cmode < 12 ? 1 : cmode < 14 ? 2 : op ? 3 : cmode == 14 ? 0 : 2;
    if (cmode == 15 && bits(word, 11, 11))
        size = 1;
    print_vector(text, v, q, size);
}

static void print_immediate(struct decode_text *text, unsigned imm8, uint32_t word)
{
    unsigned cmode = bits(word, 15, 12), op = bits(word, 29, 29);
    if (cmode == 15) {
        a64_print_fp(text, 'F', imm8);
    } else if (cmode == 14 && op) {
        unsigned long long value = 0;
        for (int i = 0; i < 8; i++)
            if (imm8 >> i & 1)
                value |= 0xffull << 8 * i;
        decode_print(text, "#0x%llx", value);
    } else {
        unsigned shift = cmode < 12 ? 8 * (cmode >> 1 & 3) : cmode < 14 ? 8 * (cmode - 11) : 0;
        if (cmode >= 8 && cmode < 12)
            shift = 8 * (cmode >> 1 & 1);
        decode_print(text, "#0x%x", imm8);
        if (shift)
            decode_print(text, ", %s #%u", cmode < 12 ? "lsl" : "msl", shift);
    }
}

bool a64_print_simd(struct decode_text *text, char kind, int64_t value, uint32_t word)
{
    switch (kind) {
    case 'M': print_indexed(text, word, bits(word, 23, 22)); return true;
    case 'Q': print_quad(text, word); return true;
    case 'l': print_tables(text, (unsigned)value, bits(word, 14, 13)); return true;
    case 'I': print_immediate_vector(text, value, word); return true;
    case 'm': print_immediate(text, (unsigned)value, word); return true;
    default:
        return print_by_size(text, kind, value, word) || print_by_immh(text, kind, value, word) ||
               print_by_imm5(text, kind, value, word);
    }
}

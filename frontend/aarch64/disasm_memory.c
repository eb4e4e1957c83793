/*
 * Disassembly of loads and stores: their kinds of operands. A kind takes what it needs beyond its
 * field from the word.
 *
 *   0 to 4    register offset: Rm, option<2>, option<0>, S; the kind is the shift that S asks for
 *   g         operation of a prefetch
 *   m         acquire and release: "", "l", "a", "al"
 *   n         the general register behind the even one
 *   V         list of vectors, with the element where there is one
 *   D         what a post-indexed base of a list advances by
 *   o         options of a memory copy or set, as the end of the mnemonic
 */
#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"

static uint32_t bits(uint32_t word, unsigned hi, unsigned lo)
{
    return word >> lo & ((2u << (hi - lo)) - 1);
}

static void print_index(struct decode_text *text, unsigned ext, unsigned shift)
{
    bool is_signed = ext & 4, wide = ext & 2, shifted = ext & 1;
    char letter = wide ? 'x' : 'w';
    unsigned rm = ext >> 3;
    if (rm == 31)
        decode_print(text, ", %czr", letter);
    else
        decode_print(text, ", %c%u", letter, rm);
    if (wide && !is_signed && !shifted)
        return;
    decode_print(text, ", %s", wide ? is_signed ? "sxtx" : "lsl" : is_signed ? "sxtw" : "uxtw");
    if (shifted)
        decode_print(text, " #%u", shift);
}

static void print_prefetch(struct decode_text *text, unsigned operation)
{
    static const char *const types[] = {"pld", "pli", "pst"};
    unsigned type = operation >> 3, level = operation >> 1 & 3;
    if (type < 3 && level < 3)
        decode_print(text, "%sl%u%s", types[type], level + 1, operation & 1 ? "strm" : "keep");
    else
        decode_print(text, "#0x%02x", operation);
}

static void print_next(struct decode_text *text, unsigned r, uint32_t word)
{
    char letter = bits(word, 30, 30) ? 'x' : 'w';
    if (r & 1)
        decode_print(text, A64_RESERVED);
    else if (r == 30)
        decode_print(text, "%czr", letter);
    else
        decode_print(text, "%c%u", letter, r + 1);
}

/* ---- lists of vectors ---------------------------------------------------------------------- */

struct list {
    unsigned registers, size; /* size is log2 of the element's */
    int index;                /* of the element, or -1 */
    unsigned bytes;           /* accessed */
};

static struct list list_of(uint32_t word)
{
    static const uint8_t registers[16] = {[0] = 4, [2] = 4, [4] = 3,  [6] = 3,
                                          [7] = 1, [8] = 2, [10] = 2};
    unsigned q = bits(word, 30, 30), size = bits(word, 11, 10), opcode = bits(word, 15, 12);
    if (!bits(word, 24, 24))
        return (struct list){registers[opcode], size, -1, registers[opcode] * (8u << q)};
    struct list l = {(bits(word, 13, 13) << 1 | bits(word, 21, 21)) + 1, opcode >> 2, 0, 0};
    unsigned index = q << 3 | bits(word, 12, 12) << 2 | size;
    if (l.size == 3) {
        l.size = size;
        l.index = -1;
    } else {
        l.size += l.size == 2 && size & 1;
        l.index = (int)(index >> l.size);
    }
    l.bytes = l.registers << l.size;
    return l;
}

static void print_one(struct decode_text *text, unsigned v, const struct list *l, uint32_t word)
{
    decode_print(text, "v%u.", v);
    if (l->index < 0)
        decode_print(text, "%u", (8u << bits(word, 30, 30)) >> l->size);
    decode_print(text, "%c", "bhsd"[l->size]);
}

static void print_list(struct decode_text *text, unsigned first, uint32_t word)
{
    struct list l = list_of(word);
    unsigned last = (first + l.registers - 1) % 32;
    bool all_alike = bits(word, 24, 24) && l.index < 0;
    bool interleaved = !bits(word, 24, 24) && bits(word, 13, 13) == 0;
    if (!all_alike && interleaved && l.size == 3 && !bits(word, 30, 30))
        decode_print(text, A64_RESERVED);
    decode_print(text, "{");
    if (l.registers > 2 && last > first) {
        print_one(text, first, &l, word);
        decode_print(text, "-");
        print_one(text, last, &l, word);
    } else {
        for (unsigned i = 0; i < l.registers; i++) {
            decode_print(text, "%s", i ? ", " : "");
            print_one(text, (first + i) % 32, &l, word);
        }
    }
    decode_print(text, "}");
    if (l.index >= 0)
        decode_print(text, "[%d]", l.index);
}

static void print_advance(struct decode_text *text, unsigned rm, uint32_t word)
{
    if (rm == 31)
        decode_print(text, "#%u", list_of(word).bytes);
    else
        decode_print(text, "x%u", rm);
}

/* ---- memory copy and set ------------------------------------------------------------------- */

static void print_options(struct decode_text *text, unsigned options, uint32_t word)
{
    static const char *const unprivileged[] = {"", "wt", "rt", "t"};
    static const char *const temporal[] = {"", "wn", "rn", "n"};
    unsigned d = bits(word, 4, 0), n = bits(word, 9, 5), s = bits(word, 20, 16);
    bool sets = bits(word, 23, 22) == 3;
    if (d == n || d == s || n == s || d == 31 || n == 31 || (s == 31 && !sets))
        decode_print(text, A64_RESERVED);
    else if (sets)
        decode_print(text, "%s%s", options & 1 ? "t" : "", options & 2 ? "n" : "");
    else
        decode_print(text, "%s%s", unprivileged[options & 3], temporal[options >> 2]);
}

bool a64_print_memory(struct decode_text *text, char kind, int64_t value, uint32_t word)
{
    static const char *const order[4] = {"", "l", "a", "al"};
    unsigned v = (unsigned)value;
    switch (kind) {
    case '0': case '1': case '2': case '3': case '4':
        print_index(text, v, (unsigned)(kind - '0'));
        break;
    case 'g': print_prefetch(text, v); break;
    case 'm': decode_print(text, "%s", order[v & 3]); break;
    case 'n': print_next(text, v, word); break;
    case 'V': print_list(text, v, word); break;
    case 'D': print_advance(text, v, word); break;
    case 'o': print_options(text, v, word); break;
    default: return false;
    }
    return true;
}

/*
 * A64: cryptographic extensions, by the examples of the standards: FIPS 197 (AES), FIPS 180-4
 * (SHA-1, SHA-256), GB/T 32905 and 32907 (SM3, SM4); where an example would be long, by the
 * standard's formulas.
 */
#include <string.h>

#include "tests/insn/a64.h"

typedef union ir_v128 v128;

static bool has_field(enum a64_insn insn, const char *name)
{
    for (unsigned i = 0; i < a64_rows[insn].nfields; i++)
        if (!strcmp(a64_fields[a64_rows[insn].fields[i]].name, name))
            return true;
    return false;
}

/* The result of an instruction on d, n and, if it has them, m and a number. */
static v128 run_with(enum a64_insn insn, v128 d, v128 n, v128 m, const char *field, unsigned number)
{
    set_v_register(0, d);
    set_v_register(1, n);
    set_v_register(2, m);
    uint32_t word = has_field(insn, "rm")
                        ? encode(insn, "rd", 0, "rn", 1, "rm", 2, field, number, NULL)
                        : encode(insn, "rd", 0, "rn", 1, NULL);
    cr_assert_eq(run_word(word), IR_EXIT_NONE, "%s", a64_rows[insn].name);
    return get_v_register(0);
}

static v128 run(enum a64_insn insn, v128 d, v128 n, v128 m)
{
    return run_with(insn, d, n, m, NULL, 0);
}

static const v128 zero;

static uint32_t rotate(uint32_t x, unsigned n)
{
    n %= 32;
    return n ? x << n | x >> (32 - n) : x;
}

static uint64_t rotate_right_64(uint64_t x, unsigned n)
{
    return x >> n | x << (64 - n);
}

static v128 add_words(v128 a, v128 b)
{
    for (unsigned i = 0; i < 4; i++)
        a.s[i] += b.s[i];
    return a;
}

/* Bytes n to n + 15 of a and b. */
static v128 extract(v128 a, v128 b, unsigned n)
{
    uint8_t both[32];
    v128 r;
    memcpy(both, &a, 16);
    memcpy(both + 16, &b, 16);
    memcpy(&r, both + n, 16);
    return r;
}

/* "abc" as the only block of a message, in words as the hashes read them. */
static void first_block(v128 words[4])
{
    memset(words, 0, 4 * sizeof *words);
    words[0].s[0] = 0x61626380;
    words[3].s[3] = 24;
}

/* ---- AES ----------------------------------------------------------------------------------- */

/* FIPS 197, 5.2. A state of four equal columns goes through AESE without being shifted. */
static void expand_key(const uint8_t key[16], v128 keys[11])
{
    uint32_t w[44], constant = 1;
    memcpy(w, key, 16);
    for (unsigned i = 4; i < 44; i++) {
        uint32_t x = w[i - 1];
        if (i % 4 == 0) {
            x = run(A64_aese, (v128){.s = {x, x, x, x}}, zero, zero).s[0];
            x = (x >> 8 | x << 24) ^ constant;
            constant = constant & 0x80 ? 0x1b : constant << 1;
        }
        w[i] = w[i - 4] ^ x;
    }
    memcpy(keys, w, sizeof w);
}

A64_TEST(a64_crypto, aes)
{
    /* FIPS 197, appendix B */
    static const uint8_t key[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                    0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    static const v128 plain = {.b = {0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d,
                                     0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34}};
    static const v128 cipher = {.b = {0x39, 0x25, 0x84, 0x1d, 0x02, 0xdc, 0x09, 0xfb,
                                      0xdc, 0x11, 0x85, 0x97, 0x19, 0x6a, 0x0b, 0x32}};
    v128 keys[11], state = plain;
    reset(NULL);
    expand_key(key, keys);
    for (unsigned i = 0; i < 10; i++) {
        state = run(A64_aese, state, keys[i], zero);
        if (i < 9)
            state = run(A64_aesmc, zero, state, zero);
    }
    state.d[0] ^= keys[10].d[0];
    state.d[1] ^= keys[10].d[1];
    cr_expect(!memcmp(&state, &cipher, 16), "encryption");
    for (unsigned i = 10; i > 0; i--) {
        bool mixed = i < 10;
        state = run(A64_aesd, state, mixed ? run(A64_aesimc, zero, keys[i], zero) : keys[i], zero);
        if (i > 1)
            state = run(A64_aesimc, zero, state, zero);
    }
    state.d[0] ^= keys[0].d[0];
    state.d[1] ^= keys[0].d[1];
    cr_expect(!memcmp(&state, &plain, 16), "decryption");
}

/* A round in one block is made one instruction of the host. */
A64_TEST(a64_crypto, aes_rounds_in_pairs)
{
    reset(NULL);
    v128 state = {.d = {0x0123456789abcdef, 0xfedcba9876543210}};
    v128 key = {.d = {5, 0x77665544332211}};
    v128 single = run(A64_aesmc, zero, run(A64_aese, state, key, zero), zero);
    single = run(A64_aesimc, zero, run(A64_aesd, single, state, zero), zero);
    const uint32_t words[] = {
        encode(A64_aese, "rd", 0, "rn", 1, NULL), encode(A64_aesmc, "rd", 0, "rn", 0, NULL),
        encode(A64_aesd, "rd", 0, "rn", 2, NULL), encode(A64_aesimc, "rd", 0, "rn", 0, NULL)};
    set_v_register(0, state);
    set_v_register(1, key);
    set_v_register(2, state);
    cr_assert_eq(run_words(words, 4), IR_EXIT_NONE);
    v128 pair = get_v_register(0);
    cr_expect(!memcmp(&pair, &single, 16));
}

A64_TEST(a64_crypto, polynomials)
{
    reset(NULL);
    v128 n = {.d = {0x8000000000000001, 3}}, m = {.d = {0x8000000000000003, 7}};
    v128 low = run(A64_pmull_1d, zero, n, m), high = run(A64_pmull2_1d, zero, n, m);
    cr_expect(low.d[0] == 3 && low.d[1] == 0x4000000000000001);
    cr_expect(high.d[0] == 9 && high.d[1] == 0);
}

/* ---- SHA-1, SHA-256, SHA-512 --------------------------------------------------------------- */

A64_TEST(a64_crypto, sha1)
{
    static const enum a64_insn rounds[] = {A64_sha1c, A64_sha1p, A64_sha1m, A64_sha1p};
    static const uint32_t k[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    static const v128 start = {.s = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
    v128 w[4], abcd = start, e = {.s = {0xc3d2e1f0}};
    reset(NULL);
    first_block(w);
    for (unsigned i = 0; i < 20; i++) {
        uint32_t c = k[i / 5];
        v128 words = add_words(w[0], (v128){.s = {c, c, c, c}});
        v128 next_e = run(A64_sha1h, zero, (v128){.s = {abcd.s[0], 1, 2, 3}}, zero);
        abcd = run(rounds[i / 5], abcd, e, words);
        e = next_e;
        v128 next = run(A64_sha1su1, run(A64_sha1su0, w[0], w[1], w[2]), w[3], zero);
        memmove(w, w + 1, 3 * sizeof *w);
        w[3] = next;
    }
    abcd = add_words(abcd, start);
    cr_expect(abcd.s[0] == 0xa9993e36 && abcd.s[1] == 0x4706816a && abcd.s[2] == 0xba3e2571 &&
              abcd.s[3] == 0x7850c26c);
    cr_expect_eq(e.s[0] + 0xc3d2e1f0, 0x9cd0d89d);
    cr_expect(e.s[1] == 0 && e.d[1] == 0, "sha1h clears the rest");
}

/* The first 32 bits behind the point of the cube root of p (FIPS 180-4, 4.2.2). */
static uint32_t cube_root(unsigned p)
{
    unsigned __int128 target = (unsigned __int128)p << 96, root = 0;
    for (int bit = 35; bit >= 0; bit--) {
        unsigned __int128 r = root | (unsigned __int128)1 << bit;
        if (r * r * r <= target)
            root = r;
    }
    return (uint32_t)root;
}

static unsigned next_prime(unsigned p)
{
    for (unsigned d = 2; p++; d = 2) {
        while (p % d)
            d++;
        if (d == p)
            return p;
    }
    return 0;
}

A64_TEST(a64_crypto, sha256)
{
    static const v128 start[2] = {{.s = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a}},
                                  {.s = {0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}}};
    static const uint32_t want[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                     0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    v128 w[4], abcd = start[0], efgh = start[1], sum[2];
    reset(NULL);
    first_block(w);
    for (unsigned i = 0, p = 1; i < 16; i++) {
        v128 words = w[0], old = abcd;
        for (unsigned j = 0; j < 4; j++)
            words.s[j] += cube_root(p = next_prime(p));
        abcd = run(A64_sha256h, abcd, efgh, words);
        efgh = run(A64_sha256h2, efgh, old, words);
        v128 next = run(A64_sha256su1, run(A64_sha256su0, w[0], w[1], zero), w[2], w[3]);
        memmove(w, w + 1, 3 * sizeof *w);
        w[3] = next;
    }
    sum[0] = add_words(abcd, start[0]);
    sum[1] = add_words(efgh, start[1]);
    cr_expect(!memcmp(sum, want, sizeof want));
}

/*
 * Two times four rounds in one block, as programs have them: the state keeps the host's order
 * between.
 */
A64_TEST(a64_crypto, sha256_rounds_in_sequence)
{
    v128 abcd = {.d = {0x1111111122222222, 0x3333333344444444}};
    v128 efgh = {.d = {0x5555555566666666, 0x7777777788888888}}, words = {.d = {123, 456}};
    reset(NULL);
    set_v_register(0, abcd);
    set_v_register(1, efgh);
    set_v_register(3, words);
    uint32_t code[6];
    for (unsigned i = 0; i < 6; i += 3) {
        code[i] = encode(A64_orr_v, "q", 1, "rd", 2, "rn", 0, "rm", 0, NULL);
        code[i + 1] = encode(A64_sha256h, "rd", 0, "rn", 1, "rm", 3, NULL);
        code[i + 2] = encode(A64_sha256h2, "rd", 1, "rn", 2, "rm", 3, NULL);
    }
    cr_assert_eq(run_words(code, 6), IR_EXIT_NONE);
    v128 first = get_v_register(0), second = get_v_register(1);
    for (unsigned i = 0; i < 2; i++) {
        v128 old = abcd;
        abcd = run(A64_sha256h, abcd, efgh, words);
        efgh = run(A64_sha256h2, efgh, old, words);
    }
    cr_expect(!memcmp(&first, &abcd, 16) && !memcmp(&second, &efgh, 16));
}

static uint64_t sigma(uint64_t x, unsigned a, unsigned b, unsigned c)
{
    return rotate_right_64(x, a) ^ rotate_right_64(x, b) ^ rotate_right_64(x, c);
}

/* FIPS 180-4, 6.4.2: step 3. s is a to h. */
static void sha512_round(uint64_t s[8], uint64_t word)
{
    uint64_t t1 = s[7] + sigma(s[4], 14, 18, 41) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + word;
    uint64_t t2 = sigma(s[0], 28, 34, 39) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
}

A64_TEST(a64_crypto, sha512)
{
    uint64_t s[8], words[2] = {0x0123456789abcdef, 0xf0e1d2c3b4a59687};
    v128 ab, cd, ef, gh;
    reset(NULL);
    for (unsigned i = 0; i < 8; i++)
        s[i] = 0x9e3779b97f4a7c15 * (i + 3);
    memcpy(&ab, s, 16), memcpy(&cd, s + 2, 16), memcpy(&ef, s + 4, 16), memcpy(&gh, s + 6, 16);
    v128 fg = extract(ef, gh, 8), de = extract(cd, ef, 8);
    gh.d[0] += words[1];
    gh.d[1] += words[0];
    v128 t1 = run(A64_sha512h, gh, fg, de);
    ab = run(A64_sha512h2, t1, cd, ab);
    sha512_round(s, words[0]);
    sha512_round(s, words[1]);
    cr_expect(ab.d[0] == s[0] && ab.d[1] == s[1]);
    cr_expect(cd.d[0] + t1.d[0] == s[4] && cd.d[1] + t1.d[1] == s[5]);

    v128 w[3] = {{.d = {1, 0xfedcba9876543210}}, {.d = {words[0], 5}}, {.d = {words[1], words[0]}}};
    v128 su0 = run(A64_sha512su0, w[0], w[1], zero), su1 = run(A64_sha512su1, w[0], w[1], w[2]);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t x = i ? w[1].d[0] : w[0].d[1], y = w[1].d[i];
        cr_expect_eq(su0.d[i], w[0].d[i] +
                                   (rotate_right_64(x, 1) ^ rotate_right_64(x, 8) ^ x >> 7));
        cr_expect_eq(su1.d[i], w[0].d[i] + w[2].d[i] +
                                   (rotate_right_64(y, 19) ^ rotate_right_64(y, 61) ^ y >> 6));
    }
}

/* ---- SHA-3 --------------------------------------------------------------------------------- */

A64_TEST(a64_crypto, sha3)
{
    const uint64_t x = 0x0123456789abcdef, y = 0xff00ff00f0f0f0f0, z = 0x5555555533333333;
    reset(NULL);
    set_v_register(3, (v128){.d = {z, ~z}});
    v128 n = {.d = {x, ~x}}, m = {.d = {y, x}};
    cr_expect_eq(run_with(A64_eor3, zero, n, m, "ra", 3).d[1], ~x ^ x ^ ~z);
    cr_expect_eq(run_with(A64_bcax, zero, n, m, "ra", 3).d[0], x ^ (y & ~z));
    cr_expect_eq(run(A64_rax1, zero, n, m).d[0], x ^ (y << 1 | y >> 63));
    cr_expect_eq(run_with(A64_xar, zero, n, m, "imm6", 11).d[0], rotate_right_64(x ^ y, 11));
    cr_expect_eq(run_with(A64_xar, zero, n, m, "imm6", 0).d[0], x ^ y);
}

/* ---- SM3, SM4 ------------------------------------------------------------------------------ */

/* The words 4 to 7 behind w[0] to w[3] (GB/T 32905, 5.3.2). */
static v128 expand_message(const v128 w[4])
{
    v128 part = run(A64_sm3partw1, extract(w[1], w[2], 12), w[0], w[3]);
    return run(A64_sm3partw2, part, extract(w[2], w[3], 8), extract(w[0], w[1], 12));
}

A64_TEST(a64_crypto, sm3)
{
    static const uint32_t start[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                                      0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
    static const uint32_t want[8] = {0x66c7f0f4, 0x62eeedd9, 0xd1f2d46b, 0xdc10e4e2,
                                     0x4167c487, 0x5cf2f7a2, 0x297da02b, 0x8f4ba8e0};
    v128 w[5], abcd, efgh;
    reset(NULL);
    for (unsigned i = 0; i < 4; i++) {
        abcd.s[i] = start[3 - i];
        efgh.s[i] = start[7 - i];
    }
    first_block(w);
    for (unsigned i = 0; i < 64; i++) {
        bool early = i < 16;
        v128 both, constant = {.s = {0, 0, 0, rotate(early ? 0x79cc4519 : 0x7a879d8a, i)}};
        if (i % 4 == 0 && i)
            memmove(w, w + 1, 4 * sizeof *w);
        if (i % 4 == 0)
            w[4] = expand_message(w);
        both.d[0] = w[0].d[0] ^ w[1].d[0];
        both.d[1] = w[0].d[1] ^ w[1].d[1];
        set_v_register(3, efgh);
        v128 ss1 = run_with(A64_sm3ss1, zero, abcd, constant, "ra", 3);
        abcd = run_with(early ? A64_sm3tt1a : A64_sm3tt1b, abcd, ss1, both, "imm2", i % 4);
        efgh = run_with(early ? A64_sm3tt2a : A64_sm3tt2b, efgh, ss1, w[0], "imm2", i % 4);
    }
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(abcd.s[3 - i] ^ start[i], want[i]);
        cr_expect_eq(efgh.s[3 - i] ^ start[i + 4], want[i + 4]);
    }
}

A64_TEST(a64_crypto, sm4)
{
    static const v128 plain = {.s = {0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210}};
    static const uint32_t family[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};
    v128 keys = plain, state = plain;
    reset(NULL);
    for (unsigned i = 0; i < 4; i++)
        keys.s[i] ^= family[i];
    for (unsigned i = 0; i < 32; i += 4) {
        v128 constants = zero; /* GB/T 32907, 7.3.2 */
        for (unsigned j = 0; j < 16; j++)
            constants.s[j / 4] |= (uint32_t)(uint8_t)((4 * i + j) * 7) << (24 - 8 * (j % 4));
        keys = run(A64_sm4ekey, zero, keys, constants);
        state = run(A64_sm4e, state, keys, zero);
    }
    cr_expect(state.s[3] == 0x681edf34 && state.s[2] == 0xd206965e && state.s[1] == 0x86b3e94f &&
              state.s[0] == 0x536e4246);
}

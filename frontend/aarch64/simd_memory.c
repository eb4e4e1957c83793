/*
 * Advanced SIMD structures in memory: LD1 to LD4, ST1 to ST4, in whole registers, one lane, or to
 * all lanes (Arm ARM, C3.2.10 and C7.2).
 *
 * Whole registers are loaded and stored as they lie in memory, and rearranged in between. An
 * arrangement of 64 bits is the low half of the work of one of 128.
 */
#include "frontend/aarch64/decode.h"

enum { MAX_ELEMENTS = 4 };

static ir_ref zip(struct translation *t, int half, int lane, ir_ref a, ir_ref b)
{
    return v_op(t, half ? IR_VZIP2 : IR_VZIP1, lane, a, b);
}

static ir_ref unzip(struct translation *t, int odd, int lane, ir_ref a, ir_ref b)
{
    return v_op(t, odd ? IR_VUZP2 : IR_VUZP1, lane, a, b);
}

/* The high half in both halves. */
static ir_ref high(struct translation *t, ir_ref a)
{
    return zip(t, 1, IR_I64, a, a);
}

/* The low half of a, the high half of b. */
static ir_ref low_high(struct translation *t, ir_ref a, ir_ref b)
{
    return v_op_num(t, IR_VCOPY, IR_I64, b, a, 0);
}

/* ---- bytes picked one by one --------------------------------------------------------------- */

enum { NO_BYTE = 0xff };

/* A control for VTBL. */
static ir_ref table_control(struct translation *t, const uint8_t control[16])
{
    uint64_t half[2] = {0, 0};
    for (unsigned i = 0; i < 16; i++)
        half[i / 8] |= (uint64_t)control[i] << (8 * (i % 8));
    return ir_emit(t->block, (struct ir_insn){.op = IR_VPAIR, .type = IR_V128,
                                              .a = ir_const(t->block, half[0]),
                                              .b = ir_const(t->block, half[1])});
}

/* Byte i is byte from[i] of the three registers in a row, or zero. */
static ir_ref pick_bytes(struct translation *t, const ir_ref v[3], const uint8_t from[16])
{
    ir_ref sum = IR_NONE;
    for (unsigned source = 0; source < 3; source++) {
        uint8_t control[16];
        bool wanted = false;
        for (unsigned i = 0; i < 16; i++) {
            bool ours = from[i] / 16 == source;
            control[i] = ours ? from[i] % 16 : NO_BYTE;
            wanted |= ours;
        }
        if (!wanted)
            continue;
        ir_ref part = v_op(t, IR_VTBL, IR_VOID, v[source], table_control(t, control));
        sum = sum ? v_op(t, IR_VOR, IR_VOID, sum, part) : part;
    }
    return sum;
}

/* ---- from structures to lanes -------------------------------------------------------------- */

/* Of three elements, register r for lanes of `size` bytes; its low `bytes` count. */
static ir_ref split_3_bytes(struct translation *t, const ir_ref v[3], unsigned r, unsigned size,
                            unsigned bytes)
{
    uint8_t from[16];
    for (unsigned i = 0; i < 16; i++)
        from[i] = i < bytes ? (uint8_t)((i / size * 3 + r) * size + i % size) : NO_BYTE;
    return pick_bytes(t, v, from);
}

/*
 * Three elements. Narrow lanes are picked. Wide ones: as one row of 3n lanes, lane p = 3j + i is
 * to become lane n*i + j. That is n*p modulo 3n - 1, so log2 n times the step p to 2p, which
 * interleaves the two halves of the row.
 */
static void split_3(struct translation *t, int lane, unsigned bytes, ir_ref v[3])
{
    unsigned size = ir_type_size((enum ir_type)lane);
    if (size < 4) {
        const ir_ref source[3] = {v[0], v[1], v[2]};
        for (unsigned r = 0; r < 3; r++)
            v[r] = split_3_bytes(t, source, r, size, bytes);
        return;
    }
    for (unsigned n = 16 / size; n > 1; n /= 2) {
        ir_ref a = v[0], b = v[1], c = v[2];
        v[0] = zip(t, 0, lane, a, high(t, b));
        v[1] = zip(t, 0, lane, high(t, a), c);
        v[2] = zip(t, 0, lane, b, high(t, c));
    }
}

static void split_2(struct translation *t, int lane, ir_ref v[2])
{
    ir_ref a = v[0], b = v[1];
    v[0] = unzip(t, 0, lane, a, b);
    v[1] = unzip(t, 1, lane, a, b);
}

static void split_4(struct translation *t, int lane, ir_ref v[4])
{
    ir_ref even_low = unzip(t, 0, lane, v[0], v[1]), odd_low = unzip(t, 1, lane, v[0], v[1]);
    ir_ref even_high = unzip(t, 0, lane, v[2], v[3]), odd_high = unzip(t, 1, lane, v[2], v[3]);
    v[0] = unzip(t, 0, lane, even_low, even_high);
    v[2] = unzip(t, 1, lane, even_low, even_high);
    v[1] = unzip(t, 0, lane, odd_low, odd_high);
    v[3] = unzip(t, 1, lane, odd_low, odd_high);
}

/*
 * v holds `elements` registers as they came from memory; the result is one register an element, of
 * which the low `bytes` count.
 */
static void split(struct translation *t, int elements, int lane, unsigned bytes,
                  ir_ref v[MAX_ELEMENTS])
{
    switch (elements) {
    case 2: split_2(t, lane, v); break;
    case 3: split_3(t, lane, bytes, v); break;
    default: split_4(t, lane, v); break;
    }
}

/* ---- from lanes to structures -------------------------------------------------------------- */

/* Of three elements, register r in memory. */
static ir_ref join_3_bytes(struct translation *t, const ir_ref v[3], unsigned r, unsigned size)
{
    uint8_t from[16];
    for (unsigned i = 0; i < 16; i++) {
        unsigned element = (16 * r + i) / size;
        from[i] = (uint8_t)(element % 3 * 16 + element / 3 * size + i % size);
    }
    return pick_bytes(t, v, from);
}

/* Lanes rotated down by one. */
static ir_ref rotated(struct translation *t, unsigned size, ir_ref a)
{
    return v_op_num(t, IR_VEXT, IR_VOID, a, a, size);
}

/* The inverse of split_3. Wide lanes need few moves; narrow ones are picked byte by byte. */
static void join_3(struct translation *t, int lane, ir_ref v[3])
{
    ir_ref a = v[0], b = v[1], c = v[2];
    if (lane == IR_I64) {
        v[0] = zip(t, 0, lane, a, b);
        v[1] = low_high(t, c, a);
        v[2] = zip(t, 1, lane, b, c);
    } else if (lane == IR_I32) {
        ir_ref a1 = rotated(t, 4, a), b1 = rotated(t, 4, b), c1 = rotated(t, 4, c);
        v[0] = zip(t, 0, IR_I64, zip(t, 0, lane, a, b), zip(t, 0, lane, c, a1)); /* a0 b0 c0 a1 */
        v[1] = zip(t, 0, IR_I64, zip(t, 0, lane, b1, c1), zip(t, 1, lane, a, b)); /* b1 c1 a2 b2 */
        v[2] = low_high(t, zip(t, 1, lane, c, a1), zip(t, 1, lane, b, c)); /* c2 a3 b3 c3 */
    } else {
        const ir_ref source[3] = {a, b, c};
        for (unsigned r = 0; r < 3; r++)
            v[r] = join_3_bytes(t, source, r, ir_type_size((enum ir_type)lane));
    }
}

/* The inverse of split. */
static void join(struct translation *t, int elements, int lane, ir_ref v[MAX_ELEMENTS])
{
    if (elements == 2) {
        ir_ref a = v[0], b = v[1];
        v[0] = zip(t, 0, lane, a, b);
        v[1] = zip(t, 1, lane, a, b);
    } else if (elements == 3) {
        join_3(t, lane, v);
    } else if (elements == 4) {
        ir_ref even_low = zip(t, 0, lane, v[0], v[2]), odd_low = zip(t, 0, lane, v[1], v[3]);
        ir_ref even_high = zip(t, 1, lane, v[0], v[2]), odd_high = zip(t, 1, lane, v[1], v[3]);
        v[0] = zip(t, 0, lane, even_low, odd_low);
        v[1] = zip(t, 1, lane, even_low, odd_low);
        v[2] = zip(t, 0, lane, even_high, odd_high);
        v[3] = zip(t, 1, lane, even_high, odd_high);
    }
}

/* ---- whole registers ----------------------------------------------------------------------- */

/* A post-indexed base: register 31 stands for what was accessed. */
static void advance(struct translation *t, int index, uint32_t rn, uint32_t rm, unsigned bytes)
{
    if (index == A64_POST)
        put_xsp(t, rn, ir_op2(t->block, IR_ADD, IR_I64, get_xsp(t, rn),
                              rm == 31 ? ir_const(t->block, bytes) : get_x(t, rm)));
}

/*
 * `bytes` from `address`, 16 to a value; the last value may be half, and those behind it do not
 * count.
 */
static void load_bytes(struct translation *t, ir_ref address, unsigned bytes,
                       ir_ref v[MAX_ELEMENTS])
{
    unsigned n = 0;
    for (; 16 * n + 16 <= bytes; n++)
        v[n] = ir_load(t->block, IR_V128, address, (int32_t)(16 * n), 4);
    if (bytes % 16) {
        ir_ref half = ir_load(t->block, IR_F64, address, (int32_t)(16 * n), 3);
        v[n++] = ir_emit(t->block, (struct ir_insn){.op = IR_VZEXT, .type = IR_V128, .sub = IR_F64,
                                                    .a = half});
    }
    for (unsigned i = n; i < MAX_ELEMENTS; i++)
        v[i] = v[i - n];
}

static void store_bytes(struct translation *t, ir_ref address, unsigned bytes, const ir_ref *v)
{
    unsigned n = 0;
    for (; 16 * n + 16 <= bytes; n++)
        ir_store(t->block, IR_V128, address, (int32_t)(16 * n), v[n], 4);
    if (bytes % 16) {
        ir_ref half = ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = IR_F64,
                                                         .sub = IR_F64, .a = v[n]});
        ir_store(t->block, IR_F64, address, (int32_t)(16 * n), half, 3);
    }
}

bool a64_load_structures(struct translation *t, const struct a64_args_structures *a, int elements,
                         int repeats, int index)
{
    ir_ref v[MAX_ELEMENTS], address = a64_address(t, get_xsp(t, a->rn));
    unsigned n = (unsigned)(elements * repeats), bytes = 8u << a->q;
    if (elements > 1 && a->size == 3 && !a->q)
        return false;
    if (elements > 1) {
        load_bytes(t, address, n * bytes, v);
        split(t, elements, a64_lane(a->size), bytes, v);
    } else {
        for (unsigned i = 0; i < n; i++)
            v[i] = a64_load(t, address, (int32_t)(i * bytes), (int)(3 + a->q) | A64_V);
    }
    for (unsigned i = 0; i < n; i++)
        if (elements > 1)
            put_vq(t, a->q, (a->rt + i) % 32, v[i]);
        else
            a64_put_loaded(t, (a->rt + i) % 32, (int)(3 + a->q) | A64_V, v[i]);
    advance(t, index, a->rn, a->rm, n * bytes);
    return true;
}

bool a64_store_structures(struct translation *t, const struct a64_args_structures *a, int elements,
                          int repeats, int index)
{
    ir_ref v[MAX_ELEMENTS], address = a64_address(t, get_xsp(t, a->rn));
    unsigned n = (unsigned)(elements * repeats), bytes = 8u << a->q;
    if (elements > 1 && a->size == 3 && !a->q)
        return false;
    if (elements > 1) {
        for (unsigned i = 0; i < n; i++)
            v[i] = get_v(t, (a->rt + i) % 32);
        join(t, elements, a64_lane(a->size), v);
        store_bytes(t, address, n * bytes, v);
    } else {
        for (unsigned i = 0; i < n; i++)
            a64_store(t, address, (int32_t)(i * bytes), (int)(3 + a->q) | A64_V, (a->rt + i) % 32);
    }
    advance(t, index, a->rn, a->rm, n * bytes);
    return true;
}

/* ---- one lane, and all lanes alike --------------------------------------------------------- */

bool a64_load_element(struct translation *t, const struct a64_args_element *a, int elements,
                      int size, int index)
{
    ir_ref v[MAX_ELEMENTS], address = a64_address(t, get_xsp(t, a->rn));
    for (int i = 0; i < elements; i++)
        v[i] = ir_load(t->block, IR_I64, address, i << size, (unsigned)size);
    for (int i = 0; i < elements; i++) {
        uint32_t r = (a->rt + (uint32_t)i) % 32;
        put_v(t, r, v_op_num(t, IR_VINS, a64_lane((uint32_t)size), get_v(t, r), v[i], a->index));
    }
    advance(t, index, a->rn, a->rm, (unsigned)elements << size);
    return true;
}

bool a64_store_element(struct translation *t, const struct a64_args_element *a, int elements,
                       int access, int index)
{
    ir_ref address = a64_address(t, get_xsp(t, a->rn));
    int size = access & IR_MEM_SIZE;
    enum ir_type type = a64_type(size == 3);
    for (int i = 0; i < elements; i++) {
        uint32_t r = (a->rt + (uint32_t)i) % 32;
        ir_ref value = ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = (uint8_t)type,
                                                          .sub = (uint8_t)a64_lane((uint32_t)size),
                                                          .a = get_v(t, r), .aux = a->index});
        ir_store(t->block, type, address, i << size, value, (unsigned)access);
    }
    advance(t, index, a->rn, a->rm, (unsigned)elements << size);
    return true;
}

/* Words and doubles are loaded where the copies are made. */
bool a64_load_replicated(struct translation *t, const struct a64_args_structures *a, int elements,
                         int index)
{
    ir_ref v[MAX_ELEMENTS], address = a64_address(t, get_xsp(t, a->rn));
    enum ir_type type = a->size == 3 ? IR_F64 : a->size == 2 ? IR_F32 : IR_I64;
    int lane = a64_lane(a->size);
    for (int i = 0; i < elements; i++)
        v[i] = ir_load(t->block, type, address, i << a->size, a->size);
    for (int i = 0; i < elements; i++) {
        ir_ref all;
        if (type == IR_I64)
            all = v_op(t, IR_VDUP, lane, v[i], IR_NONE);
        else
            all = v_op(t, IR_VDUPL, lane,
                       ir_emit(t->block, (struct ir_insn){.op = IR_VZEXT, .type = IR_V128,
                                                          .sub = (uint8_t)type, .a = v[i]}),
                       IR_NONE);
        put_vq(t, a->q, (a->rt + (uint32_t)i) % 32, all);
    }
    advance(t, index, a->rn, a->rm, (unsigned)elements << a->size);
    return true;
}

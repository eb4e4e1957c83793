/*
 * The interpreter: the definition of what every op means. Backends must agree with it.
 *
 * Integer and flag ops come from eval.h, which the folder uses too; floating point from fp.h. What is
 * defined here and nowhere else is state and memory:
 *
 *   - puts go home at once and cpu->exit_pc is the pc of the current guest instruction, so a handler
 *     of a host fault finds precise state; the barriers keep the compiler from changing that;
 *   - a value of type I32 or F32 has undefined upper bits; consumers mask;
 *   - flags at home may carry other bits beside enum ir_flags; consumers mask. FLAGBITS gives zeros;
 *   - the guest's FP mode and accrued exceptions are in the host's MXCSR throughout;
 *   - a misaligned access with IR_MEM_ALIGNED leaves with IR_EXIT_MISALIGNED and the guest address in
 *     cpu->exit_info, before anything is read or written;
 *   - loads, amo, cas and ldx give the value in memory extended as IR_MEM_SIGNED says; operands stored
 *     or compared are cut to the size in memory;
 *   - ldx notes the guest address and the bytes as they are in memory (before any swap for big
 *     endian); stx succeeds if the address is the noted one and memory still holds those bytes, and
 *     always gives up the reservation;
 *   - helpers are called through cpu->helper, where the runtime may have replaced them;
 *   - a store with IR_MEM_RELEASE is ordered before later loads too.
 *
 * To add an op: a label here (integer ops: a row in EVAL_OPS and its meaning in eval.h).
 */
#include "ir/cpu.h"
#include "ir/eval.h"
#include "ir/fp.h"
#include "ir/ir.h"

#include <string.h>

union value {
    uint64_t u;
    uint64_t w[2];
};

#define BARRIER() __asm__ volatile("" ::: "memory")

/* ---- memory ------------------------------------------------------------------------------- */

/* Guest memory: any alignment, any type, one access where the host has one. */
typedef uint16_t __attribute__((may_alias, aligned(1))) mem16;
typedef uint32_t __attribute__((may_alias, aligned(1))) mem32;
typedef uint64_t __attribute__((may_alias, aligned(1))) mem64;
typedef uint64_t vec128 __attribute__((vector_size(16)));
typedef vec128 __attribute__((may_alias, aligned(1))) mem128;

static inline unsigned mem_size(unsigned memop)
{
    return 1u << (memop & IR_MEM_SIZE);
}

enum { VALUE_REGISTER = 1 }; /* of cpu.saved, for cpu.miss */

static void *value_register(struct cpu *cpu, unsigned access)
{
    return access & CPU_MISS_XMM ? (void *)cpu->saved.xmm[VALUE_REGISTER]
                                 : (void *)&cpu->saved.gpr[VALUE_REGISTER];
}

/*
 * The host address for an access of generated code (enum cpu_miss). Where cpu.miss has done the access, it is that of
 * the value: the bytes to load are there, and a store there is of no consequence.
 */
static uintptr_t look_up(struct cpu *cpu, uint64_t address, unsigned access)
{
    uint64_t entries = cpu->tlb_mask >> CPU_TLB_ENTRY_BITS, page = -((uint64_t)1 << CPU_PAGE_BITS);
    const struct cpu_tlb_entry *e = &cpu->tlb[address >> CPU_PAGE_BITS & entries];
    uint64_t tag = access & CPU_MISS_WRITE ? e->write : e->read;
    if (((address + mem_size(access) - 1) & page) == tag)
        return (uintptr_t)(address + e->addend);
    cpu->miss_address = address;
    cpu->miss_access = access | VALUE_REGISTER << CPU_MISS_REG_SHIFT;
    if (cpu->miss(cpu) == CPU_MISS_GO)
        return (uintptr_t)(address + cpu->saved.gpr[0]);
    return (uintptr_t)value_register(cpu, access);
}

static inline unsigned access_of(unsigned memop)
{
    unsigned size = memop & IR_MEM_SIZE;
    return size | (size == 4 ? CPU_MISS_XMM : 0);
}

static inline uintptr_t load_address(struct cpu *cpu, uint64_t address, unsigned memop)
{
    if (__builtin_expect(!cpu->tlb, 1))
        return (uintptr_t)(cpu->memory_base + address);
    return look_up(cpu, address, access_of(memop));
}

/* `raw` is the value as it is to be in memory. */
static inline uintptr_t store_address(struct cpu *cpu, uint64_t address, unsigned memop, union value raw)
{
    if (__builtin_expect(!cpu->tlb, 1))
        return (uintptr_t)(cpu->memory_base + address);
    unsigned access = access_of(memop) | CPU_MISS_WRITE;
    memcpy(value_register(cpu, access), raw.w, access & CPU_MISS_XMM ? 16 : 8);
    return look_up(cpu, address, access);
}

static inline uintptr_t atomic_address(struct cpu *cpu, uint64_t address, unsigned memop, bool write)
{
    if (__builtin_expect(!cpu->tlb, 1))
        return (uintptr_t)(cpu->memory_base + address);
    return look_up(cpu, address, (memop & IR_MEM_SIZE) | CPU_MISS_DIRECT | (write ? CPU_MISS_WRITE : 0));
}

static inline bool misaligned(unsigned memop, uint64_t address)
{
    return memop & IR_MEM_ALIGNED && address & (mem_size(memop) - 1);
}

static inline uint64_t swap_bytes(unsigned size, uint64_t x)
{
    return __builtin_bswap64(x) >> (64 - 8 * size);
}

static inline uint64_t extend(unsigned memop, uint64_t raw)
{
    unsigned size = mem_size(memop);
    if (memop & IR_MEM_BIG)
        raw = swap_bytes(size, raw);
    return memop & IR_MEM_SIGNED && size < 8 ? (uint64_t)eval_sext(raw, 8 * size) : raw;
}

/* The bytes of memory that hold x. */
static inline uint64_t to_raw(unsigned memop, uint64_t x)
{
    unsigned size = mem_size(memop);
    return memop & IR_MEM_BIG ? swap_bytes(size, x) : x & eval_mask(8 * size);
}

static inline uint64_t read_raw(unsigned memop, uintptr_t p)
{
    uint64_t x;
    BARRIER();
    switch (memop & IR_MEM_SIZE) {
    case 0: x = *(volatile uint8_t *)p; break;
    case 1: x = *(volatile mem16 *)p; break;
    case 2: x = *(volatile mem32 *)p; break;
    default: x = *(volatile mem64 *)p; break;
    }
    BARRIER();
    return x;
}

static inline void write_raw(unsigned memop, uintptr_t p, uint64_t x)
{
    BARRIER();
    switch (memop & IR_MEM_SIZE) {
    case 0: *(volatile uint8_t *)p = (uint8_t)x; break;
    case 1: *(volatile mem16 *)p = (uint16_t)x; break;
    case 2: *(volatile mem32 *)p = (uint32_t)x; break;
    default: *(volatile mem64 *)p = x; break;
    }
    BARRIER();
}

static inline void swap_pair(union value *v)
{
    uint64_t low = __builtin_bswap64(v->w[1]);
    v->w[1] = __builtin_bswap64(v->w[0]);
    v->w[0] = low;
}

static inline union value read128(uintptr_t p)
{
    BARRIER();
    mem128 x = *(volatile mem128 *)p;
    BARRIER();
    return (union value){.w = {x[0], x[1]}};
}

static inline void write128(uintptr_t p, union value v)
{
    mem128 x = {v.w[0], v.w[1]};
    BARRIER();
    *(volatile mem128 *)p = x;
    BARRIER();
}

/* Compares and exchanges raw bytes; *expected becomes what was there. */
static bool cas_raw(unsigned memop, uintptr_t p, uint64_t *expected, uint64_t desired)
{
#define CAS_CASE(n, type)                                                                          \
    case n: {                                                                                      \
        type old = (type)*expected;                                                                \
        bool ok = __atomic_compare_exchange_n((type *)p, &old, (type)desired, false,               \
                                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                 \
        *expected = old;                                                                           \
        return ok;                                                                                 \
    }
    switch (memop & IR_MEM_SIZE) {
        CAS_CASE(0, uint8_t)
        CAS_CASE(1, uint16_t)
        CAS_CASE(2, uint32_t)
    default:
        CAS_CASE(3, uint64_t)
    }
#undef CAS_CASE
}

static bool cas128(uintptr_t p, union value *expected, union value desired)
{
    bool ok;
    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(ok), "+m"(*(mem128 *)p), "+a"(expected->w[0]), "+d"(expected->w[1])
                     : "b"(desired.w[0]), "c"(desired.w[1])
                     : "memory");
    return ok;
}

static uint64_t amo_result(unsigned op, unsigned size, uint64_t old, uint64_t x)
{
    unsigned type = size == 1 ? IR_I8 : size == 2 ? IR_I16 : size == 4 ? IR_I32 : IR_I64;
    switch (op) {
    case IR_AMO_SWAP: return x;
    case IR_AMO_ADD: return old + x;
    case IR_AMO_AND: return old & x;
    case IR_AMO_OR: return old | x;
    case IR_AMO_XOR: return old ^ x;
    case IR_AMO_ANDN: return old & ~x;
    case IR_AMO_MINS: return eval_cc(IR_LTS, type, old, x) ? old : x;
    case IR_AMO_MAXS: return eval_cc(IR_GTS, type, old, x) ? old : x;
    case IR_AMO_MINU: return eval_cc(IR_LTU, type, old, x) ? old : x;
    default: return eval_cc(IR_GTU, type, old, x) ? old : x;
    }
}

static uint64_t do_amo(unsigned op, unsigned memop, uintptr_t p, uint64_t x)
{
    unsigned size = mem_size(memop), unsigned_memop = memop & ~(unsigned)IR_MEM_SIGNED;
    uint64_t raw = read_raw(memop, p);
    for (;;) {
        uint64_t old = extend(unsigned_memop, raw);
        if (cas_raw(memop, p, &raw, to_raw(memop, amo_result(op, size, old, x))))
            return extend(memop, raw);
    }
}

static union value do_cas(unsigned memop, uintptr_t p, union value expected, union value desired)
{
    if ((memop & IR_MEM_SIZE) == 4) {
        if (memop & IR_MEM_BIG) {
            swap_pair(&expected);
            swap_pair(&desired);
        }
        cas128(p, &expected, desired);
        if (memop & IR_MEM_BIG)
            swap_pair(&expected);
        return expected;
    }
    uint64_t raw = to_raw(memop, expected.u);
    cas_raw(memop, p, &raw, to_raw(memop, desired.u));
    return (union value){.u = extend(memop, raw)};
}

static union value do_ldx(struct cpu *cpu, unsigned memop, uint64_t address)
{
    uintptr_t p = atomic_address(cpu, address, memop, false);
    union value raw = {.w = {0, 0}}, v;
    if ((memop & IR_MEM_SIZE) == 4) {
        v = raw = read128(p);
        if (memop & IR_MEM_BIG)
            swap_pair(&v);
    } else {
        raw.u = read_raw(memop, p);
        v.u = extend(memop, raw.u);
    }
    cpu->exclusive_address = address;
    cpu->exclusive_value[0] = raw.w[0];
    cpu->exclusive_value[1] = raw.w[1];
    return v;
}

/* Returns 0 if stored, 1 if not. */
static uint64_t do_stx(struct cpu *cpu, unsigned memop, uint64_t address, union value x)
{
    uintptr_t p = atomic_address(cpu, address, memop, true);
    bool stored = false;
    if (cpu->exclusive_address == address) {
        union value noted = {.w = {cpu->exclusive_value[0], cpu->exclusive_value[1]}};
        if ((memop & IR_MEM_SIZE) == 4) {
            if (memop & IR_MEM_BIG)
                swap_pair(&x);
            stored = cas128(p, &noted, x);
        } else {
            noted.u &= eval_mask(8 * mem_size(memop));
            stored = cas_raw(memop, p, &noted.u, to_raw(memop, x.u));
        }
    }
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
    return !stored;
}

static void zero_memory(struct cpu *cpu, uint64_t address, uint32_t size)
{
    const union value zero = {.w = {0, 0}};
    for (uint32_t i = 0; i < size; i += 16)
        write128(store_address(cpu, address + i, 4, zero), zero);
}

/* ---- slots -------------------------------------------------------------------------------- */

enum { FLAG_BITS = IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V };

static inline void put_slot(const struct ir_block *b, struct cpu *cpu, const struct ir_insn *insn,
                            union value x)
{
    uint8_t *home = cpu->state + b->guest->slots[insn->aux].offset;
    switch (ir_type_size((enum ir_type)insn->type)) {
    case 8: memcpy(home, &x.u, 8); break;
    case 4: memcpy(home, &x.u, 4); break;
    case 2: memcpy(home, &x.u, 2); break;
    default: memcpy(home, x.w, 16); break;
    }
}

static inline union value get_slot(const struct ir_block *b, const struct cpu *cpu,
                                   const struct ir_insn *insn)
{
    const uint8_t *home = cpu->state + b->guest->slots[insn->aux].offset;
    union value x = {.w = {0, 0}};
    switch (ir_type_size((enum ir_type)insn->type)) {
    case 8: memcpy(&x.u, home, 8); break;
    case 4: memcpy(&x.u, home, 4); break;
    case 2: memcpy(&x.u, home, 2); break;
    default: memcpy(x.w, home, 16); break;
    }
    if (insn->type == IR_B)
        x.u &= FLAG_BITS;
    return x;
}

/* ---- floating point ----------------------------------------------------------------------- */

static uint64_t float_sign(unsigned op, unsigned type, uint64_t a, uint64_t b)
{
    uint64_t sign = (uint64_t)1 << (eval_width(type) - 1);
    switch (op) {
    case IR_FNEG: return a ^ sign;
    case IR_FABS: return a & ~sign;
    case IR_FSGNJ: return (a & ~sign) | (b & sign);
    case IR_FSGNJN: return (a & ~sign) | (~b & sign);
    default: return a ^ (b & sign);
    }
}

/* ---- the loop ----------------------------------------------------------------------------- */

/* Integer and flag ops: name, and how many operands are references. */
#define EVAL_OPS(X)                                                                                \
    X(ADD, 2) X(SUB, 2) X(MUL, 2) X(MULHS, 2) X(MULHU, 2) X(MULHSU, 2)                             \
    X(DIVS, 2) X(DIVU, 2) X(REMS, 2) X(REMU, 2)                                                    \
    X(AND, 2) X(OR, 2) X(XOR, 2) X(ANDN, 2) X(NOT, 1) X(NEG, 1)                                    \
    X(SHL, 2) X(SHR, 2) X(SAR, 2) X(ROR, 2)                                                        \
    X(CLZ, 1) X(CTZ, 1) X(POPCNT, 1) X(BSWAP, 1) X(BITREV, 1) X(ORCB, 1) X(CLMUL, 2) X(CLMULH, 2)  \
    X(SEXT, 1) X(ZEXT, 1) X(TRUNC, 1) X(EXTRACT, 1) X(SEXTRACT, 1) X(INSERT, 2)                    \
    X(SETCC, 2) X(SELCC, 4)                                                                        \
    X(ADDF, 2) X(SUBF, 2) X(ANDF, 2) X(ADCF, 3) X(SBBF, 3) X(ADC, 3) X(SBB, 3)                     \
    X(SETB, 1) X(SELB, 3) X(FLAGS, 1) X(FLAGBITS, 1) X(FLIPC, 1) X(CONDF, 2)

static enum ir_exit leave(struct cpu *cpu, enum ir_exit reason, uint64_t pc)
{
    cpu->exit_reason = reason;
    cpu->exit_pc = pc;
    return reason;
}

static enum ir_exit leave_misaligned(struct cpu *cpu, uint64_t address)
{
    cpu->exit_info = address;
    return leave(cpu, IR_EXIT_MISALIGNED, cpu->exit_pc);
}

#define U(ref)     (ir_is_const(ref) ? consts[(ref) & ~IR_CONST_BIT].value : v[ref].u)
#define V(ref)     (ir_is_const(ref) ? (union value){.u = U(ref)} : v[ref])
#define VECTOR(ref)                                                                                \
    ((union ir_v128){.d = {(ref) ? V(ref).w[0] : 0, (ref) && !ir_is_const(ref) ? V(ref).w[1] : 0}})
#define RESULT     v[insn - b->insns]
#define NEXT       goto *label[(++insn)->op]
#define CHECK_ALIGNED(address)                                                                     \
    if (__builtin_expect(misaligned(insn->d, address), 0))                                         \
        return leave_misaligned(cpu, address)

enum ir_exit ir_interpret(const struct ir_block *b, struct cpu *cpu)
{
    static const void *const label[IR_OP_COUNT] = {
#define OP(name, ...) [IR_##name] = &&op_##name,
#include "ir/op.def"
#undef OP
    };
    union value v[IR_MAX_INSNS]; /* only what the block uses is touched */
    const struct ir_const *consts = b->consts;
    const struct ir_insn *insn = b->insns;
    goto *label[insn->op];

op_NOP:
    NEXT;
op_INSN:
    cpu->exit_pc = b->pc + (uint64_t)(int64_t)(int32_t)insn->aux;
    NEXT;
op_GET:
    RESULT = get_slot(b, cpu, insn);
    NEXT;
op_PUT:
    put_slot(b, cpu, insn, V(insn->a));
    NEXT;

#define EVAL(name, count)                                                                          \
    op_##name : {                                                                                  \
        uint64_t x = U(insn->a), y = count > 1 ? U(insn->b) : 0, z = count > 2 ? U(insn->c) : 0;   \
        uint64_t w = count > 3 ? U(insn->d) : 0;                                                   \
        unsigned d = count > 3 ? 0 : insn->d;                                                      \
        RESULT.u = insn->type == IR_I64                                                            \
                       ? eval_op(IR_##name, IR_I64, insn->sub, d, insn->aux, x, y, z, w)           \
                       : eval_op(IR_##name, IR_I32, insn->sub, d, insn->aux, x, y, z, w);          \
        NEXT;                                                                                      \
    }
    EVAL_OPS(EVAL)
#undef EVAL

op_LOAD: {
    uint64_t address = U(insn->a) + (uint64_t)(int64_t)(int32_t)insn->aux;
    CHECK_ALIGNED(address);
    uintptr_t p = load_address(cpu, address, insn->d);
    if ((insn->d & IR_MEM_SIZE) == 4) {
        union value x = read128(p);
        if (insn->d & IR_MEM_BIG)
            swap_pair(&x);
        RESULT = x;
    } else {
        RESULT.u = extend(insn->d, read_raw(insn->d, p));
    }
    NEXT;
}
op_STORE: {
    uint64_t address = U(insn->a) + (uint64_t)(int64_t)(int32_t)insn->aux;
    CHECK_ALIGNED(address);
    if ((insn->d & IR_MEM_SIZE) == 4) {
        union value x = V(insn->b);
        if (insn->d & IR_MEM_BIG)
            swap_pair(&x);
        write128(store_address(cpu, address, insn->d, x), x);
    } else {
        union value x = {.u = to_raw(insn->d, U(insn->b))};
        write_raw(insn->d, store_address(cpu, address, insn->d, x), x.u);
    }
    if (insn->d & IR_MEM_RELEASE)
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    NEXT;
}
op_AMO: {
    uint64_t address = U(insn->a);
    CHECK_ALIGNED(address);
    RESULT.u = do_amo(insn->sub, insn->d, atomic_address(cpu, address, insn->d, true), U(insn->b));
    NEXT;
}
op_CAS: {
    uint64_t address = U(insn->a);
    CHECK_ALIGNED(address);
    RESULT = do_cas(insn->d, atomic_address(cpu, address, insn->d, true), V(insn->b), V(insn->c));
    NEXT;
}
op_LDX: {
    uint64_t address = U(insn->a);
    CHECK_ALIGNED(address);
    RESULT = do_ldx(cpu, insn->d, address);
    NEXT;
}
op_STX: {
    uint64_t address = U(insn->a);
    CHECK_ALIGNED(address);
    RESULT.u = do_stx(cpu, insn->d, address, V(insn->b));
    NEXT;
}
op_CLRX:
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
    NEXT;
op_FENCE:
    if (insn->aux == IR_FENCE_FULL)
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    BARRIER();
    NEXT;
op_CBOZERO:
    zero_memory(cpu, U(insn->a), insn->aux);
    NEXT;

op_BITCAST:
    RESULT.u = U(insn->a) & eval_mask(eval_width(insn->sub)) & eval_mask(eval_width(insn->type));
    NEXT;

op_FADD:
op_FSUB:
op_FMUL:
op_FDIV:
    RESULT.u = fp_host(insn->op, insn->type, insn->d, U(insn->a), U(insn->b));
    NEXT;
op_FSQRT:
    RESULT.u = fp_host(IR_FSQRT, insn->type, insn->d, U(insn->a), 0);
    NEXT;
op_FMA:
    RESULT.u = fp_eval(insn, U(insn->a), U(insn->b), U(insn->c));
    NEXT;
op_FMIN:
op_FMAX:
op_FMINM:
op_FMAXM:
op_FMINN:
op_FMAXN:
op_FCMPF:
op_FSETCC:
    RESULT.u = fp_eval(insn, U(insn->a), U(insn->b), 0);
    NEXT;
op_FCVT:
op_FRINT:
op_FTOS:
op_FTOU:
op_STOF:
op_UTOF:
    RESULT.u = fp_eval(insn, U(insn->a), 0, 0);
    NEXT;
op_FNEG:
op_FABS:
    RESULT.u = float_sign(insn->op, insn->type, U(insn->a), 0);
    NEXT;
op_FSEL:
    RESULT.u = eval_flags(insn->sub, U(insn->a)) ? U(insn->b) : U(insn->c);
    NEXT;
op_FSGNJ:
op_FSGNJN:
op_FSGNJX:
    RESULT.u = float_sign(insn->op, insn->type, U(insn->a), U(insn->b));
    NEXT;
op_FBOX:
    RESULT.u = U(insn->a) | ~eval_mask(32);
    NEXT;
op_FUNBOX: {
    uint64_t x = U(insn->a);
    RESULT.u = x >> 32 == UINT32_MAX ? (uint32_t)x : fp_canonical_nan(IR_F32);
    NEXT;
}
op_FGETEXC:
    RESULT.u = fp_get_mxcsr() & FP_MXCSR_FLAGS;
    NEXT;
op_FSETEXC:
    fp_set_mxcsr((fp_get_mxcsr() & ~(uint32_t)FP_MXCSR_FLAGS) |
                 ((uint32_t)U(insn->a) & FP_MXCSR_FLAGS));
    NEXT;

op_VPAIR:
op_VZEXT:
op_VLANE:
op_VINS:
op_VCOPY:
op_VDUP:
op_VDUPL:
op_VAND:
op_VOR:
op_VXOR:
op_VANDN:
op_VNOT:
op_VBSL:
op_VADD:
op_VSUB:
op_VMUL:
op_VABS:
op_VMINS:
op_VMINU:
op_VMAXS:
op_VMAXU:
op_VCMP:
op_VQADDS:
op_VQADDU:
op_VQSUBS:
op_VQSUBU:
op_VHADDS:
op_VHADDU:
op_VRHADDS:
op_VRHADDU:
op_VHSUBS:
op_VHSUBU:
op_VCLZ:
op_VPOPCNT:
op_VBITREV:
op_VSHL:
op_VSHR:
op_VSAR:
op_VSHLV:
op_VSHRV:
op_VSARV:
op_VWIDENS:
op_VWIDENU:
op_VNARROW:
op_VNARROWS:
op_VNARROWSU:
op_VNARROWU:
op_VMULLS:
op_VMULLU:
op_VMULHS:
op_VMULHU:
op_VQDMULH:
op_VQRDMULH:
op_VPMUL:
op_VPMULL:
op_VDOTS:
op_VDOTU:
op_VDOTUS:
op_VADDV:
op_VPADDLS:
op_VPADDLU:
op_VSUMB:
op_VZIP1:
op_VZIP2:
op_VUZP1:
op_VUZP2:
op_VTRN1:
op_VTRN2:
op_VEXT:
op_VREV:
op_VTBL:
op_VAESENC:
op_VAESENCL:
op_VAESDEC:
op_VAESDECL:
op_VAESMC:
op_VAESIMC:
op_VSHA1R:
op_VSHA1E:
op_VSHA1M2:
op_VSHA256R:
op_VSHA256M1:
op_VSHA256M2:
op_VFADD:
op_VFSUB:
op_VFMUL:
op_VFDIV:
op_VFSQRT:
op_VFMA:
op_VFMINM:
op_VFMAXM:
op_VFMINN:
op_VFMAXN:
op_VFNEG:
op_VFABS:
op_VFSETCC:
op_VFRINT:
op_VFTOS:
op_VFTOU:
op_VSTOF:
op_VUTOF:
op_VFWIDEN:
op_VFNARROW: {
    union ir_v128 x = VECTOR(insn->a), y = VECTOR(insn->b), z = VECTOR(insn->c), r;
    ir_eval_vector(insn, &r, &x, &y, &z);
    RESULT = (union value){.w = {r.d[0], r.d[1]}};
    NEXT;
}
op_CALLV: {
    union ir_v128 cell[4] = {{.d = {0}}, VECTOR(insn->a), VECTOR(insn->b), VECTOR(insn->c)};
    ir_helper_fn *helper = (ir_helper_fn *)cpu->helper[insn->aux];
    helper(cpu, (uint64_t)(uintptr_t)cell, insn->d, 0);
    RESULT = (union value){.w = {cell[0].d[0], cell[0].d[1]}};
    NEXT;
}

op_BRCC:
    if (eval_cc(insn->sub, insn->type, U(insn->a), U(insn->b)))
        return leave(cpu, IR_EXIT_NONE, U(insn->c));
    NEXT;
op_BRB:
    if (eval_flags(insn->sub, U(insn->a)))
        return leave(cpu, IR_EXIT_NONE, U(insn->b));
    NEXT;
op_GOTO:
op_CALL:
op_GOTOIND:
op_CALLIND:
op_RET:
    return leave(cpu, IR_EXIT_NONE, U(insn->a));
op_EXIT:
    return leave(cpu, (enum ir_exit)insn->aux, U(insn->a));

op_CALLH: {
    ir_helper_fn *helper = (ir_helper_fn *)cpu->helper[insn->aux];
    uint64_t x = insn->a ? U(insn->a) : 0, y = insn->b ? U(insn->b) : 0;
    uint64_t z = insn->c ? U(insn->c) : 0;
    BARRIER();
    RESULT.u = helper(cpu, x, y, z);
    BARRIER();
    NEXT;
}
}

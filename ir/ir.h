/*
 * The intermediate representation: what frontends produce and backends consume.
 *
 * A block is a straight line of guest code with one entry, side exits (guards) and one end. Inside a
 * block values are in SSA form; between blocks they rest in slots, the guest's registers, reached by
 * get and put. There is no phi and no control flow inside a block.
 *
 * An instruction is 16 bytes in one flat array; its index is the reference to its result. References
 * with IR_CONST_BIT set are constants, which live in a table of their own. Reference 0 is "none".
 *
 * Invariants (checked by ir_check):
 *   - operands are defined before they are used and have the kind that op.def demands;
 *   - every block starts with insn, ends with exactly one op of effect end, and nothing follows it;
 *   - the puts of a guest instruction come after its last op that may fault, so that the state at a
 *     fault is the state before the instruction. (Frontends order their puts accordingly.)
 *
 * Precise state: "the value of slot s at op i" is the last put of s before i, or the slot's home in
 * struct cpu. A backend may keep it anywhere as long as its map says where (struct code_map in
 * backend/backend.h); the interpreter keeps it at home.
 */
#ifndef FERRY_IR_IR_H
#define FERRY_IR_IR_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

typedef uint16_t ir_ref;

enum {
    IR_NONE = 0,
    IR_CONST_BIT = 0x8000,
    IR_MAX_INSNS = 4096,      /* per block; frontends stop well before */
    IR_MAX_CONSTS = 1024,
    IR_MAX_GUEST_INSNS = 256, /* per block */
    IR_MAX_SLOTS = 192,
    IR_MAX_HELPERS = 128,
};

enum ir_op {
#define OP(name, ...) IR_##name,
#include "ir/op.def"
#undef OP
    IR_OP_COUNT
};

/* Order matters: integers first and by size, see ir_type_size. */
enum ir_type {
    IR_VOID,
    IR_I8, /* in memory, and as source of sext and zext, only */
    IR_I16,
    IR_I32,
    IR_I64,
    IR_F16,
    IR_F32,
    IR_F64,
    IR_V128,
    IR_B, /* flags */
    IR_TYPE_COUNT
};

/* Bytes a value of the type takes at home and in memory. */
static inline unsigned ir_type_size(enum ir_type t)
{
    static const uint8_t size[IR_TYPE_COUNT] = {0, 1, 2, 4, 8, 2, 4, 8, 16, 4};
    return size[t];
}

static inline bool ir_type_is_int(enum ir_type t)
{
    return t >= IR_I8 && t <= IR_I64;
}

static inline bool ir_type_is_float(enum ir_type t)
{
    return t >= IR_F16 && t <= IR_F64;
}

/* Conditions. The low bit negates. */
enum ir_cc {
    IR_EQ, IR_NE,   /* equal */
    IR_LTU, IR_GEU, /* unsigned; on flags: carry (borrow) set, clear */
    IR_LEU, IR_GTU,
    IR_LTS, IR_GES, /* signed */
    IR_LES, IR_GTS,
    IR_MI, IR_PL,   /* on flags only: negative */
    IR_VS, IR_VC,   /* on flags only: overflow */
    IR_CC_COUNT
};

/* Flags at rest: the bits of the host's `seto al; lahf`, so that a store of AX suffices. */
enum ir_flags { IR_FLAG_V = 1 << 0, IR_FLAG_C = 1 << 8, IR_FLAG_Z = 1 << 14, IR_FLAG_N = 1 << 15 };

/* Memory descriptor (field d of memory ops). */
enum ir_memop {
    IR_MEM_SIZE = 7,       /* log2 of the bytes in memory, 0 to 4 */
    IR_MEM_SIGNED = 1 << 3,
    IR_MEM_BIG = 1 << 4,   /* big endian */
    IR_MEM_ALIGNED = 1 << 5, /* a misaligned address faults */
    IR_MEM_ACQUIRE = 1 << 6,
    IR_MEM_RELEASE = 1 << 7,
    IR_MEM_SPACE_SHIFT = 8, /* 0: direct, host address = guest address + cpu.memory_base */
};

enum ir_amo {
    IR_AMO_SWAP, IR_AMO_ADD, IR_AMO_AND, IR_AMO_OR, IR_AMO_XOR, IR_AMO_ANDN,
    IR_AMO_MINS, IR_AMO_MAXS, IR_AMO_MINU, IR_AMO_MAXU, IR_AMO_COUNT
};

enum ir_fence {
    IR_FENCE_NONE,      /* orders nothing that the host does not order already; stops the compiler */
    IR_FENCE_FULL,      /* store before load */
};

enum ir_divrule {
    IR_DIV_RISCV, /* x/0 = -1, x%0 = x, MIN/-1 = MIN, MIN%-1 = 0 */
    IR_DIV_ARM,   /* x/0 = 0, MIN/-1 = MIN (remainder is not an instruction there) */
};

/* The guest's floating-point rule (field d of FP ops). */
enum ir_fprule {
    IR_FP_ROUND = 7,          /* mask of enum ir_round */
    IR_FP_DEFAULT_NAN = 1 << 3, /* every NaN result is the canonical one (positive, quiet, no payload) */
    IR_FP_FLUSH = 1 << 4,     /* denormal operands and results are zero */
    /* NaN to integer gives the largest value (RISC-V) rather than zero (Arm) */
    IR_FP_NAN_TO_MAX = 1 << 5,
    IR_FP_ALT_HALF = 1 << 6, /* F16 is Arm's alternative format: no infinities, no NaNs; FCVT only */
    /* underflow is decided before rounding (Arm) rather than after (the host) */
    IR_FP_TINY_BEFORE = 1 << 7,
};

enum ir_round {
    IR_ROUND_DYNAMIC, /* as the host's MXCSR says, which holds the guest's mode */
    IR_ROUND_NEAREST, /* ties to even */
    IR_ROUND_ZERO,
    IR_ROUND_DOWN,
    IR_ROUND_UP,
    IR_ROUND_AWAY, /* nearest, ties away from zero; no such host mode */
    IR_ROUND_ODD,  /* toward zero, then the lowest bit set if inexact; narrowing only; no host mode */
};

enum ir_fma { IR_FMA_NEG_PRODUCT = 1, IR_FMA_NEG_ADDEND = 2 };

enum ir_fcc {
    IR_FEQ, IR_FLT, IR_FLE,     /* signalling as IEEE 754: eq quiet, lt and le signalling */
    IR_FLTQ, IR_FLEQ,           /* quiet */
    IR_FUNORD,                  /* quiet */
    IR_FCC = 7,                 /* mask; beside it IR_FP_FLUSH: denormal operands are zero */
};

/* Accrued exceptions, in the order of MXCSR's and IEEE's lists. */
enum ir_fpflag {
    IR_EXC_INVALID = 1 << 0,
    IR_EXC_DENORMAL = 1 << 1, /* the host's own; guests that have none ignore it */
    IR_EXC_DIVZERO = 1 << 2,
    IR_EXC_OVERFLOW = 1 << 3,
    IR_EXC_UNDERFLOW = 1 << 4,
    IR_EXC_INEXACT = 1 << 5,
};

/* Why generated code returns to the runtime. */
enum ir_exit {
    IR_EXIT_NONE,      /* asked to by cpu.attention, at pc */
    IR_EXIT_LOOKUP,    /* continue at pc: block not known, or the mode bits have changed */
    IR_EXIT_SYSCALL,   /* pc is the instruction after the call */
    IR_EXIT_BREAK,     /* breakpoint instruction at pc */
    IR_EXIT_ILLEGAL,   /* undefined or disabled instruction at pc */
    IR_EXIT_FETCH,     /* the instruction at pc cannot be read */
    IR_EXIT_FLUSH,     /* the guest announced changed code (everything it can see); continue at pc */
    IR_EXIT_MISALIGNED, /* misaligned access at pc, address in cpu.exit_info */
    IR_EXIT_YIELD,     /* the guest waits (pause, wfi); continue at pc */
    IR_EXIT_FLUSH_LINE, /* the guest announced changed code in the IR_CODE_LINE bytes that hold cpu.exit_info; continue at pc */
    IR_EXIT_SYSTEM,    /* the instruction at pc is the runtime's to do (privileged) */
    IR_EXIT_FAULT,     /* host fault at pc; details with the runtime */
};

/* Bytes that one announcement of changed code covers, aligned. */
enum { IR_CODE_LINE = 64 };

struct ir_insn {
    uint8_t op;   /* enum ir_op */
    uint8_t type; /* enum ir_type of the result, or of the operands where there is none */
    uint8_t sub;  /* see op.def */
    uint8_t mark; /* free for the passes */
    ir_ref a, b, c, d;
    uint32_t aux;
};
static_assert(sizeof(struct ir_insn) == 16, "one array, 16 bytes each");

enum ir_const_kind {
    IR_CONST_VALUE,
    IR_CONST_PC, /* a guest address derived from the block's place: a relocation in emitted code */
};

struct ir_const {
    uint64_t value;
    uint8_t kind; /* enum ir_const_kind */
};

/* A guest register: where it rests in struct cpu's state and what it is called. */
struct ir_slot {
    const char *name;
    uint16_t offset; /* in cpu.state */
    uint8_t type;    /* enum ir_type */
    int8_t pin;      /* rank for pinning among its class (0 first), -1: never */
};

/* A C function that generated code may call. Takes the cpu and up to three I64 values. */
struct cpu;
typedef uint64_t ir_helper_fn(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c);

enum ir_helper_effect {
    IR_HELPER_PURE = 0,        /* result depends on the arguments only (may touch FP exception flags) */
    IR_HELPER_READS = 1 << 0,  /* reads slots: all homes are brought up to date before */
    IR_HELPER_WRITES = 1 << 1, /* writes slots: cached values are forgotten after */
    IR_HELPER_FAULTS = 1 << 2, /* touches guest memory: homes up to date, pc in cpu.exit_pc */
};

struct ir_helper {
    const char *name;
    ir_helper_fn *fn;
    uint8_t nargs;
    uint8_t effects; /* enum ir_helper_effect */
};

/* What the IR must know of a guest; frontends provide one each. */
struct ir_guest {
    const char *name;
    const struct ir_slot *slots;
    unsigned nslots;
    const struct ir_helper *helpers;
    unsigned nhelpers;
};

struct ir_block {
    const struct ir_guest *guest;
    uint64_t pc;        /* guest address of the first instruction */
    uint64_t lo, hi;    /* guest bytes read: [lo, hi) */
    uint32_t mode;      /* mode bits that chose the code, part of the block's key */
    unsigned n;         /* instructions, including index 0, which is a nop */
    unsigned nconsts;
    unsigned nguest;    /* guest instructions */
    bool ended;
    struct ir_insn insns[IR_MAX_INSNS];
    struct ir_const consts[IR_MAX_CONSTS];
    /* builder's state */
    ir_ref current[IR_MAX_SLOTS]; /* value of each slot, IR_NONE if not known */
    ir_ref last_put[IR_MAX_SLOTS]; /* the newest put of each slot; a hint, checked before use */
    uint8_t holder[IR_MAX_INSNS];  /* a slot that held the value when last put or got; a hint likewise */
    ir_ref observed;    /* the newest op that may show the state outside: puts before it must stay */
    ir_ref fp_changed;  /* the newest op that may change FP mode or flags: FP values before it are old */
    uint32_t generation;          /* stamps the entries of the two hash tables as belonging to this block */
    struct { uint32_t generation; ir_ref ref; } cse[512], const_index[256];
};

static inline bool ir_is_const(ir_ref r)
{
    return r & IR_CONST_BIT;
}

static inline uint64_t ir_const_value(const struct ir_block *b, ir_ref r)
{
    return b->consts[r & ~IR_CONST_BIT].value;
}

enum ir_effect {
    IR_EFFECT_pure, IR_EFFECT_get, IR_EFFECT_put, IR_EFFECT_load, IR_EFFECT_store, IR_EFFECT_atomic,
    IR_EFFECT_fence, IR_EFFECT_call, IR_EFFECT_guard, IR_EFFECT_end, IR_EFFECT_mark
};

/* Row of op.def as data. Kinds are the characters of the row ('-' none). */
struct ir_op_info {
    const char *text;
    char result, operand[4];
    uint8_t effect; /* enum ir_effect */
    int8_t tie;     /* 0 or 1, -1 none */
    uint8_t imm;    /* bit i: operand i may be a constant in the encoding */
    const char *aux;
};
extern const struct ir_op_info ir_op_info[IR_OP_COUNT];

/* True if field `i` (0..3) of an instruction of this op is a reference to a value. */
static inline bool ir_operand_is_ref(const struct ir_op_info *info, int i)
{
    char k = info->operand[i];
    return k != '-' && k != 'M' && k != 'R' && k != 'N';
}

/* The type of an instruction's result; IR_VOID if it has none. */
static inline enum ir_type ir_result_type(const struct ir_insn *insn)
{
    switch (ir_op_info[insn->op].result) {
    case '-': return IR_VOID;
    case 'B': return IR_B;
    case 'V': return IR_V128;
    case 'Q': return IR_I64;
    default: return (enum ir_type)insn->type;
    }
}

/* The type a reference has: a constant takes the type of its use, given by the caller. */
static inline enum ir_type ir_ref_type(const struct ir_block *b, ir_ref r, enum ir_type of_const)
{
    return ir_is_const(r) ? of_const : ir_result_type(&b->insns[r]);
}

/*
 * True if the op may raise FP exception flags. Such an op is pure as to its value, but it stays when
 * nobody needs its result, and its value is not reused across a change of FP mode or flags.
 */
static inline bool ir_op_raises(unsigned op)
{
    return ir_op_info[op].operand[3] == 'R' || op == IR_FSETCC || op == IR_FCMPF ||
           op == IR_VFSETCC || op == IR_CALLV;
}

/*
 * Builder (build.c, fold.c). Every function folds, numbers values and forwards slots, so callers
 * may be naive. A block must be started with ir_start.
 */

/*
 * Empties `b` for a block of `guest` at guest address pc. The memory of a new struct ir_block must be
 * zero. Once the block has ended (also by a branch that folds to "always"), whatever else is emitted
 * is dropped and gives IR_NONE.
 */
void ir_start(struct ir_block *b, const struct ir_guest *guest, uint64_t pc, uint32_t mode);

/* A constant of any integer type; ir_pc is one whose value moves with the block's place. */
ir_ref ir_const(struct ir_block *b, uint64_t value);
ir_ref ir_pc(struct ir_block *b, uint64_t value);

/* The general entry: folds, else appends. Returns the reference of the result (IR_NONE if none). */
ir_ref ir_emit(struct ir_block *b, struct ir_insn insn);

/* Appends as it stands: for the parser, tests and the folder's own use. */
ir_ref ir_append(struct ir_block *b, struct ir_insn insn);

/* Start of a guest instruction of `length` bytes at guest address pc. */
void ir_insn_start(struct ir_block *b, uint64_t pc, unsigned length);

ir_ref ir_get(struct ir_block *b, unsigned slot);
void ir_put(struct ir_block *b, unsigned slot, ir_ref value);

static inline ir_ref ir_op1(struct ir_block *b, enum ir_op op, enum ir_type t, ir_ref x)
{
    return ir_emit(b, (struct ir_insn){.op = op, .type = t, .a = x});
}

static inline ir_ref ir_op2(struct ir_block *b, enum ir_op op, enum ir_type t, ir_ref x, ir_ref y)
{
    return ir_emit(b, (struct ir_insn){.op = op, .type = t, .a = x, .b = y});
}

/* Conversions: sext, zext, trunc, bitcast, fbox, funbox. */
static inline ir_ref ir_conv(struct ir_block *b, enum ir_op op, enum ir_type to, enum ir_type from,
                             ir_ref x)
{
    return ir_emit(b, (struct ir_insn){.op = op, .type = to, .sub = from, .a = x});
}

static inline ir_ref ir_setcc(struct ir_block *b, enum ir_cc cc, enum ir_type t, ir_ref x, ir_ref y)
{
    return ir_emit(b, (struct ir_insn){.op = IR_SETCC, .type = IR_I64, .sub = cc, .a = x, .b = y, .aux = t});
}

static inline ir_ref ir_selcc(struct ir_block *b, enum ir_cc cc, enum ir_type t, ir_ref x, ir_ref y,
                              ir_ref if_true, ir_ref if_false)
{
    return ir_emit(b, (struct ir_insn){.op = IR_SELCC, .type = IR_I64, .sub = cc, .a = x, .b = y,
                                       .c = if_true, .d = if_false, .aux = t});
}

static inline ir_ref ir_load(struct ir_block *b, enum ir_type t, ir_ref address, int32_t disp,
                             unsigned memop)
{
    return ir_emit(b, (struct ir_insn){.op = IR_LOAD, .type = t, .a = address, .d = memop,
                                       .aux = (uint32_t)disp});
}

static inline void ir_store(struct ir_block *b, enum ir_type t, ir_ref address, int32_t disp,
                            ir_ref value, unsigned memop)
{
    ir_emit(b, (struct ir_insn){.op = IR_STORE, .type = t, .a = address, .b = value, .d = memop,
                                .aux = (uint32_t)disp});
}

/* Leaves for guest address `target` if x cc y. */
static inline void ir_brcc(struct ir_block *b, enum ir_cc cc, enum ir_type t, ir_ref x, ir_ref y,
                           uint64_t target)
{
    ir_emit(b, (struct ir_insn){.op = IR_BRCC, .type = t, .sub = cc, .a = x, .b = y, .c = ir_pc(b, target)});
}

/* Ends: each sets b->ended. */
void ir_goto(struct ir_block *b, uint64_t target);
void ir_call(struct ir_block *b, uint64_t target, uint64_t return_address);
void ir_goto_indirect(struct ir_block *b, ir_ref target);
void ir_call_indirect(struct ir_block *b, ir_ref target, uint64_t return_address);
void ir_return(struct ir_block *b, ir_ref target);
void ir_exit(struct ir_block *b, enum ir_exit reason, uint64_t pc);

/* Calls helper `index` of the guest's table; `type` is IR_I64 or IR_VOID. */
ir_ref ir_helper_call(struct ir_block *b, enum ir_type type, unsigned index, ir_ref x, ir_ref y,
                      ir_ref z);

/*
 * Folds one instruction with constant operands, or by algebra, without touching what is in the
 * block; new constants and a new pure instruction may come in. Returns the reference that stands for
 * the result, or IR_NONE: append it. May rewrite *insn into a cheaper one.
 */
ir_ref ir_fold(struct ir_block *b, struct ir_insn *insn);

/* The value of a pure integer op on constants; the interpreter uses the same function (I4). */
uint64_t ir_eval(const struct ir_insn *insn, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* A vector, by lanes of each width; lane 0 comes first. */
union ir_v128 {
    uint8_t b[16];
    uint16_t h[8];
    uint32_t s[4];
    uint64_t d[2];
    int8_t sb[16];
    int16_t sh[8];
    int32_t ss[4];
    int64_t sd[2];
};

/*
 * The value of a vector op (any op with a V in its row but loads, stores, atomics and callv); scalar
 * operands and results are in d[0]. FP ops read rounding from the host's MXCSR and accrue flags there.
 * The interpreter's meaning of these ops, and the backend's way out for what it does not do in line.
 * `r` may be one of the operands. (vector.c, vector_fp.c)
 */
void ir_eval_vector(const struct ir_insn *insn, union ir_v128 *r, const union ir_v128 *a,
                    const union ir_v128 *b, const union ir_v128 *c);

/* Dead code: marks instructions whose result nobody needs as nop. Returns how many. (live.c) */
unsigned ir_remove_dead(struct ir_block *b);

/* Text form (print.c, parse.c): prints into a buffer that grows in the arena; parses back. */
char *ir_print(const struct ir_block *b, struct arena *arena);
/* Returns NULL, or an error message in the arena ("line 3: ..."). `b->guest` must be set by the caller. */
const char *ir_parse(struct ir_block *b, const struct ir_guest *guest, const char *text, struct arena *arena);

/* Checks every invariant above. Returns NULL, or a message in the arena naming the instruction. */
const char *ir_check(const struct ir_block *b, struct arena *arena);

/*
 * Runs a block from its start until it leaves: the definition of what every op means (interp.c).
 * Puts write the slot's home at once. On return cpu->exit_pc is where the guest continues, and the
 * result is why: IR_EXIT_NONE for ordinary control flow (gotos, taken guards, calls, returns).
 * A host fault in a load or store leaves through the runtime's signal handler: cpu->exit_pc holds
 * the guest instruction's pc while it runs.
 */
enum ir_exit ir_interpret(const struct ir_block *b, struct cpu *cpu);

#endif

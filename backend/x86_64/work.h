/*
 * What the files of the backend share: struct backend (read-only), struct work (one translating
 * thread's scratch memory) and the allocator's interface.
 *
 * The pipeline: scan.c walks the block backward, counting uses and marking what the consumer will
 * compute; emit.c walks forward and calls each op's function (emit_ADD, ...), which asks the
 * allocator (alloc.c) for its operands, gives up those that die, asks for a register for the result
 * and writes bytes. Rare paths are noted as `struct cold` and written behind the main code. map.c
 * notes where the state is at every instruction that may fault.
 *
 * Invariants of the allocator, between any two calls:
 *   - own[r] is the value register r holds; r is in regs of that value, and of no other;
 *   - a temporary is in `free` exactly if it holds nothing;
 *   - the register of a pinned slot holds the slot's current value (own 0: one the block never
 * read);
 *   - a dirty slot's current value is in a register, in a spill cell or a constant: never only in
 * the home of another slot, so that homes may be written in any order.
 *
 * The shape of an op's function: use_* the operands, take or make_temp what else is needed, then
 * consume() each operand once, then define the result; a register that dies in consume() may become
 * the result's, so bytes are written with that in mind. Between a jump to a cold path and the place
 * where it resumes nothing is allocated: an eviction there would not happen on the cold path.
 */
#ifndef FERRY_BACKEND_WORK_H
#define FERRY_BACKEND_WORK_H

#include "backend/backend.h"
#include "backend/x86_64/asm.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum {
    GPR_MASK = 0xffff,
    XMM0 = 16,           /* the allocator numbers xmm registers from here */
    NO_REG = 0xff,
    VALUES = IR_MAX_INSNS + IR_MAX_CONSTS,
    MAX_COLDS = 2048,
    MAX_SNAPSHOT_ENTRIES = 16384,
    MAX_FAULTS = 4096,
    MAX_LITERALS = 512,
    MAX_LITERAL_USES = 4096,
    MARGIN = 2048,       /* bytes that one op may write without looking */
};
#define XMM_MASK 0xffff0000u
#define BIT(r) (1u << (r))

/* Holds cpu.tlb, where there is one. A register that C functions keep. */
enum { TLB_BASE = R13 };
/* Displacements of accesses that go through it are at most so far from 0: look-ups add to them. */
enum { FAR = 1 << 30 };

struct backend {
    const struct ir_guest *guest;
    uint32_t features;
    unsigned int_pins, float_pins; /* how many, at most */
    enum backend_memory memory;
    uint32_t temps;                   /* registers that hold values within a block */
    uint8_t pin[IR_MAX_SLOTS];        /* slot -> register + 1, 0: none */
    uint8_t pinned[32];               /* register -> slot + 1, 0: none */
    uint32_t pins;                    /* mask of pinned registers */
    uint64_t flag_slots[3];           /* mask of slots of type B */
};

enum val_flag {
    VAL_FUSED = 1 << 0,   /* computed by its consumer */
    VAL_ADDRESS = 1 << 1, /* used as an address by the consumer that comes next */
    VAL_ADDEND = 1 << 2,  /* used as an addend; of a vector: by a logical op */
    VAL_FLAGUSE = 1 << 3, /* its flags in EFLAGS are used by whoever comes next */
    VAL_WIDE = 1 << 5,     /* bits 32 to 63 are looked at */
    VAL_ALIAS = 1 << 6,    /* the same register as its operand; uses are counted there */
    VAL_OBSERVED = 1 << 4, /* used where one NaN differs from another */
    /* The bits of the xmm register above a float are zero; of a V128, its upper half. Set by the op
     * that defines the value; see is_zero_above. */
    VAL_ZERO_ABOVE = 1 << 7,
};

/* In the place of a register's number. */
enum val_hint {
    HINT_LAZY = 1 << 6,        /* flags that are made by whoever wants them (lazy.c) */
    HINT_FROM_RESULT = 1 << 7, /* made from the result `put` and the second operand */
};

/* What is known of a value: an instruction's result, or a constant. */
struct val {
    uint32_t regs;  /* registers that hold it: bit 0-15 general, 16-31 xmm */
    uint16_t uses;  /* that are still to come */
    uint16_t spill; /* spill cell + 1 */
    ir_ref alias;   /* the value it is the same as */
    ir_ref put;     /* the put that `hint` is for; the result that flags are made from (lazy.c); the
                       operation whose flags a consumer finds in EFLAGS (scan.c) */
    uint8_t home;   /* slot + 1 whose home holds it */
    uint8_t slots;  /* dirty slots whose current value it is, or whose recipe names it */
    uint8_t hint;   /* register of the pinned slot it is going to be put in; of flags: enum val_hint */
    uint8_t flags;  /* enum val_flag */
};
static_assert(sizeof(struct val) == 16, "cleared by the thousand");

enum place_kind { PLACE_GPR, PLACE_XMM, PLACE_SPILL, PLACE_CONST, PLACE_LAZY };

/* Where the current value of a dirty slot is. */
struct place {
    uint8_t slot, kind;
    uint16_t what; /* register (0-15), spill cell, constant, instruction of a recipe (lazy.c) */
};

/* A run of places: the state of the dirty slots at some point of the block. */
struct snapshot {
    uint32_t start;
    uint32_t count;
};

struct work;

/* A rare path, written behind the main code. */
struct cold {
    void (*emit)(struct work *w, struct cold *c);
    uint32_t from;   /* rel32 that leads here, offset */
    uint32_t resume; /* where it goes back to, offset */
    struct snapshot state;
    ir_ref insn;     /* the instruction */
    uint8_t r[6];    /* registers */
    uint8_t n;       /* a small number */
    uint64_t value;  /* a guest pc, or a constant */
    struct mem m;    /* of an access: tlb.c */
    uint32_t access, again, pc;
};

/* A host instruction that may fault. */
struct fault {
    uint32_t offset;
    uint32_t pc; /* of the guest instruction, from the block's */
    struct snapshot state;
};

/* A rip-relative field that wants the address of a literal. */
struct literal_use {
    uint32_t field;    /* offset of the disp32 */
    uint16_t literal;
    uint8_t behind;    /* bytes of the instruction behind the field */
};

/* Accesses by one base that are looked up at once (group.c). */
struct group {
    int64_t low, high; /* what they touch, from the base on */
    uint16_t members, guards; /* guards before the first one */
    ir_ref first, table; /* the first one; what the base is if they go by an index, else IR_NONE */
    bool stores;         /* there are stores among them */
};

struct checker;

struct work {
    struct cursor c; /* first */
    uint8_t *base, *limit;
    const struct backend *be;
    const struct ir_block *b;
    struct code_buffer *out;
    uint32_t features;
    uint32_t free;     /* temporaries that hold nothing */
    uint32_t locked;   /* not to be evicted within the current op */
    uint32_t dying;    /* left by operands of the current op */
    bool failed;       /* something was too small */
    bool by_exact;     /* emit_exact has been there (emit_flushed asks) */
    bool snapshot_valid;
    ir_ref now;        /* the instruction being emitted */
    uint32_t insn_pc;  /* of the current guest instruction, from the block's */
    ir_ref compared;   /* the FCMPF whose comparison ends at offset compared_at */
    uint8_t compared_how;
    uint32_t compared_at;
    ir_ref own[32];
    struct snapshot last_snapshot;
    unsigned nplaces, ncolds, nfaults, nliterals, nliteral_uses;
    uint64_t dirty[3];
    uint64_t spills[CPU_SPILLS / 64],
        dead_spills[CPU_SPILLS / 64]; /* cells in use; until the op ends */
    bool any_dead_spill;
    uint64_t seed;
    struct checker *checker; /* NULL: none */
    ir_ref current[IR_MAX_SLOTS]; /* value of each slot; 0: what its home or register held at the
                                     start */
    ir_ref home[IR_MAX_SLOTS];    /* value that the home of each slot holds; 0: not known */
    uint16_t next_get[IR_MAX_SLOTS], next_put[IR_MAX_SLOTS]; /* scan.c */
    struct val val[VALUES];
    struct cold colds[MAX_COLDS];
    struct fault faults[MAX_FAULTS];
    struct place places[MAX_SNAPSHOT_ENTRIES];
    uint64_t literals[MAX_LITERALS][2];
    struct literal_use literal_uses[MAX_LITERAL_USES];
    /* group.c; where there is no TLB nobody touches them */
    unsigned ngroups;
    struct group groups[CPU_GROUPS];
    uint8_t group[IR_MAX_INSNS];         /* of each load and store, + 1; 0: none */
    uint8_t open_group[IR_MAX_INSNS][2]; /* of each base, + 1: that new loads, stores may join */
};

/* What the caller sees of it. */
struct backend_work {
    struct work w;
};

static inline unsigned val_index(ir_ref r)
{
    return ir_is_const(r) ? IR_MAX_INSNS + (r & ~IR_CONST_BIT) : r;
}

static inline struct val *val_of(struct work *w, ir_ref r)
{
    return &w->val[val_index(r)];
}

static inline ir_ref resolve(struct work *w, ir_ref r)
{
    if (ir_is_const(r))
        return r;
    ir_ref a = w->val[r].alias;
    return a ? a : r;
}

static inline uint32_t here(const struct work *w)
{
    return (uint32_t)(w->c.p - w->base);
}

static inline bool has(const struct work *w, uint32_t feature)
{
    return w->features & feature;
}

static inline int32_t cpu_disp(size_t offset)
{
    return (int32_t)offset - CPU_BIAS;
}

#define CPU_MEM(field) mem_at(RBP, cpu_disp(offsetof(struct cpu, field)))

static inline struct mem home_mem(const struct work *w, unsigned slot)
{
    return mem_at(RBP, cpu_disp(offsetof(struct cpu, state) + w->be->guest->slots[slot].offset));
}

static inline struct mem spill_mem(unsigned cell)
{
    return mem_at(RBP, cpu_disp(offsetof(struct cpu, spill) + cell * 16));
}

static inline const struct ir_const *constant(const struct work *w, ir_ref r)
{
    return &w->b->consts[r & ~IR_CONST_BIT];
}

static inline bool is_pc_const(const struct work *w, ir_ref r)
{
    return ir_is_const(r) && constant(w, r)->kind == IR_CONST_PC;
}

/* A constant whose value the code may depend on, as opposed to a guest address. */
static inline bool is_plain_const(const struct work *w, ir_ref r)
{
    return ir_is_const(r) && constant(w, r)->kind == IR_CONST_VALUE;
}

static inline bool is_lazy(const struct val *v)
{
    return v->hint & HINT_LAZY;
}

static inline bool needed(const struct val *v)
{
    return v->uses || v->slots;
}

static inline uint64_t random_next(struct work *w)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed;
}

/* Does a value of the type live in xmm registers? */
static inline bool in_xmm(enum ir_type t)
{
    return ir_type_is_float(t) || t == IR_V128;
}

/* Type of a resolved value; a constant's is `of_const`. */
enum ir_type value_type(const struct work *w, ir_ref r, enum ir_type of_const);

/*
 * Is the xmm register that holds `r`, read as a float of type t or as V128, zero above (V128: in its
 * upper half)?
 */
static inline bool is_zero_above(struct work *w, ir_ref r, enum ir_type t)
{
    r = resolve(w, r);
    if (ir_is_const(r))
        return t != IR_F32 || constant(w, r)->value <= UINT32_MAX;
    if (!(w->val[r].flags & VAL_ZERO_ABOVE))
        return false;
    unsigned known = ir_type_size(value_type(w, r, t)), asked = ir_type_size(t);
    return (known < 8 ? known : 8) <= asked;
}

/* The result of the op at hand is zero above. */
static inline void set_zero_above(struct work *w, ir_ref self)
{
    w->val[self].flags |= VAL_ZERO_ABOVE;
}

/* ---- check.c ----------------------------------------------------------------------------------
 */

enum check_event {
    CHECK_DEFINE,      /* register a holds value r */
    CHECK_USE,         /* the op at hand takes register a to hold value r */
    CHECK_MOVE,        /* register a := register b */
    CHECK_LOAD,        /* register a := home of slot b, which holds value r */
    CHECK_STORE,       /* home of slot b := register a, value r */
    CHECK_UNSPILL,     /* register a := spill cell b, which holds value r */
    CHECK_SPILL,       /* spill cell b := register a, value r */
    CHECK_CONST,       /* register a := constant r */
    CHECK_STORE_CONST, /* home of slot b := constant r */
    CHECK_COPY_HOME,   /* home of slot b := spill cell a, value r */
    CHECK_COPY_SPILL,  /* spill cell a := home of slot b, value r */
    CHECK_CLOBBER,     /* register a holds nothing known */
};
enum { CHECK_NO_REG = 32 }; /* for LOAD and UNSPILL: read by the op itself */

void check_event(struct work *w, enum check_event e, unsigned a, unsigned b, ir_ref r);
#define CHECK(e, a, b, r)                                                                          \
    do {                                                                                           \
        if (unlikely(w->checker))                                                                  \
            check_event(w, CHECK_##e, a, b, r);                                                    \
    } while (0)

void check_create(struct work *w);
void check_destroy(struct work *w);
void check_start(struct work *w);
void check_get(struct work *w, unsigned slot, ir_ref r); /* as the IR says */
void check_put(struct work *w, unsigned slot, ir_ref r); /* as the IR says */
void check_snapshot(struct work *w, struct snapshot s);  /* the state is where the snapshot says */
void check_flags_dead(struct work *w);                   /* and need not be anywhere */
void check_homes(struct work *w);                        /* everything is at home or pinned */
void check_call(struct work *w, bool writes);            /* a C function is called */

/* ---- move.c ---------------------------------------------------------------------------------- */

/* Inside an op: as an instruction, not as a step of the allocator. */
static inline void copy_xmm(struct work *w, unsigned dst, unsigned src)
{
    if (dst != src)
        x_rr(&w->c, 0x28 | X_0F, dst, src);
}

/*
 * A general register for a copy, without moving any value: a free one, or RAX pushed. So storing
 * never needs an eviction, and an eviction never needs another.
 */
struct loan {
    unsigned reg;
    bool pushed;
};
struct loan borrow(struct work *w);
void give_back(struct work *w, struct loan loan);

/* Through a borrowed register. */
void copy_memory(struct work *w, struct mem to, struct mem from, enum ir_type t);
/* What the home of a slot holds into a spill cell. */
void copy_home(struct work *w, unsigned cell, unsigned slot);

void move_gpr(struct work *w, unsigned dst, unsigned src);
void move_xmm(struct work *w, unsigned dst, unsigned src);
void load_xmm(struct work *w, unsigned xmm, struct mem m, enum ir_type t);
void store_xmm(struct work *w, unsigned xmm, struct mem m, enum ir_type t);
void load_gpr(struct work *w, unsigned reg, struct mem m, enum ir_type t);
void store_gpr(struct work *w, unsigned reg, struct mem m, enum ir_type t);

/* ---- alloc.c ----------------------------------------------------------------------------------
 */

void alloc_start(struct work *w);

int use_gpr_slow(struct work *w, ir_ref r);
int use_xmm_slow(struct work *w, ir_ref r, enum ir_type t);

/* The register that holds a value, loaded if need be, and locked until the op ends. */
static inline int use_gpr(struct work *w, ir_ref r)
{
    r = resolve(w, r);
    uint32_t regs = val_of(w, r)->regs & GPR_MASK;
    if (likely(regs)) {
        int reg = __builtin_ctz(regs);
        w->locked |= BIT(reg);
        CHECK(USE, (unsigned)reg, 0, r);
        return reg;
    }
    return use_gpr_slow(w, r);
}

/* The same for xmm registers; returns 0 to 15. `t` is the type, for constants. */
static inline int use_xmm(struct work *w, ir_ref r, enum ir_type t)
{
    r = resolve(w, r);
    uint32_t regs = val_of(w, r)->regs & XMM_MASK;
    if (likely(regs)) {
        int reg = __builtin_ctz(regs);
        w->locked |= BIT(reg);
        CHECK(USE, (unsigned)reg, 0, r);
        return reg - XMM0;
    }
    return use_xmm_slow(w, r, t);
}

enum operand_kind { OPERAND_REG, OPERAND_MEM, OPERAND_IMM };

/* The flexible operand of an instruction. */
struct operand {
    uint8_t kind, reg;
    int32_t imm;
    struct mem mem;
};

/* A register, memory (a value at home used once) or, where allowed, an immediate. */
struct operand use_rm(struct work *w, ir_ref r);
struct operand use_rmi(struct work *w, ir_ref r, enum ir_type t);
struct operand use_xmm_rm(struct work *w, ir_ref r, enum ir_type t);

/* Notes one use as done; a value that nobody needs any more leaves its temporary. */
void consume_slow(struct work *w, struct val *v);
static inline void consume(struct work *w, ir_ref r)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    if (--v->uses == 0 && !v->slots)
        consume_slow(w, v);
}

/* True if the value has no use left after the one at hand and no slot needs it. */
static inline bool dies(struct work *w, ir_ref r)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    return v->uses == 1 && !v->slots;
}

/*
 * A register for the result of instruction `self`, holding it from now on. Chooses the register of
 * the slot that it is going to be put in, else `prefer` if free (NO_REG: none), else any; never one
 * of `avoid`.
 */
int define_gpr(struct work *w, ir_ref self, unsigned prefer, uint32_t avoid);
int define_xmm(struct work *w, ir_ref self, unsigned prefer, uint32_t avoid);

/* Says that a result is in a certain temporary, which must be taken. */
void define_in(struct work *w, ir_ref self, unsigned reg);

/* A scratch register until the op ends, locked. */
int make_temp(struct work *w, uint32_t avoid);
int make_xmm_temp(struct work *w, uint32_t avoid);

/* Empties a certain temporary and locks it; values in it move elsewhere. */
void take(struct work *w, unsigned reg);

/* Copies a value into a certain taken register, which does not come to own it. */
void load_into(struct work *w, unsigned reg, ir_ref r);
void load_into_xmm(struct work *w, unsigned xmm, ir_ref r, enum ir_type t);

/* mov reg, guest pc */
void load_pc(struct work *w, unsigned reg, uint64_t pc);
void note_reloc(struct work *w, enum code_reloc_kind kind, uint64_t value);

/* mov reg, constant, without touching the flags; relocated if it is a guest pc. */
void load_constant(struct work *w, unsigned reg, ir_ref r);

/* Makes the value the current one of a slot. */
void put_slot(struct work *w, unsigned slot, ir_ref r);
void get_slot(struct work *w, unsigned slot, ir_ref self);

/* Stores every dirty slot home; or all but flags; or drops flags that nobody wants any more. */
void sync(struct work *w);
void sync_but_flags(struct work *w);
void drop_flags(struct work *w);

void free_dead_spills(struct work *w);

/* Before a C function: moves what temporaries hold to memory. */
void empty_temps(struct work *w);
/* Before a C function that changes slots, after sync: keeps needed old values elsewhere, forgets
 * the rest. */
void forget_slots(struct work *w);

/* A value's memory operand if it has one (home or spill). */
bool memory_of(struct work *w, ir_ref r, struct mem *m);

/* mov [m], constant of type t; may lose register `scratch` (NO_REG: loses none). */
void store_constant(struct work *w, struct mem m, ir_ref r, enum ir_type t, unsigned scratch);

/* ---- lazy.c -----------------------------------------------------------------------------------
 */

/* The op emits nothing: its flags are made by whoever wants them. */
void defer(struct work *w, ir_ref self);

/* What the flags are made from; returns how many. */
unsigned lazy_operands(struct work *w, ir_ref r, ir_ref operands[2]);

/* A resolved value becomes, and is no longer, what a dirty slot needs: never only at some home. */
void hold(struct work *w, ir_ref r);
void unhold(struct work *w, ir_ref r);

/* The flags have been made, or nobody wants them: gives up the operands. */
void give_up(struct work *w, ir_ref r);

/* Makes lazy flags in RAX, which then is the value's register. Before operands are used. */
void materialize(struct work *w, ir_ref r);

/* Stores them home, as the end of a block or a cold path does. */
void store_lazy_home(struct work *w, unsigned slot, ir_ref r);
void store_lazy_place(struct work *w, const struct place *p);

/*
 * A branch on lazy flags r, which are of a CONDF, as a row of compares and jumps: `leave` emits each
 * jump out of the block. Consumes r.
 */
void branch_on_lazy(struct work *w, const struct ir_insn *in, ir_ref r,
                    void (*leave)(struct work *w, unsigned cc, const struct ir_insn *in));

/* Appends where the value is to a snapshot; how many places a value's, beginning at p, takes. */
void add_places(struct work *w, unsigned slot, ir_ref r, enum ir_type t, struct snapshot *s);
unsigned recipe_length(const struct work *w, const struct place *p);

/* ---- scan.c -----------------------------------------------------------------------------------
 */

void scan(struct work *w);

/* ---- map.c ------------------------------------------------------------------------------------
 */

/* Where the dirty slots are now. */
struct snapshot snapshot(struct work *w);
struct snapshot snapshot_but_flags(struct work *w);

/* The next host instruction may fault. */
void note_fault(struct work *w);
void note_fault_at(struct work *w, uint32_t offset, struct snapshot state, uint32_t pc);

/* Stores the dirty slots of a snapshot; any register it does not name may be lost. In cold paths
 * only. */
void store_snapshot(struct work *w, struct snapshot s);

bool encode_maps(struct work *w);

/* ---- control.c --------------------------------------------------------------------------------
 */

/* `jcc cold` now; the rest of the path through the returned record, which is valid until the next
 * call. */
struct cold *cold_jcc(struct work *w, unsigned cc, void (*emit)(struct work *, struct cold *));
/* A cold path that is reached by other means (from: offset of its rel32). */
struct cold *cold_new(struct work *w, void (*emit)(struct work *, struct cold *));
/* The end of a cold path: back to the main code. */
void cold_resume(struct work *w, struct cold *c);

/* The jump table's entry of a target whose low half is in `index`, which is lost. */
struct mem jump_entry(struct work *w, unsigned index);

void stub_jump(struct work *w, size_t stub); /* offsetof(struct code_stubs, X) */
void stub_call(struct work *w, size_t stub);
void emit_thunks(struct work *w);

/* cpu.exit_pc := guest pc; loses RAX if it is far. */
void store_exit_pc(struct work *w, uint64_t pc);

/*
 * Calls the C function whose pointer is at `pointer` (a field of struct cpu) with up to three
 * values (IR_NONE: none), consumes them, and returns with the result in RAX, taken. Effects: enum
 * ir_helper_effect.
 */
void call_function(struct work *w, size_t pointer, const ir_ref args[3], unsigned effects);

/* Compares two integers of type t, consumes them, returns the host's condition for cc. */
unsigned emit_compare(struct work *w, unsigned cc, enum ir_type t, ir_ref a, ir_ref b);

/* The same for consumer `self`, which may find its flags made: nothing but moves came before. */
unsigned emit_comparison(struct work *w, ir_ref self, enum ir_type t);
extern const uint8_t host_cc[IR_CC_COUNT];

/* ---- select_int.c -----------------------------------------------------------------------------
 */

/* A choice between two integers: started before, finished after the flags are made. */
struct selection {
    ir_ref if_true, if_false;
    struct operand t, f;
    uint32_t wide, locked;
};
void start_select(struct work *w, struct selection *s, ir_ref if_true, ir_ref if_false,
                  enum ir_type t);
void finish_select(struct work *w, struct selection *s, unsigned cc, ir_ref self);

/* ---- select_mem.c -----------------------------------------------------------------------------
 */

/* A guest address as a memory operand, and the values to consume when it has been formed. */
struct address {
    struct mem m;
    unsigned n;
    ir_ref refs[6];
};
struct address use_address(struct work *w, ir_ref a, int32_t disp);
void consume_address(struct work *w, const struct address *a);

/* ---- group.c ----------------------------------------------------------------------------------
 */

/* Finds the groups of the block, where guest addresses go through the TLB. */
void groups_plan(struct work *w);

/* The part that the load or store at hand has in a group. */
enum group_part { GROUP_ALONE, GROUP_FIRST, GROUP_LATER };
struct group_use {
    uint8_t number;
    /* of the first access: */
    bool stores;       /* there are stores in the group */
    ir_ref table;      /* where `low` and `high` count from; IR_NONE: the access's address */
    int32_t low, high; /* what the group may touch */
};
enum group_part group_join(struct work *w, struct group_use *u);
/* The table that the access wants to know besides its address, or IR_NONE. */
ir_ref group_table(struct work *w, ir_ref access);
/* The first access has found the addend for all; it has not. */
void group_begin(struct work *w, const struct group_use *u, unsigned addend);
void group_fail(struct work *w, unsigned number);
/* The others: the addend comes to `temp`, and the host's condition E if there is none. */
void group_look(struct work *w, const struct group_use *u, unsigned temp);

/* ---- tlb.c ------------------------------------------------------------------------------------
 */

/*
 * The look-up of one access, where guest addresses go through the TLB; otherwise all of this does
 * nothing. tlb_prepare takes the temporaries, before results are defined, and looks at a group's
 * table; tlb_look_up writes the look-up of `m` right before the access, makes `m` an operand for the
 * host and, like note_fault, notes the state; after the access, tlb_end says where those go on whose
 * access has been done elsewhere.
 */
struct tlb_use {
    uint8_t entry, temp; /* registers */
    uint8_t part;        /* enum group_part */
    struct group_use group;
    struct cold *cold;   /* until the next cold path is begun */
};
void tlb_prepare(struct work *w, struct tlb_use *t);
/* `access`: bits of enum cpu_miss but for the temporary's; value: a constant (CPU_MISS_CONST). */
void tlb_look_up(struct work *w, struct tlb_use *t, struct mem *m, unsigned access, uint64_t value);
void tlb_end(struct work *w, struct tlb_use *t);
/* The host address of what must be memory, in a temporary: for ops of several instructions. */
void tlb_resolve(struct work *w, struct mem *m, unsigned memop, bool write);

/* ---- literal.c --------------------------------------------------------------------------------
 */

/*
 * 16 aligned bytes behind the block, as the memory operand of one instruction; each value is there
 * once. Right after the instruction, literal_used must be told how many bytes of immediate follow.
 */
struct mem literal(struct work *w, uint64_t low, uint64_t high);
void literal_used(struct work *w, unsigned behind);

/* Writes the literals and the displacements that lead to them. */
void emit_literals(struct work *w);

/* ---- select_exact.c ---------------------------------------------------------------------------
 */

/* Does the whole op by a C function. */
void emit_exact(struct work *w, const struct ir_insn *in, ir_ref self);

/*
 * An op with IR_FP_FLUSH in line, by the host's op without it and checks. False: exact C must do it.
 * (select_fp_flush.c)
 */
bool emit_flushed(struct work *w, const struct ir_insn *in, ir_ref self);

/* An instruction that differs from self's, in its place. (emit.c) */
void emit_plain(struct work *w, const struct ir_insn *in, ir_ref self);

/*
 * The call alone, for cold paths: the caller has stored the operands to CELL_ARG_A, B, C and finds
 * the result in CELL_RESULT. Every register is kept.
 */
void call_exact(struct work *w, const struct ir_insn *in);

/* ---- select_int.c: aliases ----------------------------------------------------------------- */

/* The same register as the operand's: scan.c has counted the uses for the operand. */
void emit_alias(struct work *w, const struct ir_insn *in, ir_ref self);
/* The same, decided only now. */
void become_alias(struct work *w, const struct ir_insn *in, ir_ref self);

/* ---- select_flags.c ---------------------------------------------------------------------------
 */

/* Brings a B value into EFLAGS (or makes it), consumes it, returns the host's condition for cc. */
unsigned emit_condition(struct work *w, unsigned cc, ir_ref flags);
/* The same of a lazy FCMPF, which it does not consume. (select_fp_compare.c) */
unsigned emit_float_condition(struct work *w, unsigned cc, ir_ref flags);

/* ---- the ops ----------------------------------------------------------------------------------
 */

/* Emits the code of one instruction. */
void emit_value(struct work *w, ir_ref r);

#define OP(name, ...) void emit_##name(struct work *w, const struct ir_insn *in, ir_ref self);
#include "ir/op.def"
#undef OP

#endif

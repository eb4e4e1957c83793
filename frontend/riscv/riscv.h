/*
 * What the parts of the RISC-V frontend share, and what others may ask about the guest.
 *
 * Layout: the encodings are in *.dec (see frontend/decgen.c), the registers in state.def, the
 * extensions in extension.def; the meaning of instructions in a file per chapter of the manual
 * (integer.c muldiv.c atomic.c bitmanip.c float.c half.c system.c); what is a C function at run
 * time in helper.c. To add an instruction: a row in the table, and a generator function `rv_NAME`
 * where its family lives.
 *
 * A generator function gets the row's operands and constants and emits IR; false means that the
 * word is undefined after all. It computes everything that may fault before it puts a register.
 *
 * "RISC-V ISA Manual" below is The RISC-V Instruction Set Manual, Volume I, 20240411.
 */
#ifndef FERRY_FRONTEND_RISCV_H
#define FERRY_FRONTEND_RISCV_H

#include "frontend/frontend.h"
#include "ir/cpu.h"

enum rv_feature {
#define EXT(name, text, hwcap, hwprobe, note) RV_FEATURE_##name,
#include "frontend/riscv/extension.def"
#undef EXT
    RV_FEATURE_COUNT
};

/* Slots: RV_SLOT_ra ... */
enum {
#define REG(id, name, type, pin) RV_SLOT_##id,
#include "frontend/riscv/state.def"
#undef REG
    RV_SLOT_COUNT,
    RV_SLOT_X1 = RV_SLOT_ra,
    RV_SLOT_F0 = RV_SLOT_ft0,
};

/* Offsets of the registers' homes in cpu.state, for those who save and restore them. */
enum {
    RV_STATE_X1 = 8 * RV_SLOT_X1, /* x1 to x31, 8 bytes each */
    RV_STATE_F0 = 8 * RV_SLOT_F0, /* f0 to f31 */
    RV_STATE_FRM = 8 * RV_SLOT_frm,
};
static_assert(RV_STATE_X1 == 0 && RV_STATE_F0 == 31 * 8 && RV_SLOT_frm == 63, "state.def");

/*
 * Mode bits of a block's key. A process of linux-user has none but the first two; a machine's hart has
 * them all (softmmu-system/riscv/trap.c keeps them).
 */
enum rv_mode {
    /* what dynamic rounding means */
    RV_MODE_NATIVE = 0,  /* the host's MXCSR rounds as frm says */
    RV_MODE_RMM = 1,     /* frm is "to nearest, ties away", which no host mode is */
    RV_MODE_INVALID = 2, /* frm is reserved: dynamically rounded instructions are illegal */
    RV_MODE_ROUND = 3,   /* mask of the three */

    RV_MODE_PRIV_SHIFT = 2, /* two bits: 0 user, 1 supervisor, 3 machine */
    RV_MODE_PRIV = 3 << RV_MODE_PRIV_SHIFT,
    RV_MODE_SYSTEM = 1 << 4,   /* there is a privileged architecture */
    RV_MODE_FP_TRAP = 1 << 5,  /* FP instructions leave as illegal ones: FS is off or not yet dirty */
    RV_MODE_TIME = 1 << 6,     /* time may be read */
    RV_MODE_CYCLES = 1 << 7,   /* cycle and instret may be read */
    RV_MODE_CBO_INVAL = 1 << 8, /* cbo.inval is enabled */
    RV_MODE_CBO_CLEAN = 1 << 9, /* cbo.clean and cbo.flush are */
    RV_MODE_CBO_ZERO = 1 << 10, /* cbo.zero is */
};

/*
 * Bits of mstatus that sstatus shows: SIE SPIE UBE SPP VS FS XS SUM MXR UXL SD (privileged manual,
 * chapter 10.1.1). Whoever writes mstatus keeps SD what it has to be.
 */
#define RV_SSTATUS_BITS UINT64_C(0x80000003000de762)
/* Bits of mstatus that more than one part has to know. */
#define RV_MSTATUS_SIE (UINT64_C(1) << 1)
#define RV_MSTATUS_MIE (UINT64_C(1) << 3)
#define RV_MSTATUS_SPIE (UINT64_C(1) << 5)
#define RV_MSTATUS_MPIE (UINT64_C(1) << 7)
#define RV_MSTATUS_SUM (UINT64_C(1) << 18)
/* What xepc can hold: instructions are of two bytes at least. */
#define RV_EPC_BITS (~UINT64_C(1))

/* The helper table: name, arguments, effects (helper.c). */
#define RV_HELPERS(X)                                                                              \
    X(set_frm, 1, IR_HELPER_PURE)                                                                  \
    X(hostcall, 1, IR_HELPER_READS | IR_HELPER_WRITES | IR_HELPER_FAULTS)                          \
    X(time, 0, IR_HELPER_PURE)                                                                     \
    X(cycle, 0, IR_HELPER_PURE)                                                                    \
    X(status, 1, IR_HELPER_PURE)                                                                   \
    X(fclass, 2, IR_HELPER_PURE)                                                                   \
    X(half, 3, IR_HELPER_PURE)                                                                     \
    X(fcvtmod, 1, IR_HELPER_PURE)

enum rv_helper {
#define X(name, nargs, effects) RV_HELPER_##name,
    RV_HELPERS(X)
#undef X
        RV_HELPER_COUNT
};

/* The runtime replaces this entry of cpu.helper to serve `hostcall` in its vDSO; it gets the
 * immediate. */
enum { RISCV_HELPER_HOSTCALL = RV_HELPER_hostcall };

#define X(name, nargs, effects) ir_helper_fn rv_helper_##name;
RV_HELPERS(X)
#undef X

/* ---- what the runtime asks ---------------------------------------------------------------- */

/* The isa line of /proc/cpuinfo, without a newline: "rv64imafdc_zicbom_...". Returns text. */
char *riscv_isa_string(const struct cpu_config *config, char *text, size_t size);

/* The same with what concerns supervisors ("sstc", "svpbmt"), for a device tree. Returns text. */
char *riscv_isa_text(const struct cpu_config *config, char *text, size_t size);

/* AT_HWCAP. */
uint64_t riscv_hwcap(const struct cpu_config *config);

/* The value of a key of riscv_hwprobe(2); false for keys unknown to us. */
bool riscv_hwprobe(const struct cpu_config *config, int64_t key, uint64_t *value);

/* fcsr as the guest sees it, while no guest code runs: from cpu->mxcsr and the frm slot, and to
 * them. */
uint32_t riscv_get_fcsr(const struct cpu *cpu);
void riscv_set_fcsr(struct cpu *cpu, uint32_t fcsr);

/* The MXCSR that rounds as frm says; also sets cpu->mode. */
uint32_t rv_apply_frm(struct cpu *cpu, uint32_t mxcsr, unsigned frm);

/* Frequency of the time counter, for riscv_hwprobe and cpuinfo. */
enum { RISCV_TIME_FREQUENCY = 10000000 };

/* Bytes that cbo.zero and the other cache-block instructions work on. */
enum { RISCV_CACHE_BLOCK = 64 };

/* ---- for generator functions -------------------------------------------------------------- */

enum rv_csr_operation { CSR_WRITE, CSR_SET, CSR_CLEAR };
enum rv_bit_operation { BIT_CLEAR, BIT_EXTRACT, BIT_INVERT, BIT_SET };

/* What fli loads, but for entries 1 (the smallest normal) and 31 (NaN). */
extern const double rv_fli_values[32];

/* The registers that three bits can name. */
static inline uint32_t rvc_register(uint32_t three_bits)
{
    return three_bits + 8;
}

static inline ir_ref get_x(struct translation *t, uint32_t x)
{
    return x ? ir_get(t->block, RV_SLOT_X1 + x - 1) : ir_const(t->block, 0);
}

/* The low 32 bits, as I32. */
static inline ir_ref get_w(struct translation *t, uint32_t x)
{
    return ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, get_x(t, x));
}

static inline void put_x(struct translation *t, uint32_t x, ir_ref value)
{
    if (x)
        ir_put(t->block, RV_SLOT_X1 + x - 1, value);
}

/* Writes an I32, sign-extended. */
static inline void put_w(struct translation *t, uint32_t x, ir_ref value)
{
    if (x)
        put_x(t, x, ir_conv(t->block, IR_SEXT, IR_I64, IR_I32, value));
}

static inline ir_ref get_f(struct translation *t, uint32_t f)
{
    return ir_get(t->block, RV_SLOT_F0 + f);
}

static inline void put_f(struct translation *t, uint32_t f, ir_ref value)
{
    ir_put(t->block, RV_SLOT_F0 + f, value);
}

#endif

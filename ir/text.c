/* The words of the text form, and which field of an instruction holds what. */
#include "ir/text.h"

const char *const ir_type_name[IR_TYPE_COUNT] = {
    [IR_VOID] = "void", [IR_I8] = "i8",   [IR_I16] = "i16", [IR_I32] = "i32",   [IR_I64] = "i64",
    [IR_F16] = "f16",   [IR_F32] = "f32", [IR_F64] = "f64", [IR_V128] = "v128", [IR_B] = "b"};

const char *const ir_cc_name[IR_CC_COUNT] = {
    [IR_EQ] = "eq",   [IR_NE] = "ne",   [IR_LTU] = "ltu", [IR_GEU] = "geu", [IR_LEU] = "leu",
    [IR_GTU] = "gtu", [IR_LTS] = "lts", [IR_GES] = "ges", [IR_LES] = "les", [IR_GTS] = "gts",
    [IR_MI] = "mi",   [IR_PL] = "pl",   [IR_VS] = "vs",   [IR_VC] = "vc"};

const char *const ir_amo_name[IR_AMO_COUNT] = {
    [IR_AMO_SWAP] = "swap", [IR_AMO_ADD] = "add",   [IR_AMO_AND] = "and",   [IR_AMO_OR] = "or",
    [IR_AMO_XOR] = "xor",   [IR_AMO_ANDN] = "andn", [IR_AMO_MINS] = "mins", [IR_AMO_MAXS] = "maxs",
    [IR_AMO_MINU] = "minu", [IR_AMO_MAXU] = "maxu"};

const char *const ir_round_name[IR_ROUND_COUNT] = {
    [IR_ROUND_DYNAMIC] = "dyn", [IR_ROUND_NEAREST] = "near", [IR_ROUND_ZERO] = "zero",
    [IR_ROUND_DOWN] = "down",   [IR_ROUND_UP] = "up",        [IR_ROUND_AWAY] = "away",
    [IR_ROUND_ODD] = "odd"};

const char *const ir_fcc_name[IR_FCC_COUNT] = {
    [IR_FEQ] = "eq",   [IR_FLT] = "lt",   [IR_FLE] = "le",
    [IR_FLTQ] = "ltq", [IR_FLEQ] = "leq", [IR_FUNORD] = "unord"};

const char *const ir_exit_name[IR_EXIT_COUNT] = {
    [IR_EXIT_NONE] = "none",   [IR_EXIT_LOOKUP] = "lookup",   [IR_EXIT_SYSCALL] = "syscall",
    [IR_EXIT_BREAK] = "break", [IR_EXIT_ILLEGAL] = "illegal", [IR_EXIT_FETCH] = "fetch",
    [IR_EXIT_FLUSH] = "flush", [IR_EXIT_FLUSH_LINE] = "flush_line", [IR_EXIT_MISALIGNED] = "misaligned",
    [IR_EXIT_YIELD] = "yield", [IR_EXIT_SYSTEM] = "system", [IR_EXIT_FAULT] = "fault"};

const char *const ir_divrule_name[2] = {[IR_DIV_RISCV] = "riscv", [IR_DIV_ARM] = "arm"};

enum ir_sub_kind ir_sub_kind(unsigned op)
{
    switch (op) {
    case IR_SETCC: case IR_SELCC: case IR_BRCC: case IR_SETB: case IR_SELB: case IR_BRB:
    case IR_CONDF: case IR_FSEL:
        return IR_SUB_CC;
    case IR_AMO:
        return IR_SUB_AMO;
    case IR_FMA:
        return IR_SUB_FMA;
    case IR_VPAIR: case IR_VAND: case IR_VOR: case IR_VXOR: case IR_VANDN: case IR_VNOT:
    case IR_VBSL: case IR_VEXT: case IR_VTBL: case IR_VAESENC: case IR_VAESENCL:
    case IR_VAESDEC: case IR_VAESDECL: case IR_VAESMC: case IR_VAESIMC: case IR_CALLV:
    case IR_VSHA1R: case IR_VSHA1E: case IR_VSHA1M2: case IR_VSHA256R:
    case IR_VSHA256M1: case IR_VSHA256M2:
        return IR_SUB_NONE;
    default:
        if (ir_op_info[op].operand[0] == 'S')
            return IR_SUB_TYPE;
        return ir_op_info[op].result == 'V' || ir_op_info[op].operand[0] == 'V' ? IR_SUB_LANE
                                                                               : IR_SUB_NONE;
    }
}

unsigned ir_lane_types(unsigned op)
{
    enum { B = 1 << IR_I8, H = 1 << IR_I16, S = 1 << IR_I32, D = 1 << IR_I64,
           FH = 1 << IR_F16, FS = 1 << IR_F32, FD = 1 << IR_F64 };
    switch (op) {
    case IR_VLANE: return B | H | S | D | FS | FD;
    case IR_VPOPCNT: case IR_VBITREV: case IR_VPMUL: case IR_VDOTS: case IR_VDOTU: case IR_VDOTUS:
    case IR_VSUMB:
        return B;
    case IR_VPMULL: return B | D;
    case IR_VMULHS: case IR_VMULHU: return H;
    case IR_VQDMULH: case IR_VQRDMULH: return H | S;
    case IR_VWIDENS: case IR_VWIDENU: case IR_VMULLS: case IR_VMULLU: case IR_VPADDLS:
    case IR_VPADDLU:
        return B | H | S;
    case IR_VNARROW: case IR_VNARROWS: case IR_VNARROWSU: case IR_VNARROWU: return H | S | D;
    case IR_VFWIDEN: return FH | FS;
    case IR_VFNARROW: return FS | FD;
    default: return op >= IR_VFADD && op < IR_VFWIDEN ? FH | FS | FD : B | H | S | D;
    }
}

enum ir_number_kind ir_number_kind(unsigned op)
{
    switch (op) {
    case IR_DIVS: case IR_DIVU: case IR_REMS: case IR_REMU: return IR_NUMBER_DIVRULE;
    case IR_FSETCC: case IR_VFSETCC: return IR_NUMBER_FCC;
    case IR_VCMP: return IR_NUMBER_CC;
    case IR_FCMPF: return IR_NUMBER_FCMP;
    case IR_CALLV: return IR_NUMBER_PLAIN;
    case IR_INSN: return IR_NUMBER_LENGTH;
    default: return IR_NUMBER_NONE;
    }
}

enum ir_aux_kind ir_aux_kind(unsigned op)
{
    switch (ir_op_info[op].aux[0]) {
    case 's': return IR_AUX_slot;
    case 'd': return IR_AUX_disp;
    case 'b': return IR_AUX_bits;
    case 't': return IR_AUX_type;
    case 'p': return IR_AUX_pc;
    case 'h': return IR_AUX_helper;
    case 'r': return IR_AUX_reason;
    case 'n': return IR_AUX_num;
    case 'e': return IR_AUX_exit;
    default: return IR_AUX_none;
    }
}

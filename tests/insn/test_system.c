/* CSRs, environment calls, illegal words, -cpu and what follows from it. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/insn/machine.h"

enum { FFLAGS = 1, FRM = 2, FCSR = 3, CYCLE = 0xc00, TIME = 0xc01, INSTRET = 0xc02 };

static uint64_t csr(enum rv_insn insn, unsigned number, unsigned source, unsigned rd)
{
    cr_assert_eq(
        run_word(encode(insn, "rd", rd, "csr", number, "rs1", source, "uimm", source, NULL)),
        IR_EXIT_NONE);
    return get_x_register(rd);
}

Test(system, float_csrs)
{
    reset(NULL);
    set_x_register(A0, 0xffffffffffffffff);
    cr_expect_eq(csr(RV_csrrw, FFLAGS, A0, A2), 0);
    cr_expect_eq(csr(RV_csrrs, FCSR, 0, A2), 31, "only the five flags are there");
    cr_expect_eq(csr(RV_csrrwi, FRM, RUP, A2), 0);
    cr_expect_eq(csr(RV_csrrs, FCSR, 0, A2), RUP << 5 | 31);
    cr_expect_eq(csr(RV_csrrci, FFLAGS, NX | NV, A2), 31);
    cr_expect_eq(csr(RV_csrrsi, FFLAGS, NX, A2), UF | OF | DZ);
    cr_expect_eq(csr(RV_csrrs, FFLAGS, 0, A2), NX | UF | OF | DZ);
    cr_expect_eq(csr(RV_csrrw, FCSR, A0, A2), RUP << 5 | NX | UF | OF | DZ);
    cr_expect_eq(csr(RV_csrrs, FCSR, 0, A2), 255);
    cr_expect_eq(cpu.mode, RV_MODE_INVALID);
    cr_expect_eq(csr(RV_csrrwi, FCSR, 0, A2), 255);
    cr_expect_eq(cpu.mode, RV_MODE_NATIVE);
    cr_expect_eq(riscv_get_fcsr(&cpu), 0);
}

Test(system, each_flag_by_itself)
{
    reset(NULL);
    for (unsigned i = 0; i < 5; i++) {
        csr(RV_csrrwi, FFLAGS, 1u << i, 0);
        cr_expect_eq(riscv_get_fcsr(&cpu), 1u << i);
        riscv_set_fcsr(&cpu, 1u << i);
        cr_expect_eq(csr(RV_csrrs, FFLAGS, 0, A2), 1u << i);
    }
}

/* An fsflags that does not touch frm need not end the block; one that does, must. */
Test(system, only_frm_ends_a_block)
{
    reset(NULL);
    uint32_t words[] = {encode(RV_csrrwi, "csr", FFLAGS, NULL),
                        encode(RV_csrrs, "csr", FCSR, "rd", A2, NULL),
                        encode(RV_addi, "rd", A2, NULL)};
    run_words(words, 3);
    cr_expect_eq(block.nguest, 3);
    words[0] = encode(RV_csrrwi, "csr", FRM, NULL);
    run_words(words, 3);
    cr_expect_eq(block.nguest, 2, "the last block of the program is what follows");
}

Test(system, counters)
{
    reset(NULL);
    uint64_t a = csr(RV_csrrs, TIME, 0, A2), b = csr(RV_csrrs, TIME, 0, A2);
    cr_expect(a && b >= a && b - a < RISCV_TIME_FREQUENCY);
    a = csr(RV_csrrs, CYCLE, 0, A2), b = csr(RV_csrrs, INSTRET, 0, A2);
    cr_expect(a && b > a);
}

Test(system, what_is_illegal)
{
    reset(NULL);
    const uint32_t words[] = {
        0,
        0xffffffff,
        0x8002,                                         /* reserved */
        encode(RV_csrrs, "csr", 0x300, NULL),           /* mstatus */
        encode(RV_csrrw, "csr", TIME, "rs1", A0, NULL), /* read-only */
        encode(RV_csrrsi, "csr", CYCLE, "uimm", 1, NULL),
        encode(RV_hostcall, NULL), /* not in the vDSO */
    };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        cr_expect_eq(run_word(words[i]), IR_EXIT_ILLEGAL, "%08x", words[i]);
        cr_expect_eq(cpu.exit_pc, code_address());
    }
}

Test(system, calls)
{
    reset(NULL);
    cr_expect_eq(run_word(encode(RV_ecall, NULL)), IR_EXIT_SYSCALL);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
    cr_expect_eq(run_word(encode(RV_ebreak, NULL)), IR_EXIT_BREAK);
    cr_expect_eq(cpu.exit_pc, code_address());
    cr_expect_eq(run_word(encode(RV_c_ebreak, NULL)), IR_EXIT_BREAK);
    cr_expect_eq(run_word(encode(RV_pause, NULL)), IR_EXIT_YIELD);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
}

static uint64_t called_with;

static uint64_t host_function(struct cpu *c, uint64_t number, uint64_t b, uint64_t d)
{
    (void)b, (void)d;
    called_with = number;
    memcpy(c->state + RV_STATE_X1 + 8 * (A0 - 1), &(uint64_t){4711}, 8);
    return 0;
}

Test(system, hostcall)
{
    reset(NULL);
    config.hostcall_lo = code_address();
    config.hostcall_hi = code_address() + 4096;
    cpu.helper[RISCV_HELPER_HOSTCALL] = (void *)host_function;
    uint32_t words[] = {encode(RV_addi, "rd", A0, "imm", 1, NULL),
                        encode(RV_hostcall, "imm", 17, NULL),
                        encode(RV_addi, "rd", A2, "rs1", A0, "imm", 1, NULL)};
    run_words(words, 3);
    cr_expect_eq(called_with, 17);
    cr_expect_eq(get_x_register(A2), 4712, "what the function wrote is read again");
}

Test(system, may_be_operations)
{
    reset(NULL);
    set_x_register(A2, 5);
    run_word(encode(RV_mop_r, "rd", A2, "mop", 31, NULL));
    cr_expect_eq(get_x_register(A2), 0);
    set_x_register(A2, 5);
    run_word(encode(RV_mop_rr, "rd", A2, "mop", 7, NULL));
    cr_expect_eq(get_x_register(A2), 0);
    cr_expect_eq(run_word(encode(RV_c_mop, "mop", 3, NULL)), IR_EXIT_NONE);
}

/* ---- processors --------------------------------------------------------------------------- */

static bool accepts(const char *text, struct cpu_config *c)
{
    char error[128] = "";
    bool ok = frontend_riscv64.parse_cpu(text, c, error, sizeof error);
    cr_expect(ok || (*error && !strchr(error, '\n')), "%s: no reason", text);
    return ok;
}

Test(cpu, models_and_properties)
{
    struct cpu_config c = {0}, all = {0};
    char text[512];
    cr_assert(accepts(NULL, &all) && accepts("rv64", &c));
    cr_expect_eq(c.features[0], all.features[0]);
    cr_assert(accepts("rv64,zba=off", &c));
    cr_expect(!cpu_has(&c, RV_FEATURE_Zba) && cpu_has(&c, RV_FEATURE_Zbb));
    cr_assert(accepts("rv64gc,+zba,-c", &c));
    cr_expect_str_eq(riscv_isa_string(&c, text, sizeof text),
                     "rv64imafd_zicntr_zicsr_zifencei_zaamo_zalrsc_zba");
    cr_assert(accepts("rva22u64", &c));
    cr_expect(cpu_has(&c, RV_FEATURE_Zfhmin) && !cpu_has(&c, RV_FEATURE_Zfh) &&
              !cpu_has(&c, RV_FEATURE_Zacas));
    cr_assert(accepts("rv64,v=false,vlen=256,Zfa=true", &c));
    cr_assert(accepts("rv64,f=off", &c));
    cr_expect(!cpu_has(&c, RV_FEATURE_D) && !cpu_has(&c, RV_FEATURE_Zfh) &&
              !cpu_has(&c, RV_FEATURE_Zfa));
    cr_assert(accepts("rv64,d=off,zcd=off", &c));
    cr_assert(accepts("rv64gc,zfh=on", &c));
    cr_expect(cpu_has(&c, RV_FEATURE_Zfhmin));
    cr_expect(!accepts("z80", &c) && !accepts("", &c) && !accepts("rv64,zxy=on", &c));
    cr_expect(!accepts("rv64,zba=maybe", &c) && !accepts("rv64,v=true", &c) &&
              !accepts("rv64,i=off", &c));
}

Test(cpu, features_that_are_off_are_illegal)
{
    static const struct {
        const char *cpu;
        enum rv_insn insn;
    } cases[] = {{"rv64,zba=off", RV_sh1add},     {"rv64,m=off", RV_mul},
                 {"rv64,c=off", RV_c_li},         {"rv64,zcb=off", RV_c_not},
                 {"rv64,zbb=off", RV_c_sext_b},   {"rv64,d=off", RV_fadd_d},
                 {"rv64,d=off", RV_c_fld},        {"rv64,zfh=off", RV_fadd_h},
                 {"rv64,zfa=off", RV_fli_s},      {"rv64,zicond=off", RV_czero_eqz},
                 {"rv64,zacas=off", RV_amocas_w}, {"rv64,zabha=off", RV_amocas_b},
                 {"rv64,a=off", RV_lr_w},         {"rv64,zicboz=off", RV_cbo_zero},
                 {"rv64,zawrs=off", RV_wrs_nto},  {"rv64,zimop=off", RV_mop_r}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset(cases[i].cpu);
        cr_expect_eq(run_word(encode(cases[i].insn, NULL)), IR_EXIT_ILLEGAL, "%s under %s",
                     rv_rows[cases[i].insn].name, cases[i].cpu);
    }
    reset("rv64,zfh=off");
    cr_expect_eq(run_word(encode(RV_fcvt_s_h, NULL)), IR_EXIT_NONE, "Zfhmin is left");
    reset("rv64,zicntr=off");
    cr_expect_eq(run_word(encode(RV_csrrs, "csr", TIME, NULL)), IR_EXIT_ILLEGAL);
    reset("rv64,zicbop=off,zihintpause=off,zihintntl=off");
    cr_expect_eq(run_word(encode(RV_prefetch_r, NULL)), IR_EXIT_NONE, "hints are no-operations");
    cr_expect_eq(run_word(encode(RV_ntl_p1, NULL)), IR_EXIT_NONE);
}

/* Ranks for pinning are a permutation of 0, 1, ... in each class, and homes do not overlap. */
Test(cpu, state_table)
{
    const struct ir_guest *g = &frontend_riscv64.ir;
    bool used[2][IR_MAX_SLOTS] = {{false}}, home[CPU_STATE_SIZE] = {false};
    unsigned n[2] = {0, 0};
    for (unsigned i = 0; i < g->nslots; i++) {
        const struct ir_slot *slot = &g->slots[i];
        bool is_float = ir_type_is_float(slot->type);
        for (unsigned j = 0; j < ir_type_size(slot->type); j++) {
            cr_assert(!home[slot->offset + j], "%s", slot->name);
            home[slot->offset + j] = true;
        }
        if (slot->pin < 0)
            continue;
        cr_assert(!used[is_float][slot->pin], "%s", slot->name);
        used[is_float][slot->pin] = true;
        n[is_float]++;
    }
    cr_expect(n[0] == 30 && n[1] == 32, "all but ra and frm");
    for (unsigned i = 0; i < 30; i++)
        cr_expect(used[0][i] && used[1][i], "rank %u", i);
}

Test(cpu, what_programs_are_told)
{
    struct cpu_config c = {0};
    uint64_t value;
    cr_assert(accepts("rv64gc", &c));
    cr_expect_eq(riscv_hwcap(&c),
                 1 << 0 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 8 | 1 << 12); /* acdfim */
    cr_assert(riscv_hwprobe(&c, 3, &value) && value == 1);
    cr_assert(riscv_hwprobe(&c, 4, &value));
    cr_expect_eq(value & 0x3f, 3, "FD and C, no Zba Zbb Zbs");
    cr_assert(accepts("rv64,d=off", &c));
    cr_assert(riscv_hwprobe(&c, 4, &value));
    cr_expect_eq(value & 0x3f, 2 | 0x38, "FD needs both");
    cr_expect(value >> 34 & 1, "Zacas");
    cr_assert(riscv_hwprobe(&c, 6, &value) && value == 64);
    cr_expect(!riscv_hwprobe(&c, 99, &value) && !riscv_hwprobe(&c, -1, &value));
}

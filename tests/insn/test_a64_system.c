/* A64: branches with link, exceptions, hints, system registers, -cpu. */
#include <string.h>

#include "frontend/aarch64/aarch64.h"
#include "frontend/aarch64/system.h"
#include "tests/insn/a64.h"

#define ONES 0xffffffffffffffffu

#define REGISTER(op1, crn, crm, op2) (1 << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
enum {
    FPCR = REGISTER(3, 4, 4, 0),
    FPSR = REGISTER(3, 4, 4, 1),
    DIT = REGISTER(3, 4, 2, 5),
    SSBS = REGISTER(3, 4, 2, 6),
    TPIDR = REGISTER(3, 13, 0, 2),
    TPIDRRO = REGISTER(3, 13, 0, 3),
    CTR = REGISTER(3, 0, 0, 1),
    DCZID = REGISTER(3, 0, 0, 7),
    CNTFRQ = REGISTER(3, 14, 0, 0),
    CNTVCT = REGISTER(3, 14, 0, 2),
    CNTVCTSS = REGISTER(3, 14, 0, 6),
    RNDR = REGISTER(3, 2, 4, 0),
    MIDR = REGISTER(0, 0, 0, 0),
    ISAR0 = REGISTER(0, 0, 6, 0),
    ISAR1 = REGISTER(0, 0, 6, 1),
    PFR0 = REGISTER(0, 0, 4, 0),
};

static enum ir_exit try_read(unsigned sysreg)
{
    return run_word(encode(A64_mrs, "sysreg", sysreg, "rd", 0, NULL));
}

static uint64_t read_register(unsigned sysreg)
{
    cr_assert_eq(try_read(sysreg), IR_EXIT_NONE, "%#x", sysreg);
    return get_x_register(0);
}

static enum ir_exit write_register(unsigned sysreg, uint64_t value)
{
    set_x_register(1, value);
    return run_word(encode(A64_msr, "sysreg", sysreg, "rd", 1, NULL));
}

A64_TEST(a64_system, calls_and_returns)
{
    reset(NULL);
    run_word(encode(A64_bl, "target", 25, NULL));
    cr_expect_eq(cpu.exit_pc, code_address() + 100);
    cr_expect_eq(get_x_register(30), code_address() + 4);
    run_word(encode(A64_b, "target", (uint32_t)-25, NULL));
    cr_expect_eq(cpu.exit_pc, code_address() - 100);
    set_x_register(30, 0x123450);
    run_word(encode(A64_blr, "rn", 30, NULL)); /* the old x30 is the target */
    cr_expect_eq(cpu.exit_pc, 0x123450);
    cr_expect_eq(get_x_register(30), code_address() + 4);
    set_x_register(5, 0x54320);
    run_word(encode(A64_ret, "rn", 5, NULL));
    cr_expect_eq(cpu.exit_pc, 0x54320);
    run_word(encode(A64_br, "rn", 31, NULL));
    cr_expect_eq(cpu.exit_pc, 0);
}

A64_TEST(a64_system, exceptions)
{
    reset(NULL);
    cr_expect_eq(run_word(encode(A64_svc, "imm16", 5, NULL)), IR_EXIT_SYSCALL);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
    cr_expect_eq(run_word(encode(A64_brk, "imm16", 1000, NULL)), IR_EXIT_BREAK);
    cr_expect_eq(cpu.exit_pc, code_address());
    static const uint32_t undefined[] = {0, 0xffff, 0xd4400000, 0xd4000002, 0xd4000003, 0xd69f03e0};
    for (unsigned i = 0; i < sizeof undefined / sizeof undefined[0]; i++) {
        cr_expect_eq(run_word(undefined[i]), IR_EXIT_ILLEGAL, "%08x", undefined[i]);
        cr_expect_eq(cpu.exit_pc, code_address());
    }
}

static uint64_t called_with;

static uint64_t note_call(struct cpu *c, uint64_t number, uint64_t b, uint64_t d)
{
    (void)c, (void)b, (void)d;
    called_with = number;
    return 0;
}

/* HVC is the way out of the vDSO, and undefined anywhere else. */
A64_TEST(a64_system, calls_of_the_host)
{
    reset(NULL);
    cpu.helper[A64_HELPER_hostcall] = (void *)note_call;
    called_with = 0;
    cr_expect_eq(run_word(encode(A64_hvc, "imm16", 7, NULL)), IR_EXIT_ILLEGAL);
    config.hostcall_lo = code_address() + 4, config.hostcall_hi = code_address() + 8;
    cr_expect_eq(run_word(encode(A64_hvc, "imm16", 7, NULL)), IR_EXIT_ILLEGAL);
    cr_expect_eq(called_with, 0);
    const uint32_t words[] = {encode(A64_hint, NULL), encode(A64_hvc, "imm16", 7, NULL)};
    cr_expect_eq(run_words(words, 2), IR_EXIT_NONE);
    cr_expect_eq(called_with, 7);
    cr_expect_eq(cpu.exit_pc, code_address() + 8);
}

/* They may give up waiting at once, whatever the time: the program looks again. */
A64_TEST(a64_system, waits_with_a_limit)
{
    static const enum a64_insn waits[] = {A64_wfet, A64_wfit};
    for (unsigned i = 0; i < 2; i++) {
        reset(NULL);
        set_x_register(3, ONES);
        cr_expect_eq(run_word(encode(waits[i], "rd", 3, NULL)), IR_EXIT_YIELD);
        cr_expect_eq(cpu.exit_pc, code_address() + 4);
        cr_expect_eq(get_x_register(3), ONES);
        reset("max,wfxt=off");
        cr_expect_eq(run_word(encode(waits[i], "rd", 3, NULL)), IR_EXIT_ILLEGAL);
    }
}

/* All 128 hints go by; those of pointer authentication only without the feature change nothing. */
A64_TEST(a64_system, hints)
{
    reset("max,pauth=off");
    for (uint32_t hint = 0; hint < 128; hint++) {
        struct cpu before = cpu;
        enum ir_exit why = run_word(0xd503201f | hint << 5);
        bool yields = hint >= 1 && hint <= 3;
        cr_expect_eq(why, yields ? IR_EXIT_YIELD : IR_EXIT_NONE, "%u: %d", hint, why);
        cr_expect_eq(cpu.exit_pc, code_address() + 4);
        cr_expect(!memcmp(before.state, cpu.state, sizeof cpu.state), "%u", hint);
    }
}

/* ---- FPCR, FPSR ---------------------------------------------------------------------------- */

A64_TEST(a64_system, fpcr)
{
    reset(NULL);
    cr_expect_eq(read_register(FPCR), 0);
    write_register(FPCR, ONES);
    cr_expect_eq(read_register(FPCR), 0x07c80000); /* AHP DN FZ RMode FZ16 */
    cr_expect_eq(cpu.mode, (uint32_t)(A64_MODE_DN | A64_MODE_FZ | A64_MODE_FZ16 | A64_MODE_AHP));
    static const unsigned control[4] = {0, 2, 1, 3}; /* MXCSR's: nearest, down, up, zero */
    for (unsigned mode = 0; mode < 4; mode++) {
        write_register(FPCR, mode << 22);
        cr_expect_eq(cpu.mxcsr >> 13 & 3, control[mode]);
        cr_expect_eq(cpu.mode, 0);
    }
    reset("max,fp16=off");
    write_register(FPCR, ONES);
    cr_expect_eq(read_register(FPCR), 0x07c00000);
}

A64_TEST(a64_system, fpsr)
{
    reset(NULL);
    for (unsigned flags = 0; flags < 128; flags++) {
        uint32_t fpsr = (flags & 31) | (flags & 32 ? 1u << 7 : 0) | (flags & 64 ? 1u << 27 : 0);
        write_register(FPSR, fpsr);
        cr_expect_eq(read_register(FPSR), fpsr);
        cr_expect_eq(a64_get_fpsr(&cpu), fpsr);
        a64_set_fpsr(&cpu, 0);
        cr_expect_eq(read_register(FPSR), 0);
        a64_set_fpsr(&cpu, fpsr);
        cr_expect_eq(read_register(FPSR), fpsr);
    }
    write_register(FPSR, ONES);
    cr_expect_eq(read_register(FPSR), 0x0800009f);
}

/* The host's flag of denormal operands is IDC in flush mode and nothing outside it. */
A64_TEST(a64_system, denormal_flag)
{
    enum { DENORMAL = 2, FZ = 1 << 24, IDC = 1 << 7 };
    reset(NULL);
    cpu.mxcsr |= DENORMAL;
    cr_expect_eq(read_register(FPSR), 0);
    write_register(FPCR, FZ);
    cr_expect_eq(read_register(FPSR), 0, "none was flushed yet");
    cpu.mxcsr |= DENORMAL;
    cr_expect_eq(read_register(FPSR), IDC);
    write_register(FPCR, 0);
    cr_expect_eq(read_register(FPSR), IDC, "it stays");
    write_register(FPSR, 0);
    cr_expect_eq(read_register(FPSR), 0);
}

/* Underflow of a product that rounding makes the smallest normal number: once FPSR is accessed. */
A64_TEST(a64_system, underflow)
{
    enum { UFC = 1 << 3, IXC = 1 << 4, RMODE = 3 << 22 };
    const uint32_t multiply = encode(A64_fmul_s, "rd", 0, "rn", 1, "rm", 2, NULL);
    const uint32_t words[] = {encode(A64_msr, "sysreg", FPSR, "rd", 31, NULL), multiply,
                              encode(A64_mrs, "sysreg", FPSR, "rd", 0, NULL)};
    reset(NULL);
    run_word(multiply);
    write_register(FPCR, RMODE), write_register(FPCR, 0);
    cr_expect_eq(cpu.mode, 0, "nobody has asked");
    for (unsigned first = 0; first < 2; first++) { /* either register access is one */
        reset(NULL);
        cr_expect_eq(run_word(words[2 * first]), IR_EXIT_NONE);
        write_register(FPCR, RMODE), write_register(FPCR, 0);
        cr_expect_eq(cpu.mode, (uint32_t)A64_MODE_UNDERFLOW);
    }
    set_v_register(1, (union ir_v128){.s = {0x3f800001}});
    set_v_register(2, (union ir_v128){.s = {0x007fffff}});
    cr_expect_eq(run_words(words, 3), IR_EXIT_NONE);
    cr_expect_eq(get_v_register(0).s[0], 0x00800000);
    cr_expect_eq(get_x_register(0), UFC | IXC);
}

/* A comparison has raised what it raises before FPSR is cleared, whenever its flags are wanted. */
A64_TEST(a64_system, comparison_and_fpsr)
{
    const uint32_t clear = encode(A64_msr, "sysreg", FPSR, "rd", 31, NULL);
    const uint32_t words[] = {
        clear, encode(A64_fcmpe_s, "rn", 1, "rm", 1, NULL), clear,
        encode(A64_csinc, "sf", 1, "rd", 2, "rn", 31, "rm", 31, "cond", 7, NULL),
        encode(A64_mrs, "sysreg", FPSR, "rd", 0, NULL)};
    reset(NULL);
    set_v_register(1, (union ir_v128){.s = {0x7fc00000}});
    cr_expect_eq(run_words(words, sizeof words / sizeof words[0]), IR_EXIT_NONE);
    cr_expect_eq(get_flags(), C | V);
    cr_expect_eq(get_x_register(2), 1, "unordered: VS");
    cr_expect_eq(get_x_register(0), 0);
    cr_expect_eq(a64_get_fpsr(&cpu), 0);
}

/* ---- others -------------------------------------------------------------------------------- */

A64_TEST(a64_system, registers)
{
    reset(NULL);
    write_register(TPIDR, 0x123456789abc);
    cr_expect_eq(read_register(TPIDR), 0x123456789abc);
    cr_expect_eq(read_register(TPIDRRO), 0);
    cr_expect_eq(write_register(TPIDRRO, 1), IR_EXIT_ILLEGAL);
    cr_expect_eq(read_register(CTR) & 0xf, 4);
    cr_expect_eq(read_register(CTR) >> 28 & 3, 1, "IDC without DIC");
    cr_expect_eq(read_register(DCZID), 4);
    cr_expect_eq(write_register(CTR, 0), IR_EXIT_ILLEGAL);
    uint64_t first = read_register(CNTVCT), second = read_register(CNTVCTSS);
    cr_expect(second >= first && second - first < read_register(CNTFRQ));
    set_flags(15);
    first = read_register(RNDR);
    cr_expect_eq(get_flags(), 0);
    cr_expect_neq(read_register(RNDR), first);
    cr_expect_eq(try_read(REGISTER(0, 1, 0, 0)), IR_EXIT_ILLEGAL); /* SCTLR_EL1 */
    cr_expect_eq(try_read(REGISTER(3, 9, 12, 0)), IR_EXIT_ILLEGAL); /* PMCR_EL0 */
    cr_expect_eq(run_word(0xd50342df), IR_EXIT_ILLEGAL);             /* msr daifset, #2 */
    reset("cortex-a53");
    cr_expect_eq(try_read(RNDR), IR_EXIT_ILLEGAL);
    cr_expect_eq(try_read(CNTVCTSS), IR_EXIT_ILLEGAL);
    cr_expect_eq(try_read(DIT), IR_EXIT_ILLEGAL);
}

/* What the kernel shows of them: programs' business only, the rest zero. */
A64_TEST(a64_system, identification)
{
    enum {
        MPIDR = REGISTER(0, 0, 0, 5), REVIDR = REGISTER(0, 0, 0, 6), PFR1 = REGISTER(0, 0, 4, 1),
        ISAR2 = REGISTER(0, 0, 6, 2), MMFR0 = REGISTER(0, 0, 7, 0), MMFR1 = REGISTER(0, 0, 7, 1),
        MMFR2 = REGISTER(0, 0, 7, 2), DFR0 = REGISTER(0, 0, 5, 0), ZFR0 = REGISTER(0, 0, 4, 4),
    };
    static const struct {
        unsigned sysreg;
        uint64_t a53, max;
    } cases[] = {
        {MPIDR, 0x80000000, 0x80000000}, {REVIDR, 0, 0},
        {PFR1, 0, 0x21},                 {ISAR2, 0, 0x0010000000110002},
        {MMFR0, 0xff000000, 0x10000000ff000000}, {MMFR1, 0, 0},
        {MMFR2, 0, 0x100000000},         {DFR0, 0, 0},
        {ZFR0, 0, 0},                    {PFR0, 0x11, 0x0001000000110011},
        {ISAR0, 0x11120, 0x1021111110212120},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset("cortex-a53");
        cr_expect_eq(read_register(cases[i].sysreg), cases[i].a53, "%#x: %#lx", cases[i].sysreg,
                     get_x_register(0));
        cr_expect_eq(write_register(cases[i].sysreg, 0), IR_EXIT_ILLEGAL);
        reset(NULL);
        cr_expect_eq(read_register(cases[i].sysreg), cases[i].max, "%#x: %#lx", cases[i].sysreg,
                     get_x_register(0));
    }
}

A64_TEST(a64_system, flags_as_a_register)
{
    enum { NZCV = REGISTER(3, 4, 2, 0) };
    reset(NULL);
    for (unsigned flags = 0; flags < 16; flags++) {
        write_register(NZCV, ONES & ~((uint64_t)(15 ^ flags) << 28));
        cr_expect_eq(get_flags(), flags);
        cr_expect_eq(read_register(NZCV), flags << 28);
    }
}

A64_TEST(a64_system, random_numbers)
{
    enum { RNDRRS = REGISTER(3, 2, 4, 1) };
    static const unsigned registers[] = {RNDR, RNDRRS};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t ones = 0, zeros = 0;
        reset(NULL);
        for (unsigned n = 0; n < 64; n++) {
            set_flags(15);
            uint64_t number = read_register(registers[i]);
            ones |= number, zeros |= ~number;
            cr_expect_eq(get_flags(), 0, "there always is one");
        }
        cr_expect(ones == ONES && zeros == ONES, "every bit changes");
        cr_expect_eq(write_register(registers[i], 0), IR_EXIT_ILLEGAL);
        reset("max,rng=off");
        cr_expect_eq(try_read(registers[i]), IR_EXIT_ILLEGAL);
    }
}

A64_TEST(a64_system, bits_of_pstate)
{
    reset(NULL);
    write_register(DIT, ONES);
    cr_expect_eq(read_register(DIT), 1 << 24);
    cr_expect_eq(read_register(SSBS), 0);
    run_word(encode(A64_msr_ssbs, "crm", 1, NULL));
    cr_expect_eq(read_register(SSBS), 1 << 12);
    run_word(encode(A64_msr_dit, "crm", 0, NULL));
    cr_expect_eq(read_register(DIT), 0);
    cr_expect_eq(read_register(SSBS), 1 << 12);
}

static enum ir_exit sys(unsigned crm, unsigned op2, uint64_t address)
{
    set_x_register(1, address);
    return run_word(encode(A64_sys, "op1", 3, "crn", 7, "crm", crm, "op2", op2, "rd", 1, NULL));
}

A64_TEST(a64_system, caches)
{
    static _Alignas(64) uint8_t lines[192];
    reset(NULL);
    memset(lines, 0xff, sizeof lines);
    cr_expect_eq(sys(4, 1, (uint64_t)lines + 100), IR_EXIT_NONE); /* DC ZVA */
    for (unsigned i = 0; i < sizeof lines; i++)
        cr_assert_eq(lines[i], i / 64 == 1 ? 0 : 0xff, "%u", i);
    cr_expect_eq(sys(10, 1, (uint64_t)lines), IR_EXIT_NONE);     /* DC CVAC */
    cr_expect_eq(sys(13, 1, (uint64_t)lines), IR_EXIT_NONE);     /* DC CVADP */
    cr_expect_eq(sys(5, 1, (uint64_t)lines + 8), IR_EXIT_FLUSH_LINE); /* IC IVAU */
    cr_expect_eq(cpu.exit_info, (uint64_t)lines + 8);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
    cr_expect_eq(sys(6, 1, (uint64_t)lines), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(0xd5087621), IR_EXIT_ILLEGAL); /* DC IVAC */
    reset("cortex-a72");
    cr_expect_eq(sys(12, 1, (uint64_t)lines), IR_EXIT_ILLEGAL); /* DC CVAP */
}

/* ---- -cpu ---------------------------------------------------------------------------------- */

static bool accepts(const char *text)
{
    struct cpu_config c;
    char error[128];
    return frontend_aarch64.parse_cpu(text, &c, error, sizeof error);
}

A64_TEST(a64_system, properties)
{
    static const char *const good[] = {
        "max", "any", "max,sve=off", "max,pauth-impdef=on", "max,sve512=off,lse=off", "cortex-a76",
        "neoverse-n1,+sha3", "cortex-a53,pauth=on", "max,sve-max-vq=4", "max,lpa2=off,sme=off",
    };
    static const char *const bad[] = {
        "", "rv64", "max,sve=on", "max,sve512=on", "max,lse=maybe", "max,nonsense=on", "max,sme=on",
    };
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect(accepts(good[i]), "%s", good[i]);
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect(!accepts(bad[i]), "%s", bad[i]);
    reset("max,flagm=off");
    cr_expect(!cpu_has(&config, A64_FEATURE_FLAGM2), "needs flagm");
    reset("cortex-a53,fhm=on");
    cr_expect(cpu_has(&config, A64_FEATURE_FP16), "is needed by fhm");
}

A64_TEST(a64_system, what_the_kernel_says)
{
    char text[512];
    reset("cortex-a72");
    cr_expect_str_eq(a64_feature_string(&config, text, sizeof text),
                     "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid");
    cr_expect_eq(a64_hwcap(&config), 0x8ff);
    cr_expect_eq(a64_hwcap2(&config), 0);
    cr_expect_eq(read_register(MIDR), 0x410fd083);
    cr_expect_eq(read_register(ISAR0), 0x00011120);
    cr_expect_eq(read_register(ISAR1), 0);
    cr_expect_eq(read_register(PFR0), 0x11);
    reset("neoverse-n1");
    cr_expect_str_eq(a64_feature_string(&config, text, sizeof text),
                     "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid "
                     "asimdrdm lrcpc dcpop asimddp ssbs");
    cr_expect_eq(read_register(ISAR0), 0x0000100010211120);
    cr_expect_eq(read_register(PFR0), 0x00110011);
    reset("max");
    a64_feature_string(&config, text, sizeof text);
    cr_expect(strstr(text, " paca pacg dcpodp "), "%s", text);
    cr_expect(strstr(text, " mops hbc lrcpc3"), "%s", text);
    cr_expect_eq(read_register(ISAR1) >> 8 & 15, 3, "FEAT_PAuth2");
}

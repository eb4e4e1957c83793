/* RISC-V as linux-user sees it: registers, calling convention, vDSO, /proc/cpuinfo. See guest.h. */
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#include "linux-user/riscv/riscv_guest.h"

static void start(struct cpu *cpu, uint64_t sp)
{
    *rv_x(cpu, RV_SP) = sp;
    cpu->helper[RISCV_HELPER_HOSTCALL] = (void *)riscv_hostcall;
}

static uint64_t stack_pointer(const struct cpu *cpu)
{
    return rv_get(cpu, RV_SP);
}

static void restart(struct cpu *cpu, uint64_t first_arg)
{
    cpu->exit_pc -= 4; /* ecall has no compressed form */
    *rv_x(cpu, RV_A0) = first_arg;
}

static void child(struct cpu *cpu, uint64_t sp, bool set_tls, uint64_t tls)
{
    *rv_x(cpu, RV_A0) = 0;
    if (sp)
        *rv_x(cpu, RV_SP) = sp;
    if (set_tls)
        *rv_x(cpu, RV_TP) = tls;
    cpu->helper[RISCV_HELPER_HOSTCALL] = (void *)riscv_hostcall;
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
}

static uint64_t hwcap2(const struct cpu_config *config)
{
    (void)config;
    return 0;
}

/* struct user_regs_struct: pc, x1 to x31. */
static void get_gregset(const struct cpu *cpu, uint64_t words[GREGSET_MAX])
{
    words[0] = cpu->exit_pc;
    memcpy(words + 1, cpu->state + RV_STATE_X1, 31 * sizeof *words);
}

/* struct __riscv_d_ext_state */
static size_t get_fpregset(const struct cpu *cpu, uint8_t bytes[FPREGSET_MAX])
{
    enum { F_SIZE = 32 * 8 };
    uint32_t rest[2] = {riscv_get_fcsr(cpu)};
    memcpy(bytes, cpu->state + RV_STATE_F0, F_SIZE);
    memcpy(bytes + F_SIZE, rest, sizeof rest);
    return F_SIZE + sizeof rest;
}

static void print_registers(const struct cpu *cpu, char *text, size_t size)
{
    static const char names[32][5] = {
        "pc", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2", "s0", "s1", "a0",
        "a1", "a2", "a3",  "a4",  "a5", "a6", "a7", "s2", "s3", "s4", "s5",
        "s6", "s7", "s8",  "s9",  "s10", "s11", "t3", "t4", "t5", "t6"};
    size_t n = 0;
    for (unsigned i = 0; i < 32 && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%-3s %016llx%s", i % 4 ? "  " : "  ", names[i],
                              (unsigned long long)(i ? rv_get(cpu, i) : cpu->exit_pc),
                              i % 4 == 3 ? "\n" : "");
    const uint64_t *f = (const uint64_t *)(cpu->state + RV_STATE_F0);
    for (unsigned i = 0; i < 32 && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "  f%-2u %016llx%s", i, (unsigned long long)f[i],
                              i % 4 == 3 ? "\n" : "");
    if (n < size)
        snprintf(text + n, size - n, "  fcsr %02x\n", riscv_get_fcsr(cpu));
}

static size_t cpuinfo(const struct cpu_config *config, unsigned number, char *text, size_t size)
{
    char isa[1024];
    riscv_isa_string(config, isa, sizeof isa);
    int n = snprintf(text, size,
                     "processor\t: %u\nhart\t\t: %u\nisa\t\t: %s\nmmu\t\t: sv39\n"
                     "mvendorid\t: 0x0\nmarchid\t\t: 0x0\nmimpid\t\t: 0x0\nhart isa\t: %s\n\n",
                     number, number, isa, isa);
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size;
}

/* hostcall N; ret */
#define HOSTCALL(name, n) {name, 2, {(uint32_t)(n) << 20 | 0x0b, 0x00008067}}

const struct guest guest_riscv64 = {
    .frontend = &frontend_riscv64,
    .abi = {.name = "riscv64",
            .column = 0,
            .word = 8,
            .machine = "riscv64",
            .machine32 = "riscv32",
            .audit_arch = AUDIT_ARCH_RISCV64},
    .vdso = {
        .machine = EM_RISCV,
        .elf_class = ELFCLASS64,
        .elf_flags = 0x5, /* RVC, double float ABI */
        .soname = "linux-vdso.so.1",
        .version = "LINUX_4.15",
        .sigreturn = "__vdso_rt_sigreturn",
        .nfunctions = 7,
        .functions = {
            /* li a7, __NR_rt_sigreturn; ecall: unwinders know the frame by these words */
            {"__vdso_rt_sigreturn", 2, {0x08b00893, 0x00000073}},
            HOSTCALL("__vdso_clock_gettime", VDSO_CLOCK_GETTIME),
            HOSTCALL("__vdso_gettimeofday", VDSO_GETTIMEOFDAY),
            HOSTCALL("__vdso_clock_getres", VDSO_CLOCK_GETRES),
            HOSTCALL("__vdso_getcpu", VDSO_GETCPU),
            HOSTCALL("__vdso_riscv_hwprobe", VDSO_HWPROBE),
            /* li a7, __NR_riscv_flush_icache; ecall; ret: it stops threads, so it is a call */
            {"__vdso_flush_icache", 3, {0x10300893, 0x00000073, 0x00008067}},
        },
    },
    .platform = NULL,
    .signal_stack = 2048,
    .min_altstack = 2048,
    .address_limit = UINT64_C(0x7ffffffff000),
    .address_bits = 38, /* Sv39 */
    .hwcap = riscv_hwcap,
    .hwcap2 = hwcap2,
    .start = start,
    .stack_pointer = stack_pointer,
    .call = {RV_HOME(RV_A7), RV_HOME(RV_A0), RV_HOME(RV_A0), sizeof(uint64_t)},
    .restart = restart,
    .child = child,
    .push_frame = riscv_push_frame,
    .pop_frame = riscv_pop_frame,
    .gregset = {.words = 32, .pc = 0, .sp = RV_SP, .fp = RV_FP, .ra = RV_RA, .frame_record = -16,
                .in_frame = RV_FRAME_GREGSET},
    .get_gregset = get_gregset,
    .get_fpregset = get_fpregset,
    .print_registers = print_registers,
    .cpuinfo = cpuinfo,
};

/* AArch64 as linux-user sees it: registers, calling convention, vDSO, /proc/cpuinfo. See guest.h. */
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#include "linux-user/aarch64/aarch64_guest.h"
#include "syscall/prctl.h"

static uint64_t hostcall(struct cpu *cpu, uint64_t function, uint64_t b, uint64_t c)
{
    (void)b, (void)c;
    int64_t r = vdso_call(current_task, (enum vdso_call)function, a64_x(cpu, 0));
    *a64_x(cpu, 0) = (uint64_t)r;
    return (uint64_t)r;
}

static void start(struct cpu *cpu, uint64_t sp)
{
    *a64_x(cpu, A64_SP) = sp;
    cpu->helper[A64_HELPER_hostcall] = (void *)hostcall;
}

static uint64_t stack_pointer(const struct cpu *cpu)
{
    return a64_get(cpu, A64_SP);
}

static void restart(struct cpu *cpu, uint64_t first_arg)
{
    cpu->exit_pc -= 4;
    *a64_x(cpu, 0) = first_arg;
}

static void child(struct cpu *cpu, uint64_t sp, bool set_tls, uint64_t tls)
{
    *a64_x(cpu, 0) = 0;
    if (sp)
        *a64_x(cpu, A64_SP) = sp;
    if (set_tls)
        memcpy(cpu->state + A64_STATE_tpidr, &tls, sizeof tls);
    cpu->helper[A64_HELPER_hostcall] = (void *)hostcall;
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
}

static bool strip_tags(struct cpu *cpu)
{
    if (cpu->mode & A64_MODE_TAGGED)
        return false;
    cpu->mode |= A64_MODE_TAGGED;
    return true;
}

/* Documentation/arch/arm64/tagged-address-abi.rst, pointer-authentication.rst. */
static int64_t own_prctl(struct task *t, const uint64_t a[6])
{
    enum { TAGGED_ADDR_ENABLE = 1, PAC_ALL_KEYS = 0x1f, PAC_SWITCHED_KEYS = 0x0f, TSC_ENABLE = 1 };
    bool pac = cpu_has(&t->process->config, A64_FEATURE_PAUTH);
    const uint32_t tsc = TSC_ENABLE;
    switch ((enum prctl_option)a[0]) {
    case OPTION_PR_PAC_RESET_KEYS:
        if (a[1] & ~(uint64_t)PAC_ALL_KEYS || a[2] || a[3] || a[4] || !pac)
            return -EINVAL;
        a64_new_pac_keys(&t->vcpu->cpu, a[1] ? (unsigned)a[1] : PAC_ALL_KEYS);
        return 0;
    case OPTION_PR_PAC_SET_ENABLED_KEYS: /* those that may be off stay on */
        return !pac || a[3] || a[4] || a[1] & ~(uint64_t)PAC_SWITCHED_KEYS || a[1] != a[2] ? -EINVAL
                                                                                         : 0;
    case OPTION_PR_PAC_GET_ENABLED_KEYS:
        return !pac || a[1] || a[2] || a[3] || a[4] ? -EINVAL : PAC_SWITCHED_KEYS;
    case OPTION_PR_SET_TAGGED_ADDR_CTRL:
        if (a[1] & ~(uint64_t)TAGGED_ADDR_ENABLE || a[2] || a[3] || a[4])
            return -EINVAL;
        t->process->tagged_addresses = a[1];
        return 0;
    case OPTION_PR_GET_TAGGED_ADDR_CTRL:
        return a[1] || a[2] || a[3] || a[4] ? -EINVAL : t->process->tagged_addresses;
    case OPTION_PR_GET_TSC:
        return copy_out(t, a[1], &tsc, sizeof tsc);
    case OPTION_PR_SET_TSC:
        return a[1] == TSC_ENABLE ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

/* struct user_pt_regs: x0 to x30, sp, pc, pstate. */
static void get_gregset(const struct cpu *cpu, uint64_t words[GREGSET_MAX])
{
    memcpy(words, cpu->state + A64_STATE_x0, 32 * sizeof *words);
    words[32] = cpu->exit_pc;
    words[33] = a64_get_nzcv(cpu);
}

/* struct user_fpsimd_state */
static size_t get_fpregset(const struct cpu *cpu, uint8_t bytes[FPREGSET_MAX])
{
    enum { V_SIZE = 32 * 16 };
    uint32_t rest[4] = {a64_get_fpsr(cpu), a64_get_fpcr(cpu)};
    memcpy(bytes, cpu->state + A64_STATE_v0, V_SIZE);
    memcpy(bytes + V_SIZE, rest, sizeof rest);
    return V_SIZE + sizeof rest;
}

static void print_registers(const struct cpu *cpu, char *text, size_t size)
{
    size_t n = 0;
    for (unsigned i = 0; i < 32 && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "  %-3s %016llx%s",
                              frontend_aarch64.ir.slots[A64_SLOT_x0 + i].name,
                              (unsigned long long)a64_get(cpu, i), i % 4 == 3 ? "\n" : "");
    for (unsigned i = 0; i < 32 && n < size; i++) {
        const uint64_t *v = (const uint64_t *)(cpu->state + A64_STATE_v0) + 2 * i;
        n += (size_t)snprintf(text + n, size - n, "  v%-2u %016llx%016llx%s", i,
                              (unsigned long long)v[1], (unsigned long long)v[0],
                              i % 2 ? "\n" : "");
    }
    if (n < size)
        snprintf(text + n, size - n, "  pc  %016llx  nzcv %x  fpcr %08x  fpsr %08x\n",
                 (unsigned long long)cpu->exit_pc, a64_get_nzcv(cpu) >> 28, a64_get_fpcr(cpu),
                 a64_get_fpsr(cpu));
}

static size_t cpuinfo(const struct cpu_config *config, unsigned number, char *text, size_t size)
{
    char features[1024];
    uint32_t midr = a64_midr(config);
    int n = snprintf(text, size,
                     "processor\t: %u\nBogoMIPS\t: 100.00\nFeatures\t: %s\n"
                     "CPU implementer\t: 0x%02x\nCPU architecture: 8\nCPU variant\t: 0x%x\n"
                     "CPU part\t: 0x%03x\nCPU revision\t: %u\n\n",
                     number, a64_feature_string(config, features, sizeof features), midr >> 24,
                     midr >> 20 & 15, midr >> 4 & 0xfff, midr & 15);
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size;
}

/* hvc #N, which no user program can execute; ret */
#define HOSTCALL(name, n) {name, 2, {0xd4000002u | (uint32_t)(n) << 5, 0xd65f03c0}}

const struct guest guest_aarch64 = {
    .frontend = &frontend_aarch64,
    .abi = {.name = "aarch64",
            .column = 0,
            .word = 8,
            .machine = "aarch64",
            .machine32 = "armv8l",
            .arm_oflags = true,
            .audit_arch = AUDIT_ARCH_AARCH64},
    .vdso = {
        .machine = EM_AARCH64,
        .elf_class = ELFCLASS64,
        .soname = "linux-vdso.so.1",
        .version = "LINUX_2.6.39",
        .sigreturn = "__kernel_rt_sigreturn",
        .nfunctions = 4,
        .functions = {
            /* mov x8, #__NR_rt_sigreturn; svc #0: unwinders know the frame by these words */
            {"__kernel_rt_sigreturn", 2, {0xd2801168, 0xd4000001}},
            HOSTCALL("__kernel_clock_gettime", VDSO_CLOCK_GETTIME),
            HOSTCALL("__kernel_gettimeofday", VDSO_GETTIMEOFDAY),
            HOSTCALL("__kernel_clock_getres", VDSO_CLOCK_GETRES),
        },
    },
    .platform = "aarch64",
    .address_limit = UINT64_C(0x7ffffffff000),
    .address_bits = 39,
    .extra_prot = 0x10, /* PROT_BTI */
    .signal_stack = A64_FRAME_SIZE,
    .min_altstack = 5120,
    .has_restorer = true,
    .bad_frame_at_sp = true,
    .hwcap = a64_hwcap,
    .hwcap2 = a64_hwcap2,
    .start = start,
    .stack_pointer = stack_pointer,
    .call = {A64_STATE_x8, A64_STATE_x0, A64_STATE_x0, sizeof(uint32_t)},
    .restart = restart,
    .child = child,
    .push_frame = a64_push_frame,
    .pop_frame = a64_pop_frame,
    .strip_tags = strip_tags,
    .prctl = own_prctl,
    .gregset = {.words = 34, .pc = 32, .sp = A64_SP, .fp = A64_FP, .ra = A64_LR, .frame_record = 0,
                .in_frame = A64_FRAME_GREGSET},
    .get_gregset = get_gregset,
    .get_fpregset = get_fpregset,
    .print_registers = print_registers,
    .cpuinfo = cpuinfo,
};

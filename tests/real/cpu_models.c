/*
 * An AArch64 processor speaks with one voice: the hardware capabilities of the auxiliary vector,
 * the Features line of /proc/cpuinfo, the identification registers (as the kernel shows them,
 * Documentation/arch/arm64/cpu-feature-registers.rst and elf_hwcaps.rst), and what becomes of an
 * instruction of each extension. Prints the processor's part number, then what disagrees.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define READ(name)                                                                                 \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " name : "=r"(value_));                                          \
        value_;                                                                                    \
    })

enum { NONE, PFR0, PFR1, ISAR0, ISAR1, ISAR2, MMFR0, MMFR2, REGISTERS };
static uint64_t registers[REGISTERS];

/*
 * Capability `bit` (of AT_HWCAP2 from 64 on) says that the register's field of four bits at `shift`
 * is `least` or more; `word` is an instruction that exists then and only then, 0: none. It may read
 * and write v0, x0 and memory at x1; x2 is zero.
 */
static const struct capability {
    const char *name;
    unsigned bit, reg, shift, least;
    uint32_t word;
} capabilities[] = {
    {"fp", 0, PFR0, 16, 0, 0x1e202800},       /* fadd s */
    {"asimd", 1, PFR0, 20, 0, 0x0e208400},    /* add 8b */
    {"evtstrm", 2, NONE, 0, 0, 0},
    {"aes", 3, ISAR0, 4, 1, 0x4e284800},      /* aese */
    {"pmull", 4, ISAR0, 4, 2, 0x0ee0e000},    /* pmull 1q */
    {"sha1", 5, ISAR0, 8, 1, 0x5e280800},     /* sha1h */
    {"sha2", 6, ISAR0, 12, 1, 0x5e282800},    /* sha256su0 */
    {"crc32", 7, ISAR0, 16, 1, 0x1ac04000},   /* crc32b */
    {"atomics", 8, ISAR0, 20, 2, 0xb83f003f}, /* ldadd */
    {"fphp", 9, PFR0, 16, 1, 0x1ee02800},     /* fadd h */
    {"asimdhp", 10, PFR0, 20, 1, 0x0e401400}, /* fadd 4h */
    {"cpuid", 11, NONE, 0, 0, 0},
    {"asimdrdm", 12, ISAR0, 28, 1, 0x2e408400}, /* sqrdmlah */
    {"jscvt", 13, ISAR1, 12, 1, 0x1e7e0000},    /* fjcvtzs */
    {"fcma", 14, ISAR1, 16, 1, 0x6e80e400},     /* fcadd */
    {"lrcpc", 15, ISAR1, 20, 1, 0xb8bfc020},    /* ldapr */
    {"dcpop", 16, ISAR1, 0, 1, 0xd50b7c21},     /* dc cvap */
    {"sha3", 17, ISAR0, 32, 1, 0xce000000},     /* eor3 */
    {"sm3", 18, ISAR0, 36, 1, 0xce60c000},      /* sm3partw1 */
    {"sm4", 19, ISAR0, 40, 1, 0xcec08400},      /* sm4e */
    {"asimddp", 20, ISAR0, 44, 1, 0x0e809400},  /* sdot */
    {"sha512", 21, ISAR0, 12, 2, 0xcec08000},   /* sha512su0 */
    {"asimdfhm", 23, ISAR0, 48, 1, 0x0e20ec00}, /* fmlal */
    {"dit", 24, PFR0, 48, 1, 0xd53b42a0},       /* mrs dit */
    {"uscat", 25, MMFR2, 32, 1, 0},
    {"ilrcpc", 26, ISAR1, 20, 2, 0x99400020},   /* ldapur */
    {"flagm", 27, ISAR0, 52, 1, 0xd500401f},    /* cfinv */
    {"ssbs", 28, PFR1, 4, 2, 0xd53b42c0},       /* mrs ssbs */
    {"sb", 29, ISAR1, 36, 1, 0xd50330ff},       /* sb */
    {"paca", 30, ISAR1, 8, 1, 0xdac123e0},      /* paciza */
    {"pacg", 31, ISAR1, 28, 1, 0x9ac03000},     /* pacga */
    {"dcpodp", 64, ISAR1, 0, 2, 0xd50b7d21},    /* dc cvadp */
    {"flagm2", 64 + 7, ISAR0, 52, 2, 0xd500405f}, /* axflag */
    {"frint", 64 + 8, ISAR1, 32, 1, 0x1e284000},  /* frint32z */
    {"i8mm", 64 + 13, ISAR1, 52, 1, 0x0e809c00},  /* usdot */
    {"bf16", 64 + 14, ISAR1, 44, 1, 0x2e40fc00},  /* bfdot */
    {"rng", 64 + 16, ISAR0, 60, 1, 0xd53b2400},   /* mrs rndr */
    {"bti", 64 + 17, PFR1, 0, 1, 0},
    {"ecv", 64 + 19, MMFR0, 60, 1, 0xd53be0c0},    /* mrs cntvctss_el0 */
    {"wfxt", 64 + 31, ISAR2, 0, 2, 0xd5031000},    /* wfet */
    {"cssc", 64 + 34, ISAR2, 52, 1, 0xdac01800},   /* ctz */
    {"mops", 64 + 43, ISAR2, 16, 1, 0x19c10440},   /* setp */
    {"hbc", 64 + 44, ISAR2, 20, 1, 0x54000030},    /* bc.eq */
    {"lrcpc3", 64 + 46, ISAR1, 20, 3, 0x99421820}, /* ldiapp */
};
enum { COUNT = sizeof capabilities / sizeof capabilities[0] };

static void read_registers(void)
{
    registers[PFR0] = READ("id_aa64pfr0_el1");
    registers[PFR1] = READ("id_aa64pfr1_el1");
    registers[ISAR0] = READ("id_aa64isar0_el1");
    registers[ISAR1] = READ("id_aa64isar1_el1");
    registers[ISAR2] = READ("s3_0_c0_c6_2");
    registers[MMFR0] = READ("id_aa64mmfr0_el1");
    registers[MMFR2] = READ("id_aa64mmfr2_el1");
}

/* Fields of floating point are signed: 15 says that there is none. */
static int is_in_register(const struct capability *c)
{
    unsigned value = registers[c->reg] >> c->shift & 15;
    return c->reg == PFR0 && c->shift <= 20 && value == 15 ? 0 : value >= c->least;
}

/* The line of /proc/cpuinfo that begins so, behind its colon, with a blank at either end. */
static const char *info(const char *key, char *line, size_t size)
{
    FILE *in = fopen("/proc/cpuinfo", "r");
    const char *found = "";
    while (in && fgets(line, (int)size, in))
        if (!strncmp(line, key, strlen(key)) && strchr(line, ':')) {
            line[strcspn(line, "\n")] = ' ';
            found = strchr(line, ':') + 1;
            break;
        }
    if (in)
        fclose(in);
    return found;
}

static sigjmp_buf undefined;

static void on_sigill(int sig)
{
    (void)sig;
    siglongjmp(undefined, 1);
}

static int exists(uint32_t word)
{
    static uint32_t *code;
    static _Alignas(64) char memory[64];
    if (!code)
        code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                    -1, 0);
    code[0] = word;
    code[1] = 0xd65f03c0; /* ret */
    __builtin___clear_cache((char *)code, (char *)(code + 2));
    if (sigsetjmp(undefined, 1))
        return 0;
    ((void (*)(void *, void *, uint64_t))code)(memory, memory, 0);
    return 1;
}

int main(void)
{
    char line[1024];
    uint64_t said[2] = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)}, known[2] = {0, 0};
    unsigned long part = 0;
    sscanf(info("CPU part", line, sizeof line), "%lx", &part);
    printf("%#lx\n", part);
    if (part != (READ("midr_el1") >> 4 & 0xfff))
        printf("part number: /proc/cpuinfo %#lx, MIDR_EL1 %#lx\n", part, READ("midr_el1"));
    signal(SIGILL, on_sigill);
    read_registers();
    const char *features = info("Features", line, sizeof line);
    unsigned names = 0, bits = 0;
    for (const char *p = features; *p; p++)
        names += *p != ' ' && p[1] == ' ';
    for (unsigned i = 0; i < COUNT; i++) {
        const struct capability *c = &capabilities[i];
        char name[32];
        snprintf(name, sizeof name, " %s ", c->name);
        int vector = said[c->bit / 64] >> c->bit % 64 & 1, listed = strstr(features, name) != NULL;
        int reg = c->reg ? is_in_register(c) : vector, insn = c->word ? exists(c->word) : vector;
        known[c->bit / 64] |= UINT64_C(1) << c->bit % 64;
        bits += (unsigned)vector;
        if (vector != listed || vector != reg || vector != insn)
            printf("%s: auxv %d, cpuinfo %d, register %d, instruction %d\n", c->name, vector,
                   listed, reg, insn);
    }
    if (said[0] & ~known[0] || said[1] & ~known[1])
        printf("unknown capabilities: %#lx %#lx\n", said[0] & ~known[0], said[1] & ~known[1]);
    if (names != bits)
        printf("/proc/cpuinfo lists %u features, the auxiliary vector %u\n", names, bits);
    return 0;
}

/*
 * Random RISC-V code, two translators, one result: runs the programs of riscv_code.c under an
 * oracle and under a subject and compares what they write. On a difference, instructions are taken
 * out as long as it stays, and what is left is printed with the registers that differ.
 *
 *     fuzz_riscv [-n PROGRAMS] [-s SEED] [-c CPU] [-f] [-i PREFIX] [-x PREFIX] [-o ORACLE]
 *                [-t SUBJECT]
 *
 * ORACLE and SUBJECT are commands that get the program's name added (default: qemu-riscv64);
 * without -t the subject is frontend and interpreter in this process. -f: with faults (needs -t).
 * -i: only instructions whose names begin so; -x: without those.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/riscv/decode.h"
#include "frontend/riscv/riscv.h"
#include "tests/fuzz/riscv_code.h"

struct output {
    struct fuzz_dump dump[FUZZ_TESTS];
    unsigned n; /* dumps written completely */
    size_t size;
};

static const char *oracle = "qemu-riscv64", *subject, *cpu_text = NULL;
static struct fuzz_choice choice;
static char program[64];
static unsigned unfinished; /* runs that the oracle did not bring to an end */

/* ---- runners ------------------------------------------------------------------------------ */

static void write_program(const struct fuzz_image *image)
{
    FILE *out = fopen(program, "wb");
    if (!out || fwrite(image->bytes, 1, image->size, out) != image->size || fclose(out)) {
        perror(program);
        exit(2);
    }
    chmod(program, 0700);
}

static void run_command(const char *command, struct output *o)
{
    char line[512];
    snprintf(line, sizeof line, "timeout 3 %s %s 2>/dev/null", command, program);
    FILE *in = popen(line, "r");
    if (!in) {
        perror(command);
        exit(2);
    }
    o->size = fread(o->dump, 1, sizeof o->dump, in);
    o->n = (unsigned)(o->size / sizeof o->dump[0]);
    pclose(in);
}

static const uint8_t *window(void *context, uint64_t pc, size_t *size)
{
    const struct fuzz_image *image = context;
    *size = pc - image->base < image->size ? image->size - (pc - image->base) : 0;
    return *size ? (const uint8_t *)pc : NULL;
}

static uint64_t *x_register(struct cpu *cpu, unsigned x)
{
    return (uint64_t *)(cpu->state + RV_STATE_X1) + x - 1;
}

/* Serves write and exit; false: the program has ended. */
static bool serve_call(struct cpu *cpu, struct output *o)
{
    if (*x_register(cpu, 17) == 132 || *x_register(cpu, 17) == 134) /* signals: none come */
        return true;
    if (*x_register(cpu, 17) != 64 || o->n == FUZZ_TESTS)
        return false;
    memcpy(&o->dump[o->n++], (void *)*x_register(cpu, 11), sizeof o->dump[0]);
    o->size += sizeof o->dump[0];
    return true;
}

static void run_here(const struct fuzz_image *image, struct output *o)
{
    const struct frontend *f = &frontend_riscv64;
    struct code_source source = {window, (void *)image};
    static struct ir_block block;
    static struct cpu cpu;
    void *at = mmap((void *)image->base, image->size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (at != (void *)image->base) {
        perror("mmap");
        exit(2);
    }
    memcpy(at, image->bytes, image->size);
    memset(&cpu, 0, sizeof cpu);
    f->reset(&choice.config, &cpu);
    for (unsigned i = 0; i < f->ir.nhelpers; i++)
        cpu.helper[i] = (void *)f->ir.helpers[i].fn;
    o->n = 0;
    o->size = 0;
    cpu.exit_pc = image->entry;
    uint32_t host_mxcsr = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(cpu.mxcsr);
    enum ir_exit why;
    unsigned blocks = 0; /* a test taken apart may loop for ever */
    do {
        frontend_translate(f, &choice.config, &source, &block, cpu.exit_pc, cpu.mode, 0, 0);
        why = ir_interpret(&block, &cpu);
    } while (blocks++ < 200000 &&
             (why == IR_EXIT_NONE || why == IR_EXIT_LOOKUP || why == IR_EXIT_FLUSH ||
              why == IR_EXIT_YIELD || (why == IR_EXIT_SYSCALL && serve_call(&cpu, o))));
    __builtin_ia32_ldmxcsr(host_mxcsr);
    if (why != IR_EXIT_SYSCALL)
        printf("interpreter stopped: reason %d at %#llx\n", why, (unsigned long long)cpu.exit_pc);
    munmap(at, image->size);
}

/* Index of the first test that differs, -1 if none does. What the oracle did not finish counts as
 * equal. */
static int compare(const struct fuzz_test *tests, unsigned n, struct output *a, struct output *b)
{
    struct fuzz_image image;
    fuzz_build(&image, tests, n);
    write_program(&image);
    run_command(oracle, a);
    if (subject)
        run_command(subject, b);
    else
        run_here(&image, b);
    free(image.bytes);
    unfinished += a->n < n;
    for (unsigned i = 0; i < n && i < a->n; i++)
        if (i >= b->n || memcmp(&a->dump[i], &b->dump[i], sizeof a->dump[i]))
            return (int)i;
    return -1;
}

/* ---- reports ------------------------------------------------------------------------------ */

static void print_difference(const struct output *a, const struct output *b)
{
    if (!a->n || !b->n) {
        printf("  oracle wrote %zu bytes, subject %zu\n", a->size, b->size);
        return;
    }
    const struct fuzz_dump *p = &a->dump[0], *q = &b->dump[0];
    for (unsigned i = 0; i < 66; i++)
        if ((&p->x[0])[i] != (&q->x[0])[i])
            printf("  %s%u: oracle %016llx, subject %016llx\n",
                   i < 32   ? "x"
                   : i < 64 ? "f"
                            : "fcsr, faults ",
                   i % 32, (unsigned long long)(&p->x[0])[i], (unsigned long long)(&q->x[0])[i]);
    for (unsigned i = 0; i < FUZZ_ROUNDS * FUZZ_FAULTS; i++)
        for (unsigned j = 0; j < sizeof(struct fuzz_frame) / 8; j++)
            if ((&p->frames[i].pc)[j] != (&q->frames[i].pc)[j])
                printf("  fault %u, %s%u: oracle %016llx, subject %016llx\n", i,
                       j == 0   ? "pc "
                       : j < 32 ? "x"
                       : j < 64 ? "f"
                                : "fcsr ",
                       j % 32, (unsigned long long)(&p->frames[i].pc)[j],
                       (unsigned long long)(&q->frames[i].pc)[j]);
    for (unsigned i = 0; i < FUZZ_BUFFER; i++)
        if (p->buffer[i] != q->buffer[i])
            printf("  buffer[%u]: oracle %02x, subject %02x\n", i, p->buffer[i], q->buffer[i]);
}

static void print_test(const struct fuzz_test *test)
{
    for (unsigned i = 0; i < test->n; i++) {
        const struct fuzz_insn *insn = &test->insns[i];
        char text[128];
        if (insn->row == RV_INVALID)
            continue;
        frontend_riscv64.disassemble(&choice.config, 0, (const uint8_t *)&insn->word, 4, text,
                                     sizeof text);
        printf("  %3u  %08x  %s", i, insn->word, text);
        printf(insn->forward ? "   (+%u)\n" : "\n", insn->forward);
    }
    for (unsigned i = 0; i < 32; i++)
        printf("  x%-2u %016llx  f%-2u %016llx%s", i, (unsigned long long)test->start.x[i], i,
               (unsigned long long)test->start.f[i], i % 2 ? "\n" : "");
    printf("  fcsr %02x\n", (unsigned)test->start.fcsr);
}

static void take_out(struct fuzz_test *test, unsigned i)
{
    struct fuzz_insn *insn = &test->insns[i];
    insn->word = insn->length == 2 ? 1 : 0x13;
    insn->forward = 0;
    insn->row = RV_INVALID;
}

/* Takes out what is not needed for the difference; a jalr goes with its auipc. */
static void shrink(struct fuzz_test *test)
{
    static struct output a, b;
    for (unsigned step = 32; step; step /= 2)
        for (unsigned i = 0; i < test->n; i += step) {
            struct fuzz_test copy = *test;
            for (unsigned j = i; j < i + step && j < test->n; j++) {
                if (copy.insns[j].row == RV_jalr)
                    take_out(&copy, j - 1);
                if (j + 1 < test->n && copy.insns[j + 1].row == RV_jalr)
                    take_out(&copy, j + 1);
                take_out(&copy, j);
            }
            if (compare(&copy, 1, &a, &b) == 0)
                *test = copy;
        }
    compare(test, 1, &a, &b);
    print_test(test);
    print_difference(&a, &b);
}

int main(int argc, char **argv)
{
    static struct fuzz_test tests[FUZZ_TESTS];
    static struct output a, b;
    unsigned programs = 40, failures = 0, stuck = 0;
    uint64_t seed = 1;
    for (int c; (c = getopt(argc, argv, "n:s:c:fi:x:o:t:")) != -1;)
        switch (c) {
        case 'n': programs = (unsigned)atoi(optarg); break;
        case 's': seed = strtoull(optarg, NULL, 0); break;
        case 'c': cpu_text = optarg; break;
        case 'f': choice.faults = true; break;
        case 'i': choice.only = optarg; break;
        case 'x': choice.except = optarg; break;
        case 'o': oracle = optarg; break;
        case 't': subject = optarg; break;
        default: return 2;
        }
    char error[128];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!frontend_riscv64.parse_cpu(cpu_text, &choice.config, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    snprintf(program, sizeof program, "/tmp/fuzz_riscv.%d", (int)getpid());
    for (unsigned p = 0; p < programs && failures < 5; p++) {
        uint64_t random = (seed + p) * 0x9e3779b97f4a7c15 | 1;
        for (unsigned i = 0; i < FUZZ_TESTS; i++)
            fuzz_random_test(&tests[i], &choice, &random);
        unfinished = 0;
        int differs = compare(tests, FUZZ_TESTS, &a, &b);
        stuck += unfinished;
        if (differs < 0)
            continue;
        failures++;
        printf("seed %llu, test %d differs:\n", (unsigned long long)(seed + p), differs);
        shrink(&tests[differs]);
    }
    unlink(program);
    printf("%u programs of %u tests: %u differ, %u not finished by the oracle\n", programs,
           FUZZ_TESTS, failures, stuck);
    return failures != 0 || stuck * 8 > programs;
}

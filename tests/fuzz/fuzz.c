/*
 * Runs random programs under an oracle and under a subject and compares what they write. On a
 * difference, instructions are taken out as long as it stays, and what is left is printed with the
 * registers that differ.
 *
 *     fuzz_GUEST [-n PROGRAMS] [-s SEED] [-c CPU] [-f] [-i PREFIX] [-x PREFIX,...] [-o ORACLE]
 *                [-t SUBJECT] [-l]
 *
 * ORACLE and SUBJECT are commands that get the program's name added (default: the guest's
 * qemu-user); without -t the subject is frontend and interpreter in this process. -f: with faults
 * (needs -t). -i: only instructions whose names begin so; -x: without those. -l: prints the rows that
 * programs are made of, and runs none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/decode.h"
#include "ir/cpu.h"
#include "tests/fuzz/fuzz.h"

struct output {
    uint8_t dump[FUZZ_TESTS * FUZZ_DUMP];
    unsigned n; /* dumps written completely */
    size_t size;
};

static const struct fuzz_guest *guest;
static const char *oracle, *subject, *cpu_text;
static struct fuzz_choice choice;
static char program[256];
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
    o->size = fread(o->dump, 1, FUZZ_TESTS * guest->dump_size, in);
    o->n = (unsigned)(o->size / guest->dump_size);
    pclose(in);
}

static const uint8_t *window(void *context, uint64_t pc, size_t *size)
{
    const struct fuzz_image *image = context;
    *size = pc - image->base < image->size ? image->size - (pc - image->base) : 0;
    return *size ? (const uint8_t *)pc : NULL;
}

/* Serves write and exit; false: the program has ended. What sets up signals, of which none come, does nothing. */
static bool serve_call(struct cpu *cpu, struct output *o)
{
    uint64_t number, buffer;
    guest->call(cpu, &number, &buffer);
    if (number == guest->number_exit || (number == guest->number_write && o->n == FUZZ_TESTS))
        return false;
    if (number == guest->number_write) {
        memcpy(o->dump + o->n++ * guest->dump_size, (void *)buffer, guest->dump_size);
        o->size += guest->dump_size;
    }
    return true;
}

static void run_here(const struct fuzz_image *image, struct output *o)
{
    const struct frontend *f = guest->frontend;
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
              why == IR_EXIT_FLUSH_LINE ||
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
    guest->build(&image, tests, n);
    write_program(&image);
    run_command(oracle, a);
    if (subject)
        run_command(subject, b);
    else
        run_here(&image, b);
    free(image.bytes);
    unfinished += a->n < n;
    for (unsigned i = 0; i < n && i < a->n; i++)
        if (i >= b->n || memcmp(a->dump + i * guest->dump_size, b->dump + i * guest->dump_size,
                                  guest->dump_size))
            return (int)i;
    return -1;
}

/* ---- reports ------------------------------------------------------------------------------ */

void fuzz_compare(const char *name, unsigned index, uint64_t p, uint64_t q)
{
    if (p != q)
        printf("  %s%u: oracle %016llx, subject %016llx\n", name, index, (unsigned long long)p,
               (unsigned long long)q);
}

bool fuzz_left_out(const struct fuzz_choice *c, const char *name, bool jump, uint64_t *random)
{
    for (const char *p = c->except; p; p = strchr(p, ',')) {
        p += *p == ',';
        if (*p && !strncmp(name, p, strcspn(p, ",")))
            return true;
    }
    return c->only && strncmp(name, c->only, strlen(c->only)) &&
           (!jump || decode_random_number(random) % 64);
}

static void print_test(const struct fuzz_test *test)
{
    for (unsigned i = 0; i < test->n; i++) {
        const struct fuzz_insn *insn = &test->insns[i];
        char text[128];
        if (insn->row == FUZZ_TAKEN_OUT)
            continue;
        guest->frontend->disassemble(&choice.config, 0, (const uint8_t *)&insn->word, 4, text,
                                     sizeof text);
        printf("  %3u  %08x  %s", i, insn->word, text);
        printf(insn->forward ? "   (+%u)\n" : "\n", insn->forward);
    }
    guest->print_start(test);
}

/* Takes out what is not needed for the difference, in so many tries: a subject that hangs takes its time. */
static void shrink(struct fuzz_test *test)
{
    enum { TRIES = 300 };
    static struct output a, b;
    unsigned tries = 0;
    for (unsigned step = 32; step; step /= 2)
        for (unsigned i = 0; i < test->n && tries < TRIES; i += step, tries++) {
            static struct fuzz_test copy;
            copy = *test;
            for (unsigned j = i; j < i + step && j < test->n; j++)
                guest->take_out(&copy, j);
            if (compare(&copy, 1, &a, &b) == 0)
                *test = copy;
        }
    compare(test, 1, &a, &b);
    print_test(test);
    if (a.n && b.n)
        guest->print_difference(a.dump, b.dump);
    else
        printf("  oracle wrote %zu bytes, subject %zu\n", a.size, b.size);
}

int fuzz_main(const struct fuzz_guest *for_guest, int argc, char **argv)
{
    static struct fuzz_test tests[FUZZ_TESTS];
    static struct output a, b;
    unsigned programs = 40, failures = 0, stuck = 0;
    bool list = false;
    uint64_t seed = 1;
    guest = for_guest;
    oracle = guest->oracle;
    for (int c; (c = getopt(argc, argv, "n:s:c:fi:lx:o:t:")) != -1;)
        switch (c) {
        case 'n': programs = (unsigned)atoi(optarg); break;
        case 's': seed = strtoull(optarg, NULL, 0); break;
        case 'c': cpu_text = optarg; break;
        case 'f': choice.faults = true; break;
        case 'i': choice.only = optarg; break;
        case 'l': list = guest->print_rows; break;
        case 'x': choice.except = optarg; break;
        case 'o': oracle = optarg; break;
        case 't': subject = optarg; break;
        default: return 2;
        }
    char error[128];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!guest->frontend->parse_cpu(cpu_text, &choice.config, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    if (list) {
        guest->print_rows(&choice);
        return 0;
    }
    const char *dir = getenv("TMPDIR");
    snprintf(program, sizeof program, "%s/fuzz_%s.%d", dir ? dir : "/tmp", guest->frontend->name,
             (int)getpid());
    for (unsigned p = 0; p < programs && failures < 5; p++) {
        uint64_t random = (seed + p) * 0x9e3779b97f4a7c15 | 1;
        for (unsigned i = 0; i < FUZZ_TESTS; i++)
            guest->random_test(&tests[i], &choice, &random);
        unfinished = 0;
        int differs = compare(tests, FUZZ_TESTS, &a, &b);
        stuck += unfinished;
        if (differs < 0)
            continue;
        failures++;
        printf("seed %llu, test %d differs:\n", (unsigned long long)(seed + p), differs);
        shrink(&tests[differs]);
    }
    if (!getenv("FUZZ_KEEP"))
        unlink(program);
    printf("%u programs of %u tests: %u differ, %u not finished by the oracle\n", programs,
           FUZZ_TESTS, failures, stuck);
    return failures != 0 || stuck * 8 > programs;
}

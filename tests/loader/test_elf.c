/* What the ELF parser accepts, what it says of everything else; stack and vDSO as programs see
 * them. */
#include <criterion/criterion.h>
#include <string.h>

#include "linux-user/guest.h"
#include "loader/elf.h"
#include "loader/stack.h"
#include "loader/vdso.h"
#include "tests/loader/good_elf.h"

static struct good_elf good;
static struct elf_file parsed;

static void setup(void)
{
    good_elf_make(&good);
}

static const char *parse_size(uint64_t size)
{
    struct memory_file f = {(const uint8_t *)&good, size};
    bool not_elf;
    return elf_parse(memory_read, &f, size, &parsed, &not_elf);
}

static const char *parse(void)
{
    return parse_size(sizeof good);
}

TestSuite(elf, .init = setup);

Test(elf, good_file)
{
    cr_assert_null(parse());
    cr_assert_eq(parsed.machine, EM_RISCV);
    cr_assert(parsed.dynamic_position);
    cr_assert_eq(parsed.nsegments, 2);
    cr_assert_eq(parsed.low, 0);
    cr_assert_eq(parsed.high, 0x5000);
    cr_assert_eq(parsed.phdr_vaddr, 64);
    cr_assert_eq(parsed.entry, 0x400);
    struct memory_file f = {(const uint8_t *)&good, sizeof good};
    char path[ELF_MAX_INTERP];
    cr_assert_null(elf_interpreter(memory_read, &f, &parsed, path));
    cr_assert_str_eq(path, "/lib/ld-linux-riscv64.so.1");
}

Test(elf, every_truncation_is_refused_or_harmless)
{
    for (uint64_t n = 0; n < 0x2100; n++)
        cr_assert_not_null(parse_size(n), "%llu bytes", (unsigned long long)n);
    cr_assert_null(parse_size(0x2100));
}

/* Spoils one thing; the complaint must hold the given words. */
#define REFUSED(name, spoil, words)                                                                \
    Test(elf, name)                                                                                \
    {                                                                                              \
        spoil;                                                                                     \
        const char *error = parse();                                                               \
        cr_assert_not_null(error);                                                                 \
        cr_assert(strstr(error, words), "%s", error);                                              \
    }

REFUSED(magic, good.header.e_ident[1] = 'e', "not an ELF")
REFUSED(elf_class, good.header.e_ident[EI_CLASS] = 3, "32-bit nor a 64-bit")
REFUSED(byte_order, good.header.e_ident[EI_DATA] = 0, "endian")
REFUSED(version, good.header.e_ident[EI_VERSION] = 2, "version")
REFUSED(object_file, good.header.e_type = ET_REL, "not a program")
REFUSED(no_headers, good.header.e_phnum = 0, "no program headers")
REFUSED(header_size, good.header.e_phentsize = 55, "unknown size")
REFUSED(headers_beyond, good.header.e_phoff = sizeof good - 10, "beyond the end")
REFUSED(headers_wrap, good.header.e_phoff = UINT64_MAX - 10, "beyond the end")
REFUSED(nothing_to_load, good.phdr[2].p_type = good.phdr[3].p_type = PT_NOTE, "nothing to load")
REFUSED(larger_in_file, good.phdr[2].p_memsz = 0x1000, "larger in the file")
REFUSED(beyond_file, good.phdr[3].p_filesz = good.phdr[3].p_memsz = 0x2000, "beyond the end")
REFUSED(offset_wraps, good.phdr[3].p_offset = UINT64_MAX - 0x1ff, "beyond the end")
REFUSED(address_wraps, good.phdr[3].p_vaddr = UINT64_MAX - 0x11ff, "wraps")
REFUSED(memory_wraps, good.phdr[3].p_memsz = UINT64_MAX - 0x1000, "wraps")
REFUSED(overlap, good.phdr[3].p_vaddr = 0x0e00, "overlap")
REFUSED(order, (good.phdr[2].p_vaddr = 0x10000, good.phdr[2].p_offset = 0), "out of order")
REFUSED(misaligned, good.phdr[3].p_offset = 0x1e10, "differ within the page")
REFUSED(odd_alignment, good.phdr[3].p_align = 0x1800, "power of two")
REFUSED(two_interpreters, good.phdr[5].p_type = PT_INTERP, "more than one interpreter")
REFUSED(interp_beyond, good.phdr[1].p_offset = sizeof good, "beyond the end")
REFUSED(interp_empty, good.phdr[1].p_filesz = 1, "no sensible length")

Test(elf, unterminated_interpreter)
{
    good.phdr[1].p_filesz = 26;
    cr_assert_null(parse());
    struct memory_file f = {(const uint8_t *)&good, sizeof good};
    char path[ELF_MAX_INTERP];
    cr_assert_not_null(elf_interpreter(memory_read, &f, &parsed, path));
}

Test(elf, big_endian_is_read)
{
    uint8_t *h = (uint8_t *)&good.header;
    h[EI_DATA] = ELFDATA2MSB;
    const char *error = parse(); /* its fields are little-endian, so they make no sense */
    cr_assert_not_null(error);
    cr_assert_eq(parsed.data, ELFDATA2MSB);
}

/* ---- stack ---- */

static uint64_t word_at(const uint8_t *stack, uint64_t base, uint64_t at)
{
    uint64_t v;
    memcpy(&v, stack + (at - base), sizeof v);
    return v;
}

Test(stack, layout)
{
    static uint8_t memory[65536];
    const uint64_t base = 0x3fff000000;
    const char *argv[] = {"prog", "one", "", NULL}, *envp[] = {"A=1", "LONGER=value", NULL};
    const struct stack_aux aux[] = {{AT_PAGESZ, 4096}, {AT_UID, 7}};
    struct stack_spec spec = {.word = 8,
                              .top = base + sizeof memory,
                              .size = sizeof memory,
                              .host_top = memory + sizeof memory,
                              .argv = argv,
                              .envp = envp,
                              .execfn = "/bin/prog",
                              .aux = aux,
                              .naux = 2};
    struct stack_result r;
    memcpy(spec.random, "0123456789abcdef", 16);
    cr_assert_eq(stack_build(&spec, &r), 0);
    cr_assert_eq(r.sp % 16, 0);
    uint64_t at = r.sp;
    cr_assert_eq(word_at(memory, base, at), 3);
    for (int i = 0; i < 3; i++)
        cr_assert_str_eq((char *)memory + (word_at(memory, base, at += 8) - base), argv[i]);
    cr_assert_eq(word_at(memory, base, at += 8), 0);
    for (int i = 0; i < 2; i++)
        cr_assert_str_eq((char *)memory + (word_at(memory, base, at += 8) - base), envp[i]);
    cr_assert_eq(word_at(memory, base, at += 8), 0);
    at += 8;
    cr_assert_eq(at, r.auxv);
    bool seen_random = false, seen_execfn = false;
    for (uint64_t type; (type = word_at(memory, base, at)) != AT_NULL; at += 16) {
        uint64_t value = word_at(memory, base, at + 8);
        if (type == AT_RANDOM)
            seen_random = !memcmp(memory + (value - base), "0123456789abcdef", 16);
        if (type == AT_EXECFN)
            seen_execfn = !strcmp((char *)memory + (value - base), "/bin/prog");
    }
    cr_assert(seen_random && seen_execfn);
    cr_assert_eq(r.auxv + r.auxv_size, at + 16);
    cr_assert_eq(r.arg_end, r.env_start);
    cr_assert_eq(memcmp(memory + (r.arg_start - base), "prog\0one\0", 10), 0);
}

Test(stack, too_small)
{
    static uint8_t memory[256];
    const char *argv[] = {"prog", NULL}, *envp[] = {NULL};
    struct stack_spec spec = {.word = 8,
                              .top = 4096,
                              .size = sizeof memory,
                              .host_top = memory + sizeof memory,
                              .argv = argv,
                              .envp = envp,
                              .execfn = "/a/path/that/takes/some/room/on/the/stack/and/more/of/it"};
    struct stack_result r;
    cr_assert_neq(stack_build(&spec, &r), 0);
}

/* ---- vDSO ---- */

/* Looks a function up as the C library does: by DT_HASH. */
static uint64_t vdso_lookup(const uint8_t *page, const char *name)
{
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)page;
    const Elf64_Phdr *p = (const Elf64_Phdr *)(page + h->e_phoff);
    uint64_t table[64] = {0};
    for (unsigned i = 0; i < h->e_phnum; i++)
        if (p[i].p_type == PT_DYNAMIC)
            for (const Elf64_Dyn *d = (const Elf64_Dyn *)(page + p[i].p_vaddr); d->d_tag; d++)
                if (d->d_tag < 64)
                    table[d->d_tag] = d->d_un.d_ptr;
    const uint32_t *hash = (const uint32_t *)(page + table[DT_HASH]);
    const Elf64_Sym *symbols = (const Elf64_Sym *)(page + table[DT_SYMTAB]);
    uint32_t value = 0;
    for (const char *c = name; *c; c++) {
        value = (value << 4) + (uint8_t)*c;
        value = (value ^ (value >> 24 & 0xf0)) & 0x0fffffff;
    }
    for (uint32_t i = hash[2 + value % hash[0]]; i; i = hash[2 + hash[0] + i])
        if (!strcmp((const char *)page + table[DT_STRTAB] + symbols[i].st_name, name))
            return symbols[i].st_value;
    return 0;
}

Test(vdso, functions_are_found)
{
    static _Alignas(16) uint8_t page[VDSO_PAGE];
    struct vdso_result r;
    const struct vdso_spec *spec = &guest_riscv64.vdso;
    vdso_build(spec, page, &r);
    for (unsigned i = 0; i < spec->nfunctions; i++) {
        uint64_t at = vdso_lookup(page, spec->functions[i].name);
        cr_assert(at >= r.text && at < r.text_end, "%s", spec->functions[i].name);
        cr_assert_eq(memcmp(page + at, spec->functions[i].words, 4u * spec->functions[i].nwords),
                     0);
    }
    cr_assert_eq(vdso_lookup(page, "__vdso_rt_sigreturn"), r.sigreturn);
    cr_assert_eq(vdso_lookup(page, "__vdso_no_such_function"), 0);
}

Test(vdso, it_is_a_good_elf_file)
{
    static _Alignas(16) uint8_t page[VDSO_PAGE];
    struct vdso_result r;
    bool not_elf;
    vdso_build(&guest_riscv64.vdso, page, &r);
    struct memory_file f = {page, sizeof page};
    cr_assert_null(elf_parse(memory_read, &f, sizeof page, &parsed, &not_elf));
    cr_assert_eq(parsed.machine, EM_RISCV);
}

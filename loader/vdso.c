/*
 * Building the guest's vDSO. See vdso.h. The layout of the page:
 *
 *     ELF header, program headers (LOAD, DYNAMIC), dynamic section, dynsym, hash, versym, verdef,
 *     dynstr, code
 *
 * It has what the C libraries look for: DT_HASH, DT_SYMTAB, DT_STRTAB, DT_VERSYM and DT_VERDEF.
 * There are no section headers; nothing at run time needs them.
 */
#include "loader/vdso.h"

#include <elf.h>
#include <string.h>

#include "util/log.h"

enum { NDYNAMIC = 10, SYMBOL_SPACE = VDSO_MAX_FUNCTIONS + 1 };

struct vdso_page {
    Elf64_Ehdr header;
    Elf64_Phdr segment[2];
    Elf64_Dyn dynamic[NDYNAMIC];
    Elf64_Sym symbol[SYMBOL_SPACE];
    uint32_t hash[2 + 1 + SYMBOL_SPACE]; /* one bucket: a chain of all */
    struct {
        Elf64_Verdef definition;
        Elf64_Verdaux name;
    } version[2];
    uint16_t versym[SYMBOL_SPACE];
    char strings[512];
    _Alignas(16) uint32_t code[VDSO_MAX_FUNCTIONS][VDSO_MAX_WORDS];
};
_Static_assert(sizeof(struct vdso_page) <= VDSO_PAGE, "the vDSO is one page");

struct strings {
    char *bytes;
    size_t used;
};

static uint32_t add_string(struct strings *s, const char *text)
{
    size_t n = strlen(text) + 1;
    if (s->used + n > sizeof((struct vdso_page *)0)->strings)
        bug("the vDSO's string table is full");
    memcpy(s->bytes + s->used, text, n);
    s->used += n;
    return (uint32_t)(s->used - n);
}

static uint32_t elf_hash(const char *name)
{
    uint32_t h = 0;
    for (; *name; name++) {
        h = (h << 4) + (uint8_t)*name;
        uint32_t top = h & 0xf0000000;
        h = (h ^ (top >> 24)) & ~top;
    }
    return h;
}

static void add_versions(struct vdso_page *p, struct strings *s, const struct vdso_spec *spec,
                         uint32_t soname)
{
    const char *names[2] = {spec->soname, spec->version};
    uint32_t offsets[2] = {soname, add_string(s, spec->version)};
    for (int i = 0; i < 2; i++) {
        p->version[i].definition = (Elf64_Verdef){
            .vd_version = VER_DEF_CURRENT,
            .vd_flags = i ? 0 : VER_FLG_BASE,
            .vd_ndx = (Elf64_Half)(i + 1),
            .vd_cnt = 1,
            .vd_hash = elf_hash(names[i]),
            .vd_aux = sizeof(Elf64_Verdef),
            .vd_next = i ? 0 : sizeof p->version[0],
        };
        p->version[i].name = (Elf64_Verdaux){.vda_name = offsets[i]};
    }
}

static void add_functions(struct vdso_page *p, struct strings *s, const struct vdso_spec *spec,
                          struct vdso_result *out)
{
    unsigned n = spec->nfunctions;
    p->hash[0] = 1;
    p->hash[1] = n + 1;
    p->hash[2] = n; /* the chain runs from the last symbol to the first */
    for (unsigned i = 0; i < n; i++) {
        const struct vdso_function *f = &spec->functions[i];
        uint64_t at = offsetof(struct vdso_page, code) + i * sizeof p->code[0];
        memcpy(p->code[i], f->words, f->nwords * sizeof f->words[0]);
        p->symbol[i + 1] = (Elf64_Sym){
            .st_name = add_string(s, f->name),
            .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
            .st_shndx = 1, /* any section: defined */
            .st_value = at,
            .st_size = f->nwords * sizeof f->words[0],
        };
        p->versym[i + 1] = 2;
        p->hash[3 + i + 1] = i;
        if (!strcmp(f->name, spec->sigreturn))
            out->sigreturn = at;
    }
}

static void add_headers(struct vdso_page *p, const struct vdso_spec *spec)
{
    p->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, spec->elf_class, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = spec->machine,
        .e_version = EV_CURRENT,
        .e_phoff = offsetof(struct vdso_page, segment),
        .e_flags = spec->elf_flags,
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 2,
        .e_shentsize = sizeof(Elf64_Shdr),
    };
    p->segment[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                                 .p_flags = PF_R | PF_X,
                                 .p_filesz = VDSO_PAGE,
                                 .p_memsz = VDSO_PAGE,
                                 .p_align = VDSO_PAGE};
    uint64_t dynamic = offsetof(struct vdso_page, dynamic);
    p->segment[1] = (Elf64_Phdr){.p_type = PT_DYNAMIC,
                                 .p_flags = PF_R,
                                 .p_offset = dynamic,
                                 .p_vaddr = dynamic,
                                 .p_paddr = dynamic,
                                 .p_filesz = sizeof p->dynamic,
                                 .p_memsz = sizeof p->dynamic,
                                 .p_align = 8};
}

void vdso_build(const struct vdso_spec *spec, uint8_t page[VDSO_PAGE], struct vdso_result *out)
{
    struct vdso_page *p = (struct vdso_page *)page;
    struct strings s = {p->strings, 1};
    if (spec->elf_class != ELFCLASS64)
        bug("a 32-bit vDSO");
    *out = (struct vdso_result){.text = offsetof(struct vdso_page, code),
                                .text_end = sizeof(struct vdso_page)};
    add_headers(p, spec);
    uint32_t soname = add_string(&s, spec->soname);
    add_functions(p, &s, spec, out);
    add_versions(p, &s, spec, soname);
    const Elf64_Dyn dynamic[NDYNAMIC] = {
        {DT_HASH, {offsetof(struct vdso_page, hash)}},
        {DT_STRTAB, {offsetof(struct vdso_page, strings)}},
        {DT_SYMTAB, {offsetof(struct vdso_page, symbol)}},
        {DT_STRSZ, {s.used}},
        {DT_SYMENT, {sizeof(Elf64_Sym)}},
        {DT_SONAME, {soname}},
        {DT_VERSYM, {offsetof(struct vdso_page, versym)}},
        {DT_VERDEF, {offsetof(struct vdso_page, version)}},
        {DT_VERDEFNUM, {2}},
    };
    memcpy(p->dynamic, dynamic, sizeof dynamic);
    if (!out->sigreturn)
        bug("the vDSO has no signal trampoline");
}

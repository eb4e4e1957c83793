/* ELF headers: reading and checking. Pure but for elf_read_fd. See elf.h. */
#include "loader/elf.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Fields are read by offset, so that class and byte order are data. */
struct reader {
    const uint8_t *bytes;
    bool big;
    unsigned word; /* 4 or 8 */
};

static uint64_t field(const struct reader *r, unsigned offset, unsigned size)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < size; i++)
        v |= (uint64_t)r->bytes[offset + i] << 8 * (r->big ? size - 1 - i : i);
    return v;
}

bool elf_read_fd(void *context, uint64_t offset, void *to, size_t size)
{
    uint8_t *p = to;
    while (size) {
        ssize_t n = pread(*(int *)context, p, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        offset += (size_t)n;
        size -= (size_t)n;
    }
    return true;
}

struct phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, filesz, memsz, align;
};

static struct phdr read_phdr(const struct reader *r)
{
    if (r->word == 8)
        return (struct phdr){(uint32_t)field(r, 0, 4), (uint32_t)field(r, 4, 4), field(r, 8, 8),
                             field(r, 16, 8),          field(r, 32, 8),          field(r, 40, 8),
                             field(r, 48, 8)};
    return (struct phdr){(uint32_t)field(r, 0, 4), (uint32_t)field(r, 24, 4), field(r, 4, 4),
                         field(r, 8, 4),           field(r, 16, 4),           field(r, 20, 4),
                         field(r, 28, 4)};
}

static const char *add_segment(struct elf_file *out, const struct phdr *p, uint64_t file_size,
                               uint64_t limit)
{
    if (p->filesz > p->memsz)
        return "a segment is larger in the file than in memory";
    if (!p->memsz)
        return NULL;
    if (p->offset > file_size || p->filesz > file_size - p->offset)
        return "a segment reaches beyond the end of the file";
    if (p->vaddr > limit || p->memsz > limit - p->vaddr)
        return "a segment wraps around or lies outside the address space";
    if (p->filesz && (p->offset ^ p->vaddr) % ELF_PAGE)
        return "a segment's file offset and address differ within the page";
    if (p->align > 1 && (p->align & (p->align - 1)))
        return "a segment's alignment is no power of two";
    if (out->nsegments == ELF_MAX_SEGMENTS)
        return "too many segments";
    if (out->nsegments) {
        const struct elf_segment *last = &out->segments[out->nsegments - 1];
        if (p->vaddr < last->vaddr + last->memsz)
            return "segments overlap or are out of order";
    } else {
        out->low = p->vaddr & ~(uint64_t)(ELF_PAGE - 1);
    }
    out->high = (p->vaddr + p->memsz + ELF_PAGE - 1) & ~(uint64_t)(ELF_PAGE - 1);
    if (p->align > out->align)
        out->align = p->align;
    out->segments[out->nsegments++] =
        (struct elf_segment){p->vaddr, p->memsz, p->offset, p->filesz, p->flags};
    return NULL;
}

/* Where the program headers are in memory, for AT_PHDR. */
static uint64_t mapped_phdrs(const struct elf_file *f, uint64_t phoff, uint64_t size)
{
    for (unsigned i = 0; i < f->nsegments; i++) {
        const struct elf_segment *s = &f->segments[i];
        if (phoff >= s->offset && phoff - s->offset <= s->filesz &&
            size <= s->filesz - (phoff - s->offset))
            return s->vaddr + (phoff - s->offset);
    }
    return 0;
}

static const char *parse_phdrs(elf_read_fn *read, void *context, uint64_t file_size, uint64_t phoff,
                               const struct reader *header, struct elf_file *out)
{
    uint8_t raw[56];
    const struct reader r = {raw, header->big, header->word};
    const uint64_t limit = r.word == 8 ? UINT64_C(0x7ffffffff000) : UINT64_C(0xfffff000);
    for (unsigned i = 0; i < out->phnum; i++) {
        if (!read(context, phoff + (uint64_t)i * out->phentsize, raw, out->phentsize))
            return "the program headers reach beyond the end of the file";
        struct phdr p = read_phdr(&r);
        const char *error = NULL;
        if (p.type == PT_LOAD) {
            error = add_segment(out, &p, file_size, limit);
        } else if (p.type == PT_INTERP) {
            if (out->interp_size)
                error = "more than one interpreter";
            else if (p.filesz < 2 || p.filesz > ELF_MAX_INTERP)
                error = "the interpreter's name has no sensible length";
            else if (p.offset > file_size || p.filesz > file_size - p.offset)
                error = "the interpreter's name lies beyond the end of the file";
            out->interp_offset = p.offset;
            out->interp_size = p.filesz;
        } else if (p.type == PT_GNU_STACK) {
            out->executable_stack = p.flags & PF_X;
        } else if (p.type == PT_PHDR) {
            out->phdr_vaddr = p.vaddr;
        }
        if (error)
            return error;
    }
    return NULL;
}

const char *elf_parse(elf_read_fn *read, void *context, uint64_t file_size, struct elf_file *out,
                      bool *not_elf)
{
    uint8_t header[64] = {0};
    *out = (struct elf_file){.align = ELF_PAGE};
    *not_elf = true;
    if (!file_size)
        return "the file is empty";
    if (file_size < SELFMAG || !read(context, 0, header, SELFMAG) ||
        memcmp(header, ELFMAG, SELFMAG))
        return "not an ELF file";
    *not_elf = false;
    if (file_size < 52 || !read(context, 0, header, file_size < 64 ? 52 : 64))
        return "the ELF header is truncated";
    out->elf_class = header[EI_CLASS];
    out->data = header[EI_DATA];
    if (out->elf_class != ELFCLASS32 && out->elf_class != ELFCLASS64)
        return "neither a 32-bit nor a 64-bit ELF file";
    if (out->data != ELFDATA2LSB && out->data != ELFDATA2MSB)
        return "neither a little-endian nor a big-endian ELF file";
    if (header[EI_VERSION] != EV_CURRENT)
        return "unknown ELF version";
    struct reader r = {header, out->data == ELFDATA2MSB, out->elf_class == ELFCLASS64 ? 8 : 4};
    if (r.word == 8 && file_size < 64)
        return "the ELF header is truncated";
    unsigned type = (unsigned)field(&r, 16, 2);
    out->machine = (uint16_t)field(&r, 18, 2);
    if (type != ET_EXEC && type != ET_DYN)
        return "not a program (an object or core file?)";
    out->dynamic_position = type == ET_DYN;
    out->entry = field(&r, 24, r.word);
    uint64_t phoff = field(&r, 24 + r.word, r.word);
    unsigned rest = 24 + 3 * r.word + 4; /* e_ehsize */
    out->phentsize = (unsigned)field(&r, rest + 2, 2);
    out->phnum = (unsigned)field(&r, rest + 4, 2);
    if (out->phentsize != (r.word == 8 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
        return "program headers of an unknown size";
    if (!out->phnum || out->phnum * out->phentsize > 65536)
        return "no program headers, or too many";
    uint64_t phsize = (uint64_t)out->phnum * out->phentsize;
    if (phoff > file_size || phsize > file_size - phoff)
        return "the program headers reach beyond the end of the file";
    const char *error = parse_phdrs(read, context, file_size, phoff, &r, out);
    if (error)
        return error;
    if (!out->nsegments)
        return "nothing to load";
    uint64_t mapped = mapped_phdrs(out, phoff, phsize);
    if (mapped)
        out->phdr_vaddr = mapped;
    return NULL;
}

const char *elf_interpreter(elf_read_fn *read, void *context, const struct elf_file *file,
                            char *path)
{
    if (!read(context, file->interp_offset, path, file->interp_size))
        return "the interpreter's name cannot be read";
    if (path[file->interp_size - 1] != '\0')
        return "the interpreter's name is not terminated";
    return NULL;
}

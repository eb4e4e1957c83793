/* Mapping a parsed ELF program into the guest's memory. See elf.h. */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "loader/elf.h"

static uint64_t down(uint64_t a)
{
    return a & ~(uint64_t)(ELF_PAGE - 1);
}

static uint64_t up(uint64_t a)
{
    return down(a + ELF_PAGE - 1);
}

static int protection(uint32_t flags)
{
    return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) |
           (flags & PF_X ? PROT_EXEC : 0);
}

/*
 * One segment: file pages, then zero pages. The rest of the last file page is zeroed when the
 * segment is writable and larger in memory than in the file (the bss); otherwise it shows the file,
 * as natively.
 */
static int map_segment(const struct elf_segment *s, int fd, const struct elf_space *space,
                       uint64_t bias)
{
    const int fixed = MAP_PRIVATE | MAP_FIXED;
    int prot = protection(s->flags);
    uint64_t start = s->vaddr + bias, file_end = start + s->filesz, end = start + s->memsz;
    if (s->filesz) {
        uint64_t at = down(start);
        int64_t r =
            space->map(space->context, at, up(file_end) - at, prot, fixed, fd, down(s->offset));
        if (r < 0)
            return (int)r;
        if (s->memsz > s->filesz && file_end % ELF_PAGE) {
            if (!(prot & PROT_WRITE))
                return -ENOEXEC;
            memset(space->host(space->context, file_end), 0, up(file_end) - file_end);
        }
    }
    uint64_t zero = s->filesz ? up(file_end) : down(start);
    if (up(end) > zero) {
        int64_t r =
            space->map(space->context, zero, up(end) - zero, prot, fixed | MAP_ANONYMOUS, -1, 0);
        if (r < 0)
            return (int)r;
    }
    return 0;
}

/* The load bias of a position-independent program, its whole range reserved. */
static int64_t place(const struct elf_file *f, const struct elf_space *space, uint64_t where)
{
    uint64_t size = f->high - f->low, slack = f->align > ELF_PAGE ? f->align - ELF_PAGE : 0;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    if (size + slack < size)
        return -ENOMEM;
    int64_t at = space->map(space->context, where, size + slack, PROT_NONE, flags, -1, 0);
    if (at < 0)
        return at;
    uint64_t aligned = ((uint64_t)at + slack) & ~(slack ? f->align - 1 : 0);
    return (int64_t)(aligned - f->low);
}

int elf_load(const struct elf_file *f, int fd, const struct elf_space *space, uint64_t where,
             struct elf_image *out)
{
    uint64_t bias = 0;
    if (f->dynamic_position) {
        int64_t r = place(f, space, where);
        if (r < 0 && r >= -4095)
            return (int)r;
        bias = (uint64_t)r;
    } else {
        /* Nothing of ours may be under a program that says where it wants to be. */
        int64_t r =
            space->map(space->context, f->low, f->high - f->low, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (r < 0)
            return (int)r;
    }
    *out = (struct elf_image){.bias = bias,
                              .entry = f->entry + bias,
                              .phdr = f->phdr_vaddr ? f->phdr_vaddr + bias : 0,
                              .low = f->low + bias,
                              .high = f->high + bias};
    uint64_t mapped_to = out->low;
    for (unsigned i = 0; i < f->nsegments; i++) {
        const struct elf_segment *s = &f->segments[i];
        if (down(s->vaddr + bias) > mapped_to)
            space->unmap(space->context, mapped_to, down(s->vaddr + bias) - mapped_to);
        mapped_to = up(s->vaddr + bias + s->memsz);
        int r = map_segment(s, fd, space, bias);
        if (r)
            return r;
        uint64_t start = s->vaddr + bias;
        if (s->flags & PF_X) {
            if (!out->start_code)
                out->start_code = start;
            out->end_code = start + s->filesz;
        }
        out->start_data = start;
        out->end_data = start + s->filesz;
    }
    return 0;
}

/*
 * Spoils a good ELF file at random and has it parsed and loaded into a space that only checks:
 * whatever the file says, nothing outside the announced range is mapped, written or unmapped, and
 * nothing is read beyond the file. FERRY_LONG makes more of them; FERRY_SEED starts elsewhere.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "loader/elf.h"
#include "tests/loader/good_elf.h"

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* A space that maps nothing: memory up to a bound really exists, for the loader to clear tails in.
 */
struct checked_space {
    uint64_t low, high;
    const struct elf_file *file;
    uint8_t page[ELF_PAGE];
};

static const uint64_t chosen_place = 0x2aaaaaa000;

static int64_t check_map(void *context, uint64_t address, uint64_t size, int prot, int flags,
                         int fd, uint64_t offset)
{
    struct checked_space *s = context;
    (void)prot, (void)offset;
    cr_assert_eq(address % ELF_PAGE, 0);
    cr_assert(size && size % ELF_PAGE == 0);
    cr_assert(address + size > address || !(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)));
    if (!(flags & MAP_FIXED)) {
        bool here = flags & MAP_FIXED_NOREPLACE;
        if (size > UINT64_C(1) << 46)
            return -ENOMEM;
        s->low = here ? address : chosen_place;
        s->high = s->low + size;
        return (int64_t)s->low;
    }
    cr_assert(address >= s->low && address + size <= s->high, "maps outside its range");
    cr_assert(fd == -1 || offset < UINT64_MAX - size);
    return (int64_t)address;
}

static void check_unmap(void *context, uint64_t address, uint64_t size)
{
    struct checked_space *s = context;
    cr_assert(address >= s->low && size <= s->high - address && address + size <= s->high);
}

static void *check_host(void *context, uint64_t address)
{
    struct checked_space *s = context;
    cr_assert(address >= s->low && address < s->high);
    return s->page + address % ELF_PAGE;
}

static void spoil(struct good_elf *e)
{
    uint8_t *bytes = (uint8_t *)e;
    size_t headers = sizeof e->header + sizeof e->phdr + sizeof e->interp;
    static const uint64_t interesting[] = {0,
                                           1,
                                           0xfff,
                                           0x1000,
                                           0x7fffffff,
                                           0x80000000,
                                           0xffffffff,
                                           0x7ffffffff000,
                                           0x7fffffffffffffff,
                                           UINT64_MAX,
                                           UINT64_MAX - 0xfff,
                                           (uint64_t)1 << 63};
    for (unsigned n = (unsigned)(next_random() % 4) + 1; n; n--) {
        size_t at = next_random() % (headers - 8);
        uint64_t v = interesting[next_random() % (sizeof interesting / sizeof *interesting)];
        switch (next_random() % 4) {
        case 0:
            bytes[at] ^= (uint8_t)(1u << next_random() % 8);
            break;
        case 1:
            bytes[at] = (uint8_t)next_random();
            break;
        case 2:
            memcpy(bytes + (at & ~(size_t)7), &v, 8);
            break;
        case 3:
            v += next_random() % 0x3000;
            memcpy(bytes + (at & ~(size_t)7), &v, 8);
            break;
        }
    }
}

static void check_file(const struct elf_file *f, uint64_t size)
{
    uint64_t end = 0;
    for (unsigned i = 0; i < f->nsegments; i++) {
        const struct elf_segment *s = &f->segments[i];
        cr_assert(s->vaddr >= end && s->vaddr + s->memsz > s->vaddr);
        cr_assert(s->filesz <= s->memsz && s->offset + s->filesz <= size);
        end = s->vaddr + s->memsz;
    }
    cr_assert(f->low < f->high && end <= f->high);
}

Test(fuzz, loader)
{
    unsigned long rounds = getenv("FERRY_LONG") ? 20000000 : 1500000, accepted = 0;
    state = getenv("FERRY_SEED") ? strtoull(getenv("FERRY_SEED"), NULL, 0) : 0x9e3779b97f4a7c15;
    static struct checked_space space;
    const struct elf_space calls = {&space, check_map, check_unmap, check_host};
    for (unsigned long i = 0; i < rounds; i++) {
        struct good_elf e;
        struct elf_file file;
        struct elf_image image;
        char path[ELF_MAX_INTERP];
        bool not_elf;
        good_elf_make(&e);
        spoil(&e);
        uint64_t size = next_random() % 8 ? sizeof e : next_random() % sizeof e;
        struct memory_file f = {(const uint8_t *)&e, size};
        if (elf_parse(memory_read, &f, size, &file, &not_elf))
            continue;
        accepted++;
        check_file(&file, size);
        if (file.interp_size && !elf_interpreter(memory_read, &f, &file, path))
            cr_assert(memchr(path, '\0', file.interp_size));
        elf_load(&file, 3, &calls, next_random() % 2 ? chosen_place : 0, &image);
    }
    cr_assert(accepted > rounds / 100, "%lu of %lu accepted", accepted, rounds);
}

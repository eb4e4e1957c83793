/* Symbols of guest programs. See symbols.h. */
#include "loader/symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <unistd.h>

struct best {
    const char *name;
    uint64_t start, size;
    bool function;
};

/* Looks through one symbol table for the closest function at or below `address`. */
static void search(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, uint64_t address,
                   struct best *best)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    for (size_t i = 0; i < n; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol))
            break;
        int type = GELF_ST_TYPE(symbol.st_info);
        if ((type != STT_FUNC && type != STT_NOTYPE && type != STT_GNU_IFUNC) ||
            symbol.st_shndx == SHN_UNDEF || symbol.st_value > address ||
            (symbol.st_size && address - symbol.st_value >= symbol.st_size))
            continue;
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (!name || !*name || *name == '$' || *name == '.')
            continue;
        bool function = type != STT_NOTYPE; /* a section's end may be where a function starts */
        if (!best->name || symbol.st_value > best->start ||
            (symbol.st_value == best->start && function && !best->function)) {
            best->function = function;
            best->name = name;
            best->start = symbol.st_value;
            best->size = symbol.st_size;
        }
    }
}

static Elf *open_elf(const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return NULL;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(*fd, ELF_C_READ, NULL);
    if (!elf)
        close(*fd);
    return elf;
}

bool symbols_lookup(const char *path, uint64_t address, char *text, size_t size)
{
    int fd;
    Elf *elf = open_elf(path, &fd);
    struct best best = {0};
    if (!elf)
        return false;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
        GElf_Shdr header;
        if (gelf_getshdr(s, &header) &&
            (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
            search(elf, s, &header, address, &best);
    }
    if (best.name)
        snprintf(text, size, "%s+%#llx", best.name, (unsigned long long)(address - best.start));
    elf_end(elf);
    close(fd);
    return best.name != NULL;
}

uint64_t symbols_address_of_offset(const char *path, uint64_t offset)
{
    int fd;
    Elf *elf = open_elf(path, &fd);
    size_t n = 0;
    uint64_t address = 0;
    if (!elf)
        return 0;
    elf_getphdrnum(elf, &n);
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr p;
        if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_LOAD &&
            offset - p.p_offset < p.p_filesz)
            address = p.p_vaddr + (offset - p.p_offset);
    }
    elf_end(elf);
    close(fd);
    return address;
}

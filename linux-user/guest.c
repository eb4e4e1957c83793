/* The list of guests. To add one: a folder with its struct guest, and a line here. */
#include <string.h>

#include "linux-user/guest.h"

const struct guest *const guests[] = {&guest_riscv64, &guest_aarch64, NULL};

const struct guest *guest_for_elf(unsigned machine, unsigned elf_class, unsigned data)
{
    for (const struct guest *const *g = guests; *g; g++) {
        const struct frontend *f = (*g)->frontend;
        if (f->elf_machine == machine && f->elf_class == elf_class && f->elf_data == data)
            return *g;
    }
    return NULL;
}

const struct guest *guest_by_name(const char *name, size_t length)
{
    for (const struct guest *const *g = guests; *g; g++)
        if (strlen((*g)->abi.name) == length && !memcmp((*g)->abi.name, name, length))
            return *g;
    return NULL;
}

/* See image.h. */
#include "tests/fuzz/image.h"

#include <elf.h>

void image_header(uint8_t *bytes, const struct image_header *h)
{
    Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
    *header = (Elf64_Ehdr){.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                           .e_type = ET_EXEC,
                           .e_machine = h->machine,
                           .e_version = EV_CURRENT,
                           .e_entry = h->entry,
                           .e_phoff = sizeof *header,
                           .e_flags = h->flags,
                           .e_ehsize = sizeof *header,
                           .e_phentsize = sizeof(Elf64_Phdr),
                           .e_phnum = 1};
    *(Elf64_Phdr *)(header + 1) = (Elf64_Phdr){.p_type = PT_LOAD,
                                               .p_flags = PF_R | PF_W | PF_X,
                                               .p_vaddr = h->base,
                                               .p_paddr = h->base,
                                               .p_filesz = h->file_size,
                                               .p_memsz = h->memory_size,
                                               .p_align = 0x1000};
}

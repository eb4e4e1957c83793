/* The auxiliary vector: page size, random bytes, program headers, credentials, names. */
#include "guest.h"
#include <elf.h>
#include <sys/auxv.h>

extern char **environ;
extern int main(int, char **);

int main(int argc, char **argv)
{
    SHOW(getauxval(AT_PAGESZ));
    SHOW(getauxval(AT_CLKTCK));
    SHOW(getauxval(AT_SECURE));
    SHOW(getauxval(AT_FLAGS));
    SHOW(getauxval(AT_PHENT));
    YES(getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid());
    YES(getauxval(AT_GID) == getgid() && getauxval(AT_EGID) == getegid());
    const unsigned char *random = (void *)getauxval(AT_RANDOM);
    int ones = 0;
    for (int i = 0; i < 16; i++)
        ones += __builtin_popcount(random[i]);
    YES(ones > 20 && ones < 108);
    const Elf64_Phdr *ph = (void *)getauxval(AT_PHDR);
    int loads = 0, own = 0;
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
        if (ph[i].p_type == PT_LOAD) {
            loads++;
            own += (uintptr_t)main >= ph[i].p_vaddr && (uintptr_t)main < ph[i].p_vaddr + ph[i].p_memsz;
        }
    YES(loads >= 2);
    SHOW(own);
    SHOW(getauxval(AT_BASE));
    YES(getauxval(AT_ENTRY) != 0);
    const char *name = (const char *)getauxval(AT_EXECFN);
    YES(name && !strncmp(strrchr(name, '/'), "/sys.auxv.", 10));
    YES(getauxval(AT_PLATFORM) == 0 || strlen((char *)getauxval(AT_PLATFORM)) > 0);
    errno = 0;
    YES(getauxval(4711) == 0 && errno == ENOENT);
    /* Strings lie above the vectors, in order: arguments, then environment. */
    YES(argv[argc] == NULL && environ == argv + argc + 1);
    YES(argv[0] < environ[0] && (char *)environ < argv[0]);
    YES(((uintptr_t)argv - 8) % 16 == 0);
    return 0;
}

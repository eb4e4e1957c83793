/*
 * /proc/self/maps: the guest's text, heap, stack and new mappings, with the permissions they have.
 */
#include "guest.h"

/* The permissions and name that maps gives for an address. */
static const char *line_of(const void *address, char *name)
{
    static char perms[5];
    FILE *f = fopen("/proc/self/maps", "r");
    char line[600];
    unsigned long from, to;
    strcpy(perms, "none");
    name[0] = 0;
    while (fgets(line, sizeof line, f)) {
        char p[5] = "", n[500] = "";
        if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %499[^\n]", &from, &to, p, n) >= 3 &&
            (unsigned long)address >= from && (unsigned long)address < to) {
            strcpy(perms, p);
            strcpy(name, n);
        }
    }
    fclose(f);
    return perms;
}

static int data = 1;

int main(void)
{
    char name[500], exe[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", exe, sizeof exe));
    printf("text %s\n", line_of((void *)main, name));
    YES(!strcmp(name, exe));
    printf("data %s\n", line_of(&data, name));
    YES(!strcmp(name, exe));
    int local;
    printf("stack %s\n", line_of(&local, name));
    TEXT(name);
    printf("heap %s\n", line_of(sbrk(4096), name));
    TEXT(name);
    char *p = mmap(NULL, 8192, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printf("shared %s\n", line_of(p, name));
    MUST(mprotect(p, 4096, PROT_NONE));
    printf("protected %s\n", line_of(p, name));
    printf("its neighbour %s\n", line_of(p + 4096, name));
    MUST(munmap(p, 8192));
    printf("unmapped %s\n", line_of(p, name));
    guest_file("mapped", "text");
    int fd = (int)MUST(open("mapped", O_RDWR));
    p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    printf("file %s\n", line_of(p, name));
    YES(strstr(name, "/mapped") != NULL);
    p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("code %s\n", line_of(p, name));

    FILE *f = fopen("/proc/self/maps", "r");
    unsigned long from, to, last = 0;
    int disorder = 0, bad = 0;
    char line[600];
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%lx-%lx", &from, &to) != 2 || from >= to)
            bad++;
        disorder += from < last;
        last = to;
    }
    SHOW(disorder);
    SHOW(bad);
    return 0;
}

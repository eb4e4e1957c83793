/* PR_SET_VMA_ANON_NAME: anonymous memory has a name in /proc/self/maps. */
#include "guest.h"
#include <sys/prctl.h>

enum { SET_VMA = 0x53564d41, ANON_NAME = 0 };

static void show_name(const void *address)
{
    char line[4096];
    FILE *f = fopen("/proc/self/maps", "r");
    bool found = false;
    while (fgets(line, sizeof line, f)) {
        char *end, *name = strchr(line, '[');
        unsigned long low = strtoul(line, &end, 16), high = strtoul(end + 1, NULL, 16);
        if ((unsigned long)address < low || (unsigned long)address >= high)
            continue;
        found = true;
        printf("name: %s", name ? name : "none\n");
    }
    fclose(f);
    if (!found)
        printf("not mapped\n");
}

int main(void)
{
    char *page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    show_name(page);
    if (TRY(prctl(SET_VMA, ANON_NAME, page + 4096, 4096, "a name")) != 0)
        return 0;
    show_name(page);
    show_name(page + 4096);
    show_name(page + 8192);
    TRY(prctl(SET_VMA, ANON_NAME, page + 4096, 4096, NULL));
    show_name(page + 4096);
    TRY(prctl(SET_VMA, ANON_NAME, page + 1, 4096, "x"));
    TRY(prctl(SET_VMA, ANON_NAME, page, 4096, BAD));
    TRY(prctl(SET_VMA, ANON_NAME, page, 4096, "bad [name]"));
    TRY(prctl(SET_VMA, 1, page, 4096, "x"));
    TRY(prctl(SET_VMA, ANON_NAME, NULL, 4096, "x"));
    return 0;
}

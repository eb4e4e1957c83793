/* telldir, seekdir and rewinddir return to the place they name. */
#include "guest.h"
#include <dirent.h>

int main(void)
{
    char name[40];
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "f%d", i);
        guest_file(name, "");
    }
    DIR *d = opendir(".");
    static char names[60][40];
    long places[60];
    int n = 0;
    struct dirent *e;
    for (;;) {
        places[n] = telldir(d);
        e = readdir(d);
        if (!e)
            break;
        strcpy(names[n++], e->d_name);
    }
    SHOW(n);
    int wrong = 0;
    for (int i = n - 1; i >= 0; i--) {
        seekdir(d, places[i]);
        e = readdir(d);
        wrong += !e || strcmp(e->d_name, names[i]);
    }
    SHOW(wrong);
    rewinddir(d);
    e = readdir(d);
    YES(e && !strcmp(e->d_name, names[0]));
    guest_file("late", "");
    rewinddir(d);
    int late = 0;
    while ((e = readdir(d)))
        late += !strcmp(e->d_name, "late");
    SHOW(late);
    return 0;
}

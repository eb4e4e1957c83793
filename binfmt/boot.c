/* What is registered at boot: the files of binfmt.d(5), as systemd-binfmt reads them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binfmt/command.h"

/* A file hides those of the same name in directories further down. */
static const char *const directories[] = {"/etc/binfmt.d", "/run/binfmt.d",
                                          "/usr/local/lib/binfmt.d", "/usr/lib/binfmt.d",
                                          "/lib/binfmt.d"};
enum { DIRECTORIES = sizeof directories / sizeof *directories, FILES = 256 };

struct file {
    char name[NAME_MAX + 1];
    unsigned directory;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static unsigned list(const struct place *p, struct file *files)
{
    unsigned n = 0;
    for (unsigned i = 0; i < DIRECTORIES; i++) {
        DIR *d = opendir(place_path(p, directories[i]));
        for (struct dirent *f; d && (f = readdir(d));) {
            size_t length = strlen(f->d_name);
            unsigned j = 0;
            while (j < n && strcmp(files[j].name, f->d_name))
                j++;
            if (j < n || n == FILES || length < 6 || strcmp(f->d_name + length - 5, ".conf"))
                continue;
            memcpy(files[n].name, f->d_name, length + 1);
            files[n++].directory = i;
        }
        if (d)
            closedir(d);
    }
    qsort(files, n, sizeof *files, by_name);
    return n;
}

void each_boot_file(const struct place *p,
                    void (*each)(void *context, const char *path, const char *line), void *context)
{
    struct file *files = malloc(FILES * sizeof *files);
    unsigned n = files ? list(p, files) : 0;
    for (unsigned i = 0; i < n; i++) {
        char path[PATH_MAX + 512], line[2048];
        snprintf(path, sizeof path, "%s%s/%s", p->root, directories[files[i].directory],
                 files[i].name);
        FILE *f = fopen(path, "re");
        while (f && fgets(line, sizeof line, f)) {
            line[strcspn(line, "\n")] = '\0';
            if (line[0] && line[0] != '#' && line[0] != ';')
                each(context, path, line);
        }
        if (f)
            fclose(f);
    }
    free(files);
}

bool reads_binfmt_d(const struct place *p)
{
    return access(place_path(p, "/usr/lib/systemd/systemd-binfmt"), F_OK) == 0 ||
           access(place_path(p, "/lib/systemd/systemd-binfmt"), F_OK) == 0;
}

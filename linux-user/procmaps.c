/*
 * /proc/PID/maps, smaps and smaps_rollup: the host's, cut to what is the guest's, with the guest's
 * protections and names. Of our own process the table of mappings knows everything; of another
 * emulated one only what can be seen from outside is told (maps_is_guests).
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux-user/procfile.h"

static const char *label(uint32_t flags)
{
    return flags & MAP_IS_HEAP    ? "[heap]"
           : flags & MAP_IS_STACK ? "[stack]"
           : flags & MAP_IS_VDSO  ? "[vdso]"
                                  : NULL;
}

/* One line of maps for [start, end), which is `host` or a part of it. */
static void add_line(const struct proc_request *r, struct text *out, uint64_t start, uint64_t end,
                     const char prot[4], const char *name, size_t length,
                     const struct maps_line *host)
{
    const char *root = r->task->process->options->root;
    size_t n = root ? strlen(root) : 0, before = out->size;
    uint64_t offset = host->offset + (host->inode ? start - host->start : 0);
    if (n && length > n && !strncmp(name, root, n) && name[n] == '/') {
        name += n;
        length -= n;
    }
    text_add(out, "%08lx-%08lx %.4s %08lx %s %llu", start, end, prot, offset, host->device,
             host->inode);
    int width = (int)(out->size - before);
    text_add(out, "%*s%.*s\n", length ? (width < 73 ? 73 - width : 1) : 1, "", (int)length, name);
}

/* Called for each of the guest's pieces of a host mapping. */
typedef void piece_fn(const struct proc_request *r, struct text *out, uint64_t start, uint64_t end,
                      const struct map_node *n, const struct maps_line *host, const char *details);

static void add_own_line(const struct proc_request *r, struct text *out, uint64_t start,
                         uint64_t end, const struct map_node *n, const struct maps_line *host)
{
    char prot[4] = {n->prot & PROT_READ ? 'r' : '-', n->prot & PROT_WRITE ? 'w' : '-',
                    n->prot & PROT_EXEC ? 'x' : '-', host->prot[3]};
    const char *name = label(n->flags);
    /* What PR_SET_VMA_ANON_NAME has named is the guest's name, the rest in brackets is the host's.
     */
    bool named = host->name[0] == '/' || !strncmp(host->name, "[anon", 5);
    size_t length = name ? strlen(name) : named ? host->name_length : 0;
    add_line(r, out, start, end, prot, name ? name : host->name, length, host);
}

static void piece_of_maps(const struct proc_request *r, struct text *out, uint64_t start,
                          uint64_t end, const struct map_node *n, const struct maps_line *host,
                          const char *details)
{
    (void)details;
    add_own_line(r, out, start, end, n, host);
}

/* The lines of smaps below a mapping's own: counted for its first piece, zero for the others. */
static void piece_of_smaps(const struct proc_request *r, struct text *out, uint64_t start,
                           uint64_t end, const struct map_node *n, const struct maps_line *host,
                           const char *details)
{
    add_own_line(r, out, start, end, n, host);
    bool first = start == host->start;
    for (const char *p = details, *stop; *p && (stop = strchr(p, '\n')); p = stop + 1) {
        unsigned long kilobytes;
        char key[32], alone[128]; /* sscanf looks for the end of what it reads */
        if (*p < 'A' || *p > 'Z')
            break;
        snprintf(alone, sizeof alone, "%.*s", (int)(stop - p), p);
        if (sscanf(alone, "%31[^:]: %lu kB", key, &kilobytes) != 2)
            text_add(out, "%.*s\n", (int)(stop - p), p);
        else if (!strcmp(key, "Size"))
            text_add(out, "Size:           %8lu kB\n", (end - start) / 1024);
        else if (first || strstr(key, "PageSize"))
            text_add(out, "%.*s\n", (int)(stop - p), p);
        else
            text_add(out, "%s:%*lu kB\n", key, (int)(23 - strlen(key)), 0ul);
    }
}

/* Where the lines that belong to a mapping of smaps end; in maps there are none. */
static const char *skip_details(const char *at)
{
    while (*at >= 'A' && *at <= 'Z' && strchr(at, '\n'))
        at = strchr(at, '\n') + 1;
    return at;
}

static void each_piece(const struct proc_request *r, const char *host, struct text *out,
                       piece_fn *piece)
{
    struct aspace *as = r->task->process->as;
    struct maps_line line;
    for (const char *at = host; maps_next(&at, &line); at = skip_details(at)) {
        line.start -= as->base;
        line.end -= as->base;
        for (uint64_t from = line.start; from < line.end;) {
            const struct map_node *n = maptree_at_or_above(&as->tree, from);
            if (!n || n->start >= line.end)
                break;
            uint64_t lo = n->start > from ? n->start : from, hi = n->end;
            if (hi > line.end)
                hi = line.end;
            if (!(n->flags & MAP_IS_FOREIGN))
                piece(r, out, lo, hi, n, &line, at);
            from = hi;
        }
    }
}

static void others_lines(const struct proc_request *r, const char *host, struct text *out)
{
    struct maps_line line;
    uint64_t vdso = proc_aux_value(r->directory, AT_SYSINFO_EHDR);
    for (const char *at = host; maps_next(&at, &line);) {
        const char *stop = skip_details(at);
        if (maps_is_guests(&line)) {
            bool is_vdso = line.start == vdso;
            add_line(r, out, line.start, line.end, is_vdso ? "r-xp" : line.prot,
                     is_vdso ? "[vdso]" : line.name, is_vdso ? 6 : line.name_length, &line);
            text_add(out, "%.*s", (int)(stop - at), at);
        }
        at = stop;
    }
}

static bool make(const struct proc_request *r, const char *file, struct text *out, piece_fn *piece)
{
    struct text host = {0};
    struct aspace *as = r->task->process->as;
    if (r->own) {
        aspace_lock(as);
        aspace_settle(as, 0, as->limit);
    }
    bool ok = text_read(&host, r->directory, file);
    if (ok && r->own)
        each_piece(r, host.bytes, out, piece);
    else if (ok)
        others_lines(r, host.bytes, out);
    if (r->own)
        aspace_unlock(as);
    text_release(&host);
    return ok;
}

bool make_maps(const struct proc_request *r, struct text *out)
{
    return make(r, "maps", out, piece_of_maps);
}

bool make_smaps(const struct proc_request *r, struct text *out)
{
    return make(r, "smaps", out, piece_of_smaps);
}

/* The sum of a key ("\nRss:") over a smaps text. */
static uint64_t sum_of(const char *smaps, const char *key)
{
    uint64_t sum = 0;
    for (const char *at = smaps; (at = strstr(at, key)); at++)
        sum += strtoull(at + strlen(key), NULL, 10);
    return sum;
}

/* The sums of smaps, in the host's order and with its keys. */
bool make_smaps_rollup(const struct proc_request *r, struct text *out)
{
    struct text host = {0}, smaps = {0};
    uint64_t low = UINT64_MAX, high = 0;
    struct maps_line line;
    bool ok = text_read(&host, r->directory, "smaps_rollup") && make_smaps(r, &smaps) &&
              text_reserve(&smaps, 1);
    if (ok)
        smaps.bytes[smaps.size] = '\0';
    for (const char *at = smaps.bytes; ok && maps_next(&at, &line); at = skip_details(at)) {
        low = line.start < low ? line.start : low;
        high = line.end;
    }
    if (ok)
        text_add(out, "%08lx-%08lx ---p 00000000 00:00 0                          [rollup]\n", low,
                 high);
    for (const char *p = ok ? strchr(host.bytes, '\n') : NULL; p && p[1]; p = strchr(p + 1, '\n')) {
        char key[34] = "\n";
        if (sscanf(p + 1, "%31[^:\n]", key + 1) != 1)
            break;
        strcat(key, ":");
        uint64_t sum = sum_of(smaps.bytes, key);
        if (!strcmp(key, "\nPss_Anon:"))
            sum = sum_of(smaps.bytes, "\nAnonymous:");
        else if (!strcmp(key, "\nPss_File:"))
            sum = sum_of(smaps.bytes, "\nPss:") - sum_of(smaps.bytes, "\nAnonymous:");
        text_add(out, "%s%*lu kB\n", key + 1, (int)(25 - strlen(key)), sum);
    }
    text_release(&host);
    text_release(&smaps);
    return ok;
}

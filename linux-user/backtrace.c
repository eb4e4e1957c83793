/* Backtraces of guest threads. See backtrace.h. */
#include "linux-user/backtrace.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "linux-user/task.h"
#include "loader/cfi.h"
#include "loader/symbols.h"

bool backtrace_place(struct task *t, uint64_t address, struct place *place)
{
    char line[PATH_MAX + 128], path[PATH_MAX];
    *place = (struct place){.mapped = false};
    FILE *f = fopen("/proc/self/maps", "re");
    if (!f)
        return false;
    address += t->process->as->base;
    while (!place->mapped && fgets(line, sizeof line, f)) {
        unsigned long long start, end, offset;
        path[0] = '\0';
        int n = sscanf(line, "%llx-%llx %*s %llx %*s %*s %4095[^\n]", &start, &end, &offset, path);
        if (n < 3 || address < start || address >= end)
            continue;
        place->mapped = true;
        if (path[0] == '/') {
            memcpy(place->path, path, sizeof path);
            place->offset = address - start + offset;
            place->link = symbols_address_of_offset(path, place->offset);
        }
    }
    fclose(f);
    return place->mapped;
}

static bool read_guest(void *context, uint64_t address, uint64_t *word)
{
    return copy_in(context, word, address, sizeof *word) == 0;
}

static bool executable(struct task *t, uint64_t address)
{
    struct map_node n;
    return maptree_read(&t->process->as->tree, address, &n) && (n.prot & PROT_EXEC);
}

/* The interrupted registers, from the signal frame that the trampoline at pc would take. */
static bool through_signal(struct task *t, uint64_t words[GREGSET_MAX])
{
    const struct gregset_layout *g = &task_guest(t)->gregset;
    uint64_t copy[GREGSET_MAX];
    if (copy_in(t, copy, words[g->sp] + g->in_frame, g->words * sizeof *copy) != 0)
        return false;
    memcpy(words, copy, g->words * sizeof *copy);
    return true;
}

static enum cfi_result by_cfi(struct task *t, uint64_t words[GREGSET_MAX], bool exact)
{
    const struct gregset_layout *g = &task_guest(t)->gregset;
    struct cfi_frame frame = {.pc = words[g->pc], .sp = g->sp, .read = read_guest, .context = t};
    struct place place;
    memcpy(frame.reg, words, sizeof frame.reg);
    if (!backtrace_place(t, frame.pc - !exact, &place) || !place.link)
        return CFI_NONE;
    enum cfi_result result = cfi_step(place.path, place.link, &frame);
    if (result == CFI_STEPPED) {
        memcpy(words, frame.reg, sizeof frame.reg);
        words[g->pc] = frame.pc;
    }
    return result;
}

/* A function that is not described: its caller by the frame record, or, innermost, by the register. */
static bool by_record(struct task *t, uint64_t words[GREGSET_MAX], bool innermost)
{
    const struct gregset_layout *g = &task_guest(t)->gregset;
    uint64_t record[2], fp = words[g->fp];
    if (innermost && words[g->ra] != words[g->pc] && executable(t, words[g->ra])) {
        words[g->pc] = words[g->ra];
        return true;
    }
    if (!fp || fp % 8 || copy_in(t, record, fp + (uint64_t)(int64_t)g->frame_record,
                                 sizeof record) != 0 ||
        (record[0] && record[0] <= fp) || !executable(t, record[1]))
        return false;
    words[g->fp] = record[0];
    words[g->pc] = record[1];
    words[g->sp] = fp + (uint64_t)(int64_t)g->frame_record + sizeof record;
    return true;
}

size_t backtrace(struct task *t, struct backtrace_entry *entries, size_t max, bool *complete)
{
    const struct gregset_layout *g = &task_guest(t)->gregset;
    uint64_t words[GREGSET_MAX];
    bool exact = true; /* pc is where it stopped, not behind a call */
    size_t n = 0;
    *complete = false;
    task_guest(t)->get_gregset(&t->vcpu->cpu, words);
    while (n < max) {
        entries[n++] = (struct backtrace_entry){words[g->pc], exact};
        if (words[g->pc] == t->process->program->vdso_sigreturn) {
            if (!through_signal(t, words))
                break;
            exact = true;
            continue;
        }
        enum cfi_result result = by_cfi(t, words, exact);
        *complete = result == CFI_OUTERMOST;
        if (*complete || (result == CFI_NONE && !by_record(t, words, n == 1)))
            break;
        exact = false;
        if (!words[g->pc]) {
            *complete = true;
            break;
        }
    }
    return n;
}

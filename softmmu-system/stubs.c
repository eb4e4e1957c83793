/* What other parts will bring; weak, so that theirs wins as soon as it is there. Goes away. */
#include "softmmu-system/block.h"
#include "softmmu-system/hart.h"
#include <stdlib.h>
#include "util/log.h"

#define MISSING __attribute__((weak))

MISSING struct hart *hart_create(struct machine *m, const struct arch *a, struct translator *t, unsigned id)
{
    struct hart *h = calloc(1, a->hart_size);
    h->vcpu = translator_vcpu_create(t);
    h->vcpu->owner = h;
    h->arch = a;
    h->machine = m;
    h->id = id;
    a->create(h);
    return h;
}
MISSING void hart_run(struct hart *h) {}
MISSING void hart_stop_all(struct machine *m) {}
MISSING void hart_resume_all(struct machine *m) {}
MISSING void hart_quit_all(struct machine *m) {}
MISSING void hart_set_line(struct hart *h, unsigned number, bool level)
{
    h->lines = (h->lines & ~(UINT64_C(1) << number)) | (uint64_t)level << number;
}
MISSING void softmmu_written(struct machine *m, const void *host, size_t size) {}
MISSING void softmmu_set_tag(struct hart *h, uint64_t tag) {}
MISSING void softmmu_flush(struct hart *h) {}
MISSING void softmmu_flush_page(struct hart *h, uint64_t address) {}
MISSING void softmmu_flush_tags(struct hart *h, bool (*match)(uint64_t, uint64_t), uint64_t a) {}
MISSING bool softmmu_peek(struct hart *h, unsigned s, uint64_t a, void *to, size_t n) { return false; }
MISSING const uint8_t *softmmu_fetch(struct hart *h, uint64_t pc, size_t *size) { return NULL; }
MISSING void softmmu_select(struct hart *h, unsigned data, unsigned code) {}
MISSING void hart_ask(struct machine *m, uint64_t mask, void (*run)(struct hart *, void *), void *a) {}
MISSING void softmmu_print(struct hart *h, FILE *out) {}
MISSING void hart_wait(struct hart *h, int64_t deadline) {}

/* What other parts will bring; weak, so that theirs wins as soon as it is there. Goes away. */
#include "softmmu-system/hart.h"
#include "util/log.h"

#define MISSING __attribute__((weak))

MISSING struct hart *hart_create(struct machine *m, const struct arch *a, struct translator *t, unsigned id)
{
    die("harts are not there yet");
}
MISSING void hart_run(struct hart *h) {}
MISSING void hart_stop_all(struct machine *m) {}
MISSING void hart_resume_all(struct machine *m) {}
MISSING void hart_quit_all(struct machine *m) {}
MISSING void hart_set_line(struct hart *h, unsigned number, bool level) {}
MISSING void softmmu_written(struct machine *m, const void *host, size_t size) {}

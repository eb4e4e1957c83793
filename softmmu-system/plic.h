/* The platform-level interrupt controller: its size and its wires. */
#ifndef FERRY_SOFTMMU_SYSTEM_PLIC_H
#define FERRY_SOFTMMU_SYSTEM_PLIC_H

#include "softmmu-system/device.h"

enum {
    PLIC_SOURCES = 97, /* 1 to 96; 0 means none */
    PLIC_PRIORITIES = 7,
    PLIC_CONTEXTS = 128, /* M and S mode of each hart */
};

/* The wire into input `source` (from 1). */
struct irq_line plic_input(struct device *d, unsigned source);

/* Connects the output of a context; before the start. */
void plic_connect(struct device *d, unsigned context, struct irq_line line);

#endif

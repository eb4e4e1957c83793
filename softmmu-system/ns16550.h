/* The serial port: what others than the guest ask of it. */
#ifndef FERRY_SOFTMMU_SYSTEM_NS16550_H
#define FERRY_SOFTMMU_SYSTEM_NS16550_H

#include <stddef.h>
#include <stdint.h>

struct chardev;
struct device;

/* Where its line ends; before the start. */
void ns16550_connect(struct device *d, struct chardev *c);

/* Takes up to n received bytes, as reading RBR would: for firmware that is built in. Lock held. */
size_t ns16550_take(struct device *d, uint8_t *bytes, size_t n);

#endif

/* The ELF header of the programs that the fuzzers write: one segment, all of the file, for everything. */
#ifndef FERRY_TESTS_FUZZ_IMAGE_H
#define FERRY_TESTS_FUZZ_IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct image_header {
    uint16_t machine; /* EM_* */
    uint32_t flags;   /* e_flags */
    uint64_t base, entry;
    size_t file_size, memory_size;
};

/* Writes the headers to the start of the image, which has room for them. */
void image_header(uint8_t *bytes, const struct image_header *h);

#endif

/*
 * Symbols of guest programs, through libelf, for logs and reports: read only when something asks.
 */
#ifndef FERRY_LOADER_SYMBOLS_H
#define FERRY_LOADER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Finds the function that holds link address `address` of the ELF file at `path`. Writes
 * "name+0x12" into `text`. Returns false if the file has no symbol for it. Allocates through libelf
 * and frees it.
 */
bool symbols_lookup(const char *path, uint64_t address, char *text, size_t size);

/* The link address of file offset `offset`, by the program headers; 0 if no segment has it. */
uint64_t symbols_address_of_offset(const char *path, uint64_t offset);

#endif

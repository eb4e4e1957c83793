/*
 * Disassembly from the rows of a decode table: the part that no guest decides. How an operand looks
 * is the guest's business (see its disasm.c).
 */
#include "frontend/decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void decode_print(struct decode_text *text, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text->at, (size_t)(text->end - text->at), format, ap);
    va_end(ap);
    text->at += n < text->end - text->at ? n : text->end - text->at - 1;
}

void decode_disassemble(const struct decode_row *row, uint32_t word, uint64_t pc,
                        struct decode_text *text, int64_t (*field)(unsigned field, uint32_t word),
                        void (*operand)(struct decode_text *text, char kind, int64_t value,
                                        uint32_t word, uint64_t pc))
{
    if (!strchr(row->text, '\t'))
        decode_print(text, *row->text ? "%s\t" : "%s", row->name);
    for (const char *p = row->text; *p; p++) {
        if (*p != '{') {
            decode_print(text, "%c", *p);
            continue;
        }
        char *end;
        unsigned long number = strtoul(p + 1, &end, 10);
        operand(text, end[1], field((unsigned)number, word), word, pc);
        p = strchr(end, '}');
    }
}

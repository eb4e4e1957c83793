/*
 * What the decoder generator knows of a table: built by decgen.c from `.dec` text, written out as C
 * by decgen_emit.c. A build-time program: it allocates and never frees.
 */
#ifndef FERRY_FRONTEND_DECGEN_H
#define FERRY_FRONTEND_DECGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    DG_MAX_TABLES = 8,
    DG_MAX_FIELDS = 512,
    DG_MAX_ROWS = 4096,
    DG_MAX_LAYOUTS = 512,
    DG_MAX_PARTS = 8,
    DG_MAX_ROW_FIELDS = 12,
    DG_MAX_INCLUDES = 8,
};

struct dg_part {
    uint8_t hi, lo;
};

/* A field of one table. Several may share a name (rd at 11:7, rd at 4:2) or a letter. */
struct dg_field {
    const char *name;
    char letter;
    int table;
    int nparts;
    struct dg_part part[DG_MAX_PARTS]; /* highest bits of the value first */
    uint32_t bits;                     /* of the word */
    unsigned width;                    /* bits of the value */
    bool is_signed;
    unsigned scale;
    const char *function; /* applied last, or NULL */
};

/* One member of a row's argument record: from the word, or a constant. */
struct dg_operand {
    const char *name;
    const struct dg_field *field; /* NULL: constant */
    const char *constant;
};

/* An argument record: the same members in the same order serve every row that has them. */
struct dg_layout {
    const char *name; /* without prefix */
    int n;
    const char *member[DG_MAX_ROW_FIELDS];
};

struct dg_row {
    const char *file;
    int line;
    int table;
    int group;        /* rows of one `{ }` share a number; 0: none */
    const char *name; /* NULL: reserved encoding */
    uint32_t mask, match;
    const char *generator, *constants;
    int nfields;
    const struct dg_field *fields[DG_MAX_ROW_FIELDS]; /* all that the bit string claims */
    int noperands;
    struct dg_operand operands[DG_MAX_ROW_FIELDS]; /* what the generator function gets */
    struct dg_layout *layout;                      /* NULL: no operands */
    const char *feature[2];                        /* NULL: none */
    const char *text;                              /* with fields replaced by their indices */
};

struct dg_table {
    const char *name;
    unsigned width; /* 16 or 32 */
};

struct dg {
    const char *prefix;
    int nincludes, ntables, nfields, nrows, nlayouts;
    const char *includes[DG_MAX_INCLUDES];
    struct dg_table tables[DG_MAX_TABLES];
    struct dg_field fields[DG_MAX_FIELDS];
    struct dg_row rows[DG_MAX_ROWS];
    struct dg_layout layouts[DG_MAX_LAYOUTS];
};

extern struct dg dg;

void dg_emit_header(FILE *out);
void dg_emit_code(FILE *out, const char *header);

#endif

/*
 * The decoder generator's output: a header with the enumeration, the argument records and the
 * prototypes of the generator functions; and code with the decoders (one tree of switches a table),
 * the dispatch to the generator functions, the fields' values and the rows as data.
 *
 * The tree: of the bits that all candidates fix, switch on the run that tells most of them apart;
 * where they fix none in common, ask for the first candidate and go on with the rest. So the order
 * inside a group is kept, and nothing is built at run time.
 */
#include "frontend/decgen.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RUN = 7 /* bits of a switch: 128 entries of a jump table */ };

/* A name of the table as it may stand in C. */
static const char *c_name(const char *name)
{
    static char out[4][128];
    static unsigned next;
    char *o = out[next++ % 4];
    snprintf(o, sizeof out[0], "%s", name);
    for (char *p = o; *p; p++)
        if (!isalnum((unsigned char)*p))
            *p = '_';
    return o;
}

static const char *upper_prefix(void)
{
    static char out[32];
    snprintf(out, sizeof out, "%s", dg.prefix);
    for (char *p = out; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return out;
}

static void emit_prototypes(FILE *out)
{
    for (int i = 0; i < dg.nrows; i++) {
        const struct dg_row *r = &dg.rows[i];
        bool seen = !r->name;
        for (int j = 0; j < i && !seen; j++)
            seen = dg.rows[j].name && !strcmp(dg.rows[j].generator, r->generator);
        if (seen)
            continue;
        fprintf(out, "bool %s_%s(struct translation *t", dg.prefix, r->generator);
        if (r->layout)
            fprintf(out, ", const struct %s_args_%s *a", dg.prefix, r->layout->name);
        if (r->constants) {
            fprintf(out, ", int");
            for (const char *p = r->constants; *p; p++)
                if (*p == ',')
                    fprintf(out, ", int");
        }
        fprintf(out, ");\n");
    }
}

static bool member_is_signed(const char *name)
{
    for (int i = 0; i < dg.nfields; i++)
        if (!strcmp(dg.fields[i].name, name) && dg.fields[i].is_signed)
            return true;
    return false;
}

void dg_emit_header(FILE *out)
{
    const char *p = dg.prefix, *up = upper_prefix();
    fprintf(out, "/* Made by decgen from the decode tables; do not edit. */\n#pragma once\n"
                 "#include \"frontend/decode.h\"\n");
    for (int i = 0; i < dg.nincludes; i++)
        fprintf(out, "#include \"%s\"\n", dg.includes[i]);
    fprintf(out, "\nenum %s_insn {\n    %s_INVALID,\n", p, up);
    for (int i = 0; i < dg.nrows; i++)
        if (dg.rows[i].name)
            fprintf(out, "    %s_%s,\n", up, c_name(dg.rows[i].name));
    fprintf(out, "    %s_INSN_COUNT\n};\n\nenum {\n", up);
    for (int i = 0; i < dg.ntables; i++)
        fprintf(out, "    %s_TABLE_%s,\n", up, dg.tables[i].name);
    fprintf(out, "};\n\n");
    for (int i = 0; i < dg.nlayouts; i++) {
        const struct dg_layout *l = &dg.layouts[i];
        fprintf(out, "struct %s_args_%s {\n", p, l->name);
        for (int j = 0; j < l->n; j++)
            fprintf(out, "    %s %s;\n", member_is_signed(l->member[j]) ? "int32_t" : "uint32_t",
                    l->member[j]);
        fprintf(out, "};\n");
    }
    fprintf(out,
            "\n/* The generator functions: false means that the word is undefined after all. */\n");
    emit_prototypes(out);
    fprintf(out,
            "\n/* Rows by enum %s_insn; row 0 is empty. */\n"
            "extern const struct decode_row %s_rows[%s_INSN_COUNT];\n"
            "extern const struct decode_field %s_fields[];\n\n",
            p, p, up, p);
    for (int i = 0; i < dg.ntables; i++)
        fprintf(out, "enum %s_insn %s_decode_%s(uint32_t w);\n", p, p, dg.tables[i].name);
    fprintf(out,
            "\n/* Calls the row's generator function. Features are the caller's business. */\n"
            "bool %s_dispatch(struct translation *t, enum %s_insn insn, uint32_t w);\n\n"
            "/* The value of a field, by the number that stands in a row's text. */\n"
            "int64_t %s_field(unsigned field, uint32_t w);\n",
            p, p, p);
}

static void indent(FILE *out, int depth)
{
    fprintf(out, "%*s", 4 * depth, "");
}

static void emit_insn(FILE *out, const struct dg_row *r)
{
    fprintf(out, "%s_%s", upper_prefix(), r->name ? c_name(r->name) : "INVALID");
}

struct run {
    unsigned lo, length, distinct;
};

static uint32_t run_value(const struct run *run, uint32_t word)
{
    return word >> run->lo & ((1u << run->length) - 1);
}

/* The run of bits within `common` that tells most candidates apart. */
static struct run best_run(const struct dg_row *const *rows, int n, uint32_t common)
{
    struct run best = {0, 0, 1};
    for (unsigned lo = 0; lo < 32; lo++)
        for (unsigned length = 1; length <= MAX_RUN && lo + length <= 32; length++) {
            struct run run = {lo, length, 0};
            bool seen[1 << MAX_RUN] = {false};
            if (~(common >> lo) & ((1u << length) - 1))
                break;
            for (int i = 0; i < n; i++) {
                bool *s = &seen[run_value(&run, rows[i]->match)];
                run.distinct += !*s;
                *s = true;
            }
            if (run.distinct > best.distinct)
                best = run;
        }
    return best;
}

static void emit_tree(FILE *out, const struct dg_row *const *rows, int n, uint32_t tested,
                      int depth);

static void emit_switch(FILE *out, const struct dg_row *const *rows, int n, uint32_t tested,
                        int depth, const struct run *run)
{
    const struct dg_row **subset = malloc((size_t)n * sizeof *subset);
    uint32_t mask = ((1u << run->length) - 1) << run->lo;
    indent(out, depth);
    fprintf(out, "switch (w >> %u & 0x%x) {\n", run->lo, (1u << run->length) - 1);
    for (uint32_t v = 0; v < 1u << run->length; v++) {
        int m = 0;
        for (int i = 0; i < n; i++)
            if (run_value(run, rows[i]->match) == v)
                subset[m++] = rows[i];
        if (!m)
            continue;
        indent(out, depth);
        fprintf(out, "case 0x%x:\n", v);
        emit_tree(out, subset, m, tested | mask, depth + 1);
    }
    indent(out, depth);
    fprintf(out, "}\n");
    indent(out, depth);
    fprintf(out, "return %s_INVALID;\n", upper_prefix());
    free(subset);
}

static void emit_tree(FILE *out, const struct dg_row *const *rows, int n, uint32_t tested,
                      int depth)
{
    uint32_t common = ~tested;
    for (int i = 0; i < n; i++)
        common &= rows[i]->mask;
    struct run run = best_run(rows, n, common);
    if (run.distinct > 1) {
        emit_switch(out, rows, n, tested, depth, &run);
        return;
    }
    /* All agree in what they have in common: ask for the first, go on with the others. */
    for (int i = 0; i < n; i++) {
        uint32_t rest = rows[i]->mask & ~tested;
        indent(out, depth);
        if (rest)
            fprintf(out, "if ((w & 0x%x) == 0x%x)\n%*s", rest, rows[i]->match & rest, 4 * depth + 4,
                    "");
        fprintf(out, "return ");
        emit_insn(out, rows[i]);
        fprintf(out, ";\n");
        if (!rest)
            return;
        if (i + 2 < n) { /* several are left: without the first they may have more in common */
            emit_tree(out, rows + i + 1, n - i - 1, tested, depth);
            return;
        }
    }
    indent(out, depth);
    fprintf(out, "return %s_INVALID;\n", upper_prefix());
}

static void emit_decoders(FILE *out)
{
    for (int t = 0; t < dg.ntables; t++) {
        const struct dg_row *rows[DG_MAX_ROWS];
        int n = 0;
        for (int i = 0; i < dg.nrows; i++)
            if (dg.rows[i].table == t)
                rows[n++] = &dg.rows[i];
        fprintf(out, "enum %s_insn %s_decode_%s(uint32_t w)\n{\n", dg.prefix, dg.prefix,
                dg.tables[t].name);
        if (n)
            emit_tree(out, rows, n, dg.tables[t].width == 32 ? 0 : 0xffff0000, 1);
        else
            fprintf(out, "    return %s_INVALID;\n", upper_prefix());
        fprintf(out, "}\n\n");
    }
}

/* The value of a field as a C expression of w. */
static void emit_field(FILE *out, const struct dg_field *f)
{
    unsigned shift = f->width;
    if (f->function)
        fprintf(out, "%s(", f->function);
    if (f->is_signed)
        fprintf(out, "((int32_t)((");
    else
        fprintf(out, "((");
    for (int i = 0; i < f->nparts; i++) {
        unsigned length = f->part[i].hi - f->part[i].lo + 1u;
        shift -= length;
        fprintf(out, "%s(w >> %u & 0x%xu) << %u", i ? " | " : "", f->part[i].lo,
                length == 32 ? 0xffffffffu : (1u << length) - 1, shift);
    }
    fprintf(out, ")");
    if (f->is_signed)
        fprintf(out, " << %u) >> %u", 32 - f->width, 32 - f->width);
    fprintf(out, ")");
    if (f->scale != 1)
        fprintf(out, " * %u", f->scale);
    if (f->function)
        fprintf(out, ")");
}

static void emit_dispatch(FILE *out)
{
    fprintf(out,
            "bool %s_dispatch(struct translation *t, enum %s_insn insn, uint32_t w)\n{\n"
            "    switch (insn) {\n    case %s_INVALID:\n    case %s_INSN_COUNT:\n        break;\n",
            dg.prefix, dg.prefix, upper_prefix(), upper_prefix());
    for (int i = 0; i < dg.nrows; i++) {
        const struct dg_row *r = &dg.rows[i];
        if (!r->name)
            continue;
        fprintf(out, "    case ");
        emit_insn(out, r);
        fprintf(out, ":\n        return %s_%s(t", dg.prefix, r->generator);
        if (r->layout)
            fprintf(out, ", &(struct %s_args_%s){", dg.prefix, r->layout->name);
        for (int j = 0; j < r->noperands; j++) {
            const struct dg_operand *o = &r->operands[j];
            fprintf(out, "%s.%s = ", j ? ", " : "", o->name);
            if (o->field)
                emit_field(out, o->field);
            else
                fprintf(out, "%s", o->constant);
        }
        fprintf(out, "%s%s%s);\n", r->layout ? "}" : "", r->constants ? ", " : "",
                r->constants ? r->constants : "");
    }
    fprintf(out, "    }\n    return false;\n}\n\n");
}

static void emit_fields(FILE *out)
{
    fprintf(out, "int64_t %s_field(unsigned field, uint32_t w)\n{\n    switch (field) {\n",
            dg.prefix);
    for (int i = 0; i < dg.nfields; i++) {
        fprintf(out, "    case %d:\n        return ", i);
        emit_field(out, &dg.fields[i]);
        fprintf(out, ";\n");
    }
    fprintf(out, "    }\n    return 0;\n}\n\n");
}

static void emit_rows(FILE *out)
{
    fprintf(out, "const struct decode_row %s_rows[%s_INSN_COUNT] = {\n", dg.prefix, upper_prefix());
    for (int i = 0; i < dg.nrows; i++) {
        const struct dg_row *r = &dg.rows[i];
        if (!r->name)
            continue;
        fprintf(out, "    [");
        emit_insn(out, r);
        fprintf(out, "] = {0x%08x, 0x%08x, \"%s\", \"%s\", {", r->mask, r->match, r->name, r->text);
        for (int j = 0; j < 2; j++)
            if (r->feature[j])
                fprintf(out, "%s_FEATURE_%s, ", upper_prefix(), c_name(r->feature[j]));
            else
                fprintf(out, "DECODE_NO_FEATURE, ");
        fprintf(out, "}, %d, %d, {", r->table, r->nfields);
        for (int j = 0; j < r->nfields; j++)
            fprintf(out, "%d, ", (int)(r->fields[j] - dg.fields));
        fprintf(out, "}},\n");
    }
    fprintf(out, "};\n\nconst struct decode_field %s_fields[] = {\n", dg.prefix);
    for (int i = 0; i < dg.nfields; i++) {
        fprintf(out, "    {\"%s\", {", dg.fields[i].name);
        for (int j = 0; j < dg.fields[i].nparts; j++)
            fprintf(out, "{%d, %d}, ", dg.fields[i].part[j].hi, dg.fields[i].part[j].lo);
        fprintf(out, "}, %d},\n", dg.fields[i].nparts);
    }
    fprintf(out, "};\n");
}

void dg_emit_code(FILE *out, const char *header)
{
    fprintf(out,
            "/* Made by decgen from the decode tables; do not edit. */\n"
            "#include \"%s\"\n\n",
            header);
    emit_decoders(out);
    emit_dispatch(out);
    emit_fields(out);
    emit_rows(out);
}

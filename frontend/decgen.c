/*
 * The decoder generator: reads `.dec` tables, checks them, writes C. Built and run by the build:
 *
 *     decgen OUT.h OUT.c TABLE.dec...          (`decgen -n TABLE.dec...` checks only)
 *
 * A table file is lines; `#` starts a comment. Directives:
 *
 *     prefix rv                  names in C begin with this: enum rv_insn, RV_add, ...
 *     include "path.h"           header that the generated code needs
 *     table insn16 16            the following fields and rows belong to this decoder (16 or 32
 *                                bits)
 *     field bimm b 31 7 30:25 11:8 signed x2
 *                                name, letter, bits from the highest of the value to the lowest;
 *                                `signed`, `xN` (scale) and `=function` follow in this order of
 *                                effect
 *     args r rd rs1 rs2          names the argument record with these members: struct rv_args_r
 *
 * and one row an instruction:
 *
 *     add   0000000 ttttt sssss 000 ddddd 0110011  arith(IR_ADD)        I "{rd:x},{rs1:x},{rs2:x}"
 *     c.add 1001 ddddd ttttt 10                    arith(IR_ADD) rs1=rd C "{rd:x},{rs2:x}"
 *
 * name; bit string, blanks where you like; generator function with constants; members that the bits
 * do not give (`rs1=rd`, `imm=0`) or that the generator does not want (`~rm`, `~*` for all);
 * required feature or `A+B`, or `-`; assembler text: `{field:kind}`, the kind being the guest's
 * business. A text with a tab brings its own mnemonic, else the row's name is it.
 *
 * A letter stands for the field that is declared with it and has exactly these bits. A name `-`
 * makes the encoding reserved; there (and only there) `.` is a bit that does not matter.
 *
 * Rows overlap only inside `{` ... `}`, where the first that matches wins. Refused, with file and
 * line: letters that no field explains, bits without meaning, overlaps outside braces, rows that
 * can never match, names twice, generators that are given different records.
 */
#include "frontend/decgen.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct dg dg;

static const char *current_file;
static int current_line;
static int current_table = -1;
static int current_group, groups;

__attribute__((noreturn, format(printf, 3, 4)))
static void refuse_at(const char *file, int line, const char *format, ...)
{
    va_list ap;
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

#define refuse(...) refuse_at(current_file, current_line, __VA_ARGS__)

/* Takes the next word off the line: a quoted string (with its first quote), or up to a blank. */
static char *next_word(char **line)
{
    char *p = *line + strspn(*line, " \t");
    if (!*p || *p == '#')
        return NULL;
    char *end;
    if (*p == '"') {
        end = strchr(p + 1, '"');
        if (!end)
            refuse("string does not end");
    } else {
        end = p + strcspn(p, " \t");
        char *paren = memchr(p, '(', (size_t)(end - p));
        if (paren) { /* constants may hold blanks */
            end = strchr(paren, ')');
            if (!end)
                refuse("'(' without ')'");
            end++;
        }
    }
    *line = *end ? end + 1 : end;
    *end = 0;
    return p;
}

static char *need_word(char **line, const char *what)
{
    char *w = next_word(line);
    if (!w)
        refuse("%s is missing", what);
    return w;
}

static const char *keep(const char *s)
{
    char *copy = strdup(s);
    if (!copy)
        abort();
    return copy;
}

static unsigned parse_number(const char *s, const char *what, unsigned max)
{
    char *end;
    unsigned long v = strtoul(s, &end, 10);
    if (!isdigit((unsigned char)*s) || *end || v > max)
        refuse("%s '%s' is not a number up to %u", what, s, max);
    return (unsigned)v;
}

static void read_table(char *line)
{
    const char *name = need_word(&line, "name of the table");
    unsigned width = parse_number(need_word(&line, "width of the table"), "width", 32);
    if (width != 16 && width != 32)
        refuse("a table is 16 or 32 bits wide");
    for (current_table = 0; current_table < dg.ntables; current_table++)
        if (!strcmp(dg.tables[current_table].name, name)) {
            if (dg.tables[current_table].width != width)
                refuse("table %s has another width", name);
            return;
        }
    if (dg.ntables == DG_MAX_TABLES)
        refuse("too many tables");
    dg.tables[dg.ntables++] = (struct dg_table){keep(name), width};
}

static void add_part(struct dg_field *f, const char *text)
{
    unsigned width = dg.tables[f->table].width;
    char *colon = strchr(text, ':');
    if (colon)
        *colon++ = 0;
    unsigned hi = parse_number(text, "bit", width - 1);
    unsigned lo = colon ? parse_number(colon, "bit", width - 1) : hi;
    if (lo > hi)
        refuse("bits %u:%u are the wrong way round", hi, lo);
    if (f->nparts == DG_MAX_PARTS)
        refuse("too many parts");
    uint32_t bits = (uint32_t)(((uint64_t)2 << hi) - ((uint64_t)1 << lo));
    if (f->bits & bits)
        refuse("field %s has a bit twice", f->name);
    f->bits |= bits;
    f->width += hi - lo + 1;
    f->part[f->nparts++] = (struct dg_part){(uint8_t)hi, (uint8_t)lo};
}

static void read_field(char *line)
{
    if (current_table < 0)
        refuse("field before the first table");
    if (dg.nfields == DG_MAX_FIELDS)
        refuse("too many fields");
    struct dg_field *f = &dg.fields[dg.nfields];
    *f = (struct dg_field){.table = current_table, .scale = 1};
    f->name = keep(need_word(&line, "name of the field"));
    const char *letter = need_word(&line, "letter of the field");
    if (!isalpha((unsigned char)*letter) || letter[1])
        refuse("'%s' is not a letter", letter);
    f->letter = *letter;
    for (char *w; (w = next_word(&line));) {
        if (isdigit((unsigned char)*w))
            add_part(f, w);
        else if (!strcmp(w, "signed"))
            f->is_signed = true;
        else if (*w == 'x')
            f->scale = parse_number(w + 1, "scale", 1u << 20);
        else if (*w == '=')
            f->function = keep(w + 1);
        else
            refuse("'%s' does not belong in a field", w);
    }
    if (!f->nparts)
        refuse("field %s has no bits", f->name);
    for (int i = 0; i < dg.nfields; i++) {
        const struct dg_field *o = &dg.fields[i];
        if (o->table == f->table && o->letter == f->letter && o->bits == f->bits)
            refuse("letter %c already stands for these bits, as field %s", f->letter, o->name);
    }
    dg.nfields++;
}

/* The layout with exactly these members; made if there is none yet. */
static struct dg_layout *find_layout(const char *const *members, int n, const char *name)
{
    for (int i = 0; i < dg.nlayouts; i++) {
        struct dg_layout *l = &dg.layouts[i];
        int found = 0;
        for (int j = 0; j < l->n; j++)
            for (int k = 0; k < n; k++)
                found += !strcmp(l->member[j], members[k]);
        if (l->n == n && found == n) {
            if (name)
                refuse("record %s has the members of %s", name, l->name);
            return l;
        }
        if (name && !strcmp(l->name, name))
            refuse("record %s is declared twice", name);
    }
    if (dg.nlayouts == DG_MAX_LAYOUTS)
        refuse("too many argument records");
    struct dg_layout *l = &dg.layouts[dg.nlayouts++];
    char joined[256] = "";
    l->n = n;
    for (int i = 0; i < n; i++) {
        l->member[i] = members[i];
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? "_" : "",
                 members[i]);
    }
    l->name = keep(name ? name : joined);
    return l;
}

static void read_args(char *line)
{
    const char *name = need_word(&line, "name of the record"), *members[DG_MAX_ROW_FIELDS];
    int n = 0;
    for (char *w; (w = next_word(&line)); members[n++] = keep(w))
        if (n == DG_MAX_ROW_FIELDS)
            refuse("too many members");
    find_layout(members, n, name);
}

static void claim_letter(struct dg_row *r, char letter, uint32_t bits)
{
    bool known = false;
    for (int i = 0; i < dg.nfields; i++) {
        const struct dg_field *f = &dg.fields[i];
        if (f->table != r->table || f->letter != letter)
            continue;
        known = true;
        if (f->bits != bits)
            continue;
        if (r->nfields == DG_MAX_ROW_FIELDS)
            refuse("too many fields in a row");
        r->fields[r->nfields++] = f;
        return;
    }
    if (known)
        refuse("letter %c is not where a field of that letter has its bits (%08x)", letter, bits);
    refuse("letter %c stands for no field", letter);
}

static char *read_bits(struct dg_row *r, char **line)
{
    unsigned width = dg.tables[r->table].width, n = 0;
    uint32_t letters[128] = {0};
    while (n < width) {
        const char *w = need_word(line, "rest of the bit string");
        for (; *w; w++, n++) {
            if (n == width)
                refuse("bit string is longer than %u", width);
            uint32_t bit = 1u << (width - 1 - n);
            if (*w == '0' || *w == '1') {
                r->mask |= bit;
                r->match |= *w == '1' ? bit : 0;
            } else if (isalpha((unsigned char)*w)) {
                letters[(unsigned char)*w] |= bit;
            } else if (*w != '.') {
                refuse("'%c' in the bit string", *w);
            } else if (r->name) {
                refuse("bit %u is neither fixed nor part of a field", width - 1 - n);
            }
        }
    }
    for (int c = 0; c < 128; c++)
        if (letters[c])
            claim_letter(r, (char)c, letters[c]);
    return *line;
}

static const struct dg_field *row_field(const struct dg_row *r, const char *name)
{
    for (int i = 0; i < r->nfields; i++)
        if (!strcmp(r->fields[i]->name, name))
            return r->fields[i];
    return NULL;
}

static void drop_operand(struct dg_row *r, const char *name)
{
    int n = 0;
    for (int i = 0; i < r->noperands; i++)
        if (strcmp(r->operands[i].name, name) && strcmp(name, "*"))
            r->operands[n++] = r->operands[i];
    if (n == r->noperands)
        refuse("there is no member %s to leave out", name);
    r->noperands = n;
}

static void assign_operand(struct dg_row *r, char *name, char *value)
{
    if (r->noperands == DG_MAX_ROW_FIELDS)
        refuse("too many members");
    for (int i = 0; i < r->noperands; i++)
        if (!strcmp(r->operands[i].name, name))
            refuse("member %s is given twice", name);
    struct dg_operand o = {.name = keep(name), .field = row_field(r, value)};
    if (!o.field) {
        if (!isdigit((unsigned char)*value) && *value != '-')
            refuse("'%s' is neither a field of this row nor a number", value);
        o.constant = keep(value);
    }
    r->operands[r->noperands++] = o;
}

/* Replaces field names in the assembler text by indices of fields. */
static const char *read_text(const struct dg_row *r, const char *text)
{
    char out[512];
    size_t n = 0;
    for (const char *p = text; *p; p++) {
        if (n + 32 > sizeof out)
            refuse("assembler text is too long");
        out[n++] = *p;
        if (*p != '{')
            continue;
        char name[64];
        size_t length = strcspn(p + 1, ":}");
        if (p[1 + length] != ':' || !strchr(p, '}') || length >= sizeof name)
            refuse("assembler text wants {field:kind}");
        snprintf(name, sizeof name, "%.*s", (int)length, p + 1);
        const struct dg_field *f = row_field(r, name);
        if (!f)
            refuse("assembler text names %s, which is no field of this row", name);
        n += (size_t)sprintf(out + n, "%d", (int)(f - dg.fields));
        p += length;
    }
    out[n] = 0;
    return keep(out);
}

static void read_features(struct dg_row *r, char *w)
{
    int n = 0;
    if (!strcmp(w, "-"))
        return;
    for (char *f = strtok(w, "+"); f; f = strtok(NULL, "+")) {
        if (n == 2)
            refuse("more than two required features");
        r->feature[n++] = keep(f);
    }
}

/* What follows the bit string of an instruction. */
static void read_meaning(struct dg_row *r, char *line)
{
    char *w = need_word(&line, "generator function");
    char *paren = strchr(w, '(');
    if (paren) {
        *paren++ = 0;
        paren[strlen(paren) - 1] = 0;
    }
    r->generator = keep(w);
    r->constants = paren && *paren ? keep(paren) : NULL;
    for (int i = 0; i < r->nfields; i++)
        r->operands[r->noperands++] = (struct dg_operand){r->fields[i]->name, r->fields[i], NULL};
    for (;;) {
        w = need_word(&line, "required feature");
        char *equals = strchr(w, '=');
        if (*w == '~') {
            drop_operand(r, w + 1);
        } else if (equals) {
            *equals = 0;
            assign_operand(r, w, equals + 1);
        } else {
            break;
        }
    }
    read_features(r, w);
    w = need_word(&line, "assembler text");
    if (*w != '"')
        refuse("'%s' is not a text in quotes", w);
    r->text = read_text(r, w + 1);

    const char *members[DG_MAX_ROW_FIELDS];
    for (int i = 0; i < r->noperands; i++)
        members[i] = r->operands[i].name;
    if (r->noperands)
        r->layout = find_layout(members, r->noperands, NULL);
}

static void read_row(char *name, char *line)
{
    if (current_table < 0)
        refuse("row before the first table");
    if (dg.nrows == DG_MAX_ROWS)
        refuse("too many rows");
    struct dg_row *r = &dg.rows[dg.nrows];
    *r = (struct dg_row){.file = current_file, .line = current_line, .table = current_table,
                         .group = current_group, .name = strcmp(name, "-") ? keep(name) : NULL};
    line = read_bits(r, &line);
    if (r->name)
        read_meaning(r, line);
    char *rest = line;
    if (!r->name && next_word(&rest))
        refuse("a reserved encoding has nothing but bits");
    dg.nrows++;
}

static void read_line(char *line)
{
    char *w = next_word(&line);
    if (!w)
        return;
    if (!strcmp(w, "prefix"))
        dg.prefix = keep(need_word(&line, "prefix"));
    else if (!strcmp(w, "include") && dg.nincludes < DG_MAX_INCLUDES)
        dg.includes[dg.nincludes++] = keep(need_word(&line, "header") + 1);
    else if (!strcmp(w, "table"))
        read_table(line);
    else if (!strcmp(w, "field"))
        read_field(line);
    else if (!strcmp(w, "args"))
        read_args(line);
    else if (!strcmp(w, "{")) {
        if (current_group)
            refuse("groups do not nest");
        current_group = ++groups;
    } else if (!strcmp(w, "}")) {
        if (!current_group)
            refuse("'}' without '{'");
        current_group = 0;
    } else {
        read_row(w, line);
    }
}

static void read_file(const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in) {
        perror(path);
        exit(1);
    }
    char line[1024];
    current_file = keep(path);
    for (current_line = 1; fgets(line, sizeof line, in); current_line++) {
        line[strcspn(line, "\n")] = 0;
        read_line(line);
    }
    if (current_group)
        refuse("group is not closed");
    fclose(in);
}

/* Compares each row with those before it. */
static void check_row(const struct dg_row *r)
{
    for (const struct dg_row *o = dg.rows; o < r; o++) {
        if (r->name && o->name && !strcmp(r->name, o->name))
            refuse_at(r->file, r->line, "%s is already at %s:%d", r->name, o->file, o->line);
        if (r->generator && o->generator && !strcmp(r->generator, o->generator) &&
            r->layout != o->layout)
            refuse_at(r->file, r->line, "%s gets other members than at %s:%d", r->generator,
                      o->file, o->line);
        if (o->table != r->table || ((r->match ^ o->match) & r->mask & o->mask))
            continue;
        if (!r->group || r->group != o->group)
            refuse_at(r->file, r->line, "%s overlaps %s (%s:%d) outside a group",
                      r->name ? r->name : "-", o->name ? o->name : "-", o->file, o->line);
        if (!(o->mask & ~r->mask))
            refuse_at(r->file, r->line, "%s can never match: %s (%s:%d) comes first",
                      r->name ? r->name : "-", o->name ? o->name : "-", o->file, o->line);
    }
}

int main(int argc, char **argv)
{
    bool check_only = argc > 1 && !strcmp(argv[1], "-n");
    int first = check_only ? 2 : 3;
    if (argc <= first) {
        fprintf(stderr, "usage: decgen OUT.h OUT.c TABLE.dec... | decgen -n TABLE.dec...\n");
        return 2;
    }
    for (int i = first; i < argc; i++)
        read_file(argv[i]);
    if (!dg.prefix)
        refuse_at(argv[first], 1, "there is no prefix");
    for (int i = 0; i < dg.nrows; i++)
        check_row(&dg.rows[i]);
    for (int i = 1; !check_only && i <= 2; i++) {
        FILE *out = fopen(argv[i], "w");
        if (!out) {
            perror(argv[i]);
            return 1;
        }
        if (i == 1)
            dg_emit_header(out);
        else
            dg_emit_code(out, argv[1]);
        if (fclose(out)) {
            perror(argv[i]);
            return 1;
        }
    }
    return 0;
}

/* Commands of the monitor that look at memory and values: x, xp, print. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/frontend.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/monitor_kind.h"

/* ---- expressions ---- */

struct parser {
    struct monitor_call *call;
    const char *at;
    unsigned depth;
    bool failed;
};

static uint64_t sum(struct parser *p);

static uint64_t fail(struct parser *p, const char *what)
{
    if (!p->failed)
        fprintf(p->call->out, "%s\n", what);
    p->failed = true;
    return 0;
}

static void skip(struct parser *p)
{
    while (*p->at == ' ')
        p->at++;
}

/* A register of the hart by the name of its slot, or $pc. */
static uint64_t register_value(struct parser *p)
{
    const char *name = ++p->at;
    size_t n = 0;
    while (isalnum((unsigned char)name[n]) || name[n] == '_' || name[n] == '.')
        n++;
    p->at += n;
    struct cpu *cpu = hart_cpu(p->call->hart);
    const struct ir_guest *ir = &p->call->hart->arch->frontend->ir;
    if (n == 2 && memcmp(name, "pc", 2) == 0)
        return cpu->exit_pc;
    for (unsigned i = 0; i < ir->nslots; i++) {
        const struct ir_slot *s = &ir->slots[i];
        uint64_t value = 0;
        if (strlen(s->name) != n || memcmp(s->name, name, n) != 0)
            continue;
        memcpy(&value, cpu->state + s->offset,
               ir_type_size(s->type) < 8 ? ir_type_size(s->type) : 8);
        return value;
    }
    return fail(p, "unknown register");
}

static uint64_t unary(struct parser *p)
{
    skip(p);
    char *end;
    uint64_t value;
    if (++p->depth > 200)
        return fail(p, "expression too deep");
    switch (*p->at) {
    case '+':
        p->at++;
        value = unary(p);
        break;
    case '-':
        p->at++;
        value = -unary(p);
        break;
    case '~':
        p->at++;
        value = ~unary(p);
        break;
    case '(':
        p->at++;
        value = sum(p);
        skip(p);
        if (*p->at++ != ')') {
            p->at--;
            return fail(p, "')' expected");
        }
        break;
    case '$':
        value = register_value(p);
        break;
    case '\'':
        value = (uint8_t)p->at[1];
        if (!p->at[1] || p->at[2] != '\'')
            return fail(p, "missing terminating \' character");
        p->at += 3;
        break;
    case 0:
        return fail(p, "unexpected end of expression");
    default:
        value = strtoull(p->at, &end, 0);
        if (!isdigit((unsigned char)*p->at))
            return fail(p, "invalid char in expression");
        p->at = end;
    }
    p->depth--;
    return value;
}

static uint64_t product(struct parser *p)
{
    uint64_t value = unary(p);
    for (;;) {
        skip(p);
        char operator= * p->at;
        if (p->failed || (operator!= '*' && operator!= '/' && operator!= '%'))
            return value;
        p->at++;
        uint64_t right = unary(p);
        if (operator== '*')
            value *= right;
        else if (!right)
            return fail(p, "division by zero");
        else
            value = operator== '/' ? value / right : value % right;
    }
}

static uint64_t bits(struct parser *p)
{
    uint64_t value = product(p);
    for (;;) {
        skip(p);
        char operator= * p->at;
        if (p->failed || (operator!= '&' && operator!= '|' && operator!= '^'))
            return value;
        p->at++;
        uint64_t right = product(p);
        value = operator== '&' ? value & right : operator== '|' ? value | right : value ^ right;
    }
}

static uint64_t sum(struct parser *p)
{
    uint64_t value = bits(p);
    for (;;) {
        skip(p);
        char operator= * p->at;
        if (p->failed || (operator!= '+' && operator!= '-'))
            return value;
        p->at++;
        uint64_t right = bits(p);
        value = operator== '+' ? value + right : value - right;
    }
}

bool monitor_expression(struct monitor_call *c, const char **text, uint64_t *value)
{
    struct parser p = {.call = c, .at = *text};
    *value = sum(&p);
    *text = p.at;
    return !p.failed;
}

/* ---- formats: /NFS ---- */

struct format {
    unsigned count;
    char letter;   /* x d u o c i s */
    unsigned size; /* bytes; 0: not said */
};

static bool parse_format(struct monitor_call *c, const char **text, struct format *f)
{
    static const char sizes[] = "bhwg";
    if (**text != '/')
        return true;
    char *end;
    const char *at = *text + 1;
    if (isdigit((unsigned char)*at)) {
        f->count = strtoul(at, &end, 10);
        at = end;
    }
    for (; *at && *at != ' '; at++) {
        const char *size = strchr(sizes, *at);
        if (size) {
            f->size = 1 << (size - sizes);
        } else if (strchr("xduocis", *at)) {
            f->letter = *at;
        } else {
            fprintf(c->out, "invalid char in format: '%c'\n", *at);
            return false;
        }
    }
    *text = at;
    return true;
}

/* The format and the one expression that are the arguments; false with a line. */
static bool parse_arguments(struct monitor_call *c, struct format *f, uint64_t *value)
{
    const char *text = c->arguments;
    if (!parse_format(c, &text, f) || !monitor_expression(c, &text, value))
        return false;
    text += strspn(text, " ");
    if (*text)
        fprintf(c->out, "extra characters at the end: '%s'\n", text);
    return !*text;
}

static void print_char(FILE *out, uint8_t byte)
{
    const char *from = "\n\r\t\\\'", *to = "nrt\\\'", *special = byte ? strchr(from, byte) : NULL;
    if (special)
        fprintf(out, "'\\%c'", to[special - from]);
    else if (byte >= ' ' && byte < 0x7f)
        fprintf(out, "'%c'", byte);
    else
        fprintf(out, "'\\x%02x'", byte);
}

static void print_value(FILE *out, const struct format *f, uint64_t value, bool padded)
{
    unsigned width = padded ? (f->size * 80 + 32) / 33 : 0;
    switch (f->letter) {
    case 'x':
        fprintf(out, padded ? "0x%0*" PRIx64 : "0x%.*" PRIx64, padded ? (int)f->size * 2 : 1,
                value);
        break;
    case 'o':
        fprintf(out, "%#*" PRIo64, padded ? (int)(f->size * 8 + 2) / 3 : 0, value);
        break;
    case 'd':
        fprintf(out, "%*" PRId64, width,
                (int64_t)(value << (64 - 8 * f->size)) >> (64 - 8 * f->size));
        break;
    case 'u':
        fprintf(out, "%*" PRIu64, width, value);
        break;
    case 'c':
        print_char(out, value);
        break;
    }
}

void monitor_print(struct monitor_call *c)
{
    struct format f = {1, 'd', 8};
    uint64_t value;
    if (!parse_arguments(c, &f, &value))
        return;
    if (f.letter == 'i' || f.letter == 's') {
        fprintf(c->out, "invalid char in format: '%c'\n", f.letter);
        return;
    }
    f.size = 8;
    print_value(c->out, &f, value, false);
    fprintf(c->out, "\n");
}

/* ---- memory ---- */

/* Reads as the hart, or as a device; false with a line. */
static bool fetch(struct monitor_call *c, bool physical, uint64_t address, void *to, unsigned size)
{
    bool good = physical ? memory_read(&c->machine->memory, address, to, size)
                         : softmmu_peek(c->hart, SOFTMMU_CURRENT, address, to, size);
    if (!good && physical && size <= 8) { /* a device's register */
        uint64_t value;
        good = memory_io_read(&c->machine->memory, address, size, &value);
        memcpy(to, &value, good ? size : 0);
    }
    return good;
}

static void cannot(struct monitor_call *c, uint64_t address)
{
    fprintf(c->out, "Cannot access memory at address 0x%" PRIx64 "\n", address);
}

static void dump_instructions(struct monitor_call *c, bool physical, uint64_t address,
                              unsigned count)
{
    const struct frontend *frontend = c->hart->arch->frontend;
    struct cpu_config all; /* also what -cpu leaves off is worth reading */
    char error[128];
    if (!frontend->parse_cpu(NULL, &all, error, sizeof error))
        return;
    while (count--) {
        uint8_t bytes[16] = {0};
        char text[128];
        unsigned size = 0;
        /* Up to the longest instruction, but no further than memory goes. */
        while (size < frontend->max_insn &&
               fetch(c, physical, address + size, bytes + size, frontend->min_insn))
            size += frontend->min_insn;
        unsigned length =
            size ? frontend->disassemble(&all, address, bytes, size, text, sizeof text) : 0;
        if (!length) {
            cannot(c, address);
            return;
        }
        fprintf(c->out, "0x%016" PRIx64 ":  ", address);
        for (unsigned i = frontend->max_insn; i-- > 0;)
            fprintf(c->out, i < length ? "%02x" : "  ", bytes[i]);
        size_t name = strcspn(text, "\t");
        fprintf(c->out, "  %-*.*s%s\n", text[name] ? 8 : 0, (int)name, text,
                text[name] ? text + name + 1 : "");
        address += length;
    }
}

static void dump_strings(struct monitor_call *c, bool physical, uint64_t address, unsigned count)
{
    while (count--) {
        char text[201];
        unsigned n = 0;
        while (n < sizeof text - 1 && fetch(c, physical, address + n, &text[n], 1) && text[n])
            n++;
        if (!n && !fetch(c, physical, address, text, 1)) {
            cannot(c, address);
            return;
        }
        fprintf(c->out, "%016" PRIx64 ": \"", address);
        for (unsigned i = 0; i < n; i++)
            fprintf(c->out, text[i] >= ' ' && text[i] < 0x7f && text[i] != '"' ? "%c" : "\\x%02x",
                    (uint8_t)text[i]);
        fprintf(c->out, "\"\n");
        address += n + 1;
    }
}

static void dump_values(struct monitor_call *c, bool physical, uint64_t address,
                        const struct format *f)
{
    unsigned a_line = f->size == 1 ? 8 : 16 / f->size;
    for (unsigned i = 0; i < f->count; i++, address += f->size) {
        uint64_t value = 0;
        if (i % a_line == 0)
            fprintf(c->out, "%s%016" PRIx64 ":", i ? "\n" : "", address);
        if (!fetch(c, physical, address, &value, f->size)) {
            fprintf(c->out, i % a_line ? "\n" : " ");
            cannot(c, address);
            return;
        }
        fprintf(c->out, " ");
        print_value(c->out, f, value, true);
    }
    fprintf(c->out, "\n");
}

static void dump(struct monitor_call *c, bool physical)
{
    struct format f = {1, 'x', 0};
    uint64_t address;
    if (!parse_arguments(c, &f, &address))
        return;
    if (f.count > 100000) {
        fprintf(c->out, "no more than 100000 at a time\n");
        return;
    }
    if (!f.size)
        f.size = f.letter == 'c' ? 1 : 4;
    if (f.letter == 'i')
        dump_instructions(c, physical, address, f.count);
    else if (f.letter == 's')
        dump_strings(c, physical, address, f.count);
    else if (f.count)
        dump_values(c, physical, address, &f);
}

void monitor_x(struct monitor_call *c)
{
    dump(c, false);
}

void monitor_xp(struct monitor_call *c)
{
    dump(c, true);
}

/* calls: a recursive descent over an expression, five functions deep at each step. */
#include "bench.h"

static const char *p;
static NOINLINE uint64_t sum(void);

static NOINLINE uint64_t number(void)
{
    uint64_t n = 0;
    while (*p >= '0' && *p <= '9') n = n * 10 + (uint64_t)(*p++ - '0');
    return n;
}

static NOINLINE uint64_t atom(void)
{
    if (*p != '(') return number();
    p++;
    uint64_t v = sum();
    p++;
    return v;
}

static NOINLINE uint64_t negated(void)
{
    if (*p != '-') return atom();
    p++;
    return -negated();
}

static NOINLINE uint64_t product(void)
{
    uint64_t v = negated();
    while (*p == '*') {
        p++;
        v *= negated();
    }
    return v;
}

static NOINLINE uint64_t sum(void)
{
    uint64_t v = product();
    while (*p == '+') {
        p++;
        v += product();
    }
    return v;
}

int main(void)
{
    enum { N = 200000 };
    static char text[N + 64];
    char *q = text;
    int depth = 0;
    while (q < text + N) {
        while (rnd() % 4 == 0 && depth < 40) *q++ = '(', depth++;
        if (rnd() % 8 == 0) *q++ = '-';
        *q++ = (char)('1' + rnd() % 9);
        while (depth > 0 && rnd() % 4 == 0) *q++ = ')', depth--;
        *q++ = rnd() % 3 ? '+' : '*';
    }
    *q++ = '1';
    while (depth-- > 0) *q++ = ')';
    *q = 0;
    uint64_t h = 0;
    for (int i = 0; i < 400; i++) {
        p = text;
        h = mix(h, sum());
    }
    return result(h);
}

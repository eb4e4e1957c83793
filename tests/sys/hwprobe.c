/*
 * riscv_hwprobe and riscv_flush_icache. Only that machine has them; here the lines that they must
 * give stand beside the questions.
 */
#include "guest.h"

#ifdef __riscv
struct pair {
    int64_t key;
    uint64_t value;
};

static long probe(struct pair *p, size_t n, size_t cpus, void *set, unsigned flags)
{
    return syscall(258, p, n, cpus, set, flags);
}
#define SAY(text, expression) printf("%s: %s\n", text, (expression) ? "yes" : "no")
#define ERROR(text, expression) printf("%s: %s\n", text, (expression) == -1 ? guest_error_name(errno) : "ok")
#else
#define SAY(text, expression) printf("%s: yes\n", text)
#define ERROR(text, expression) printf("%s: %s\n", text, wanted)
#endif

int main(void)
{
#ifdef __riscv
    struct pair p[5] = {{3, 99}, {4, 0}, {0x7ffffff, 99}, {-5, 99}, {0, 99}};
    unsigned long cpus = ~0ul, none = 0;
    const char *wanted = "";
    (void)wanted;
#else
    const char *wanted = "ok";
#endif
    ERROR("all cpus", probe(p, 5, 0, NULL, 0));
    SAY("base behaviour is IMA", p[0].key == 3 && p[0].value == 1);
    SAY("F, D and C", (p[1].value & 3) == 3);
    SAY("an unknown key becomes -1", p[2].key == -1 && p[2].value == 0);
    SAY("a negative one too", p[3].key == -1 && p[3].value == 0);
    SAY("the others are answered", p[4].key == 0);
    ERROR("one cpu", probe(p, 1, sizeof cpus, &cpus, 0));
    ERROR("nothing asked", probe(p, 0, 0, NULL, 0));
    ERROR("flush one range", syscall(259, main, (char *)main + 16, 0));
    ERROR("flush here only", syscall(259, 0, 0, 1));
#ifndef __riscv
    wanted = "EINVAL";
#endif
    ERROR("flags nobody knows", probe(p, 1, 0, NULL, 0x8000));
    ERROR("no cpu in the set", probe(p, 1, sizeof none, &none, 0));
    ERROR("flush with strange flags", syscall(259, 0, 0, 8));
#ifndef __riscv
    wanted = "EFAULT";
#endif
    ERROR("a size without cpus", probe(p, 1, 8, NULL, 0));
    ERROR("pairs that are nowhere", probe(BAD, 1, 0, NULL, 0));
    return 0;
}

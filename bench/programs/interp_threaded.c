/* branches: a bytecode machine that jumps from each operation to the next (computed goto). */
#include "interp.h"

static uint64_t run(const uint8_t *code)
{
    static const void *const go[] = {&&push, &&load, &&store, &&add, &&sub,  &&mul,
                                     &&xor_, &&shr,  &&less,  &&jump, &&jumpz, &&halt};
    uint64_t stack[64], *sp = stack, local[8] = {0};
    const uint8_t *pc = code;
#define NEXT goto *go[*pc++]
    NEXT;
push: *sp++ = *pc++; NEXT;
load: *sp++ = local[*pc++]; NEXT;
store: local[*pc++] = *--sp; NEXT;
add: sp--; sp[-1] += sp[0]; NEXT;
sub: sp--; sp[-1] -= sp[0]; NEXT;
mul: sp--; sp[-1] *= sp[0]; NEXT;
xor_: sp--; sp[-1] ^= sp[0]; NEXT;
shr: sp--; sp[-1] >>= sp[0] & 63; NEXT;
less: sp--; sp[-1] = sp[-1] < sp[0]; NEXT;
jump: pc += 1 + (int8_t)*pc; NEXT;
jumpz: pc += *--sp ? 1 : 1 + (int8_t)*pc; NEXT;
halt: return local[0];
}

int main(void)
{
    return result(interp_work(run));
}

/* branches: a bytecode machine whose loop is a switch. interp_threaded.c runs the same code. */
#include "interp.h"

static uint64_t run(const uint8_t *code)
{
    uint64_t stack[64], *sp = stack, local[8] = {0};
    const uint8_t *pc = code;
    for (;;) switch (*pc++) {
        case PUSH: *sp++ = *pc++; break;
        case LOAD: *sp++ = local[*pc++]; break;
        case STORE: local[*pc++] = *--sp; break;
        case ADD: sp--; sp[-1] += sp[0]; break;
        case SUB: sp--; sp[-1] -= sp[0]; break;
        case MUL: sp--; sp[-1] *= sp[0]; break;
        case XOR: sp--; sp[-1] ^= sp[0]; break;
        case SHR: sp--; sp[-1] >>= sp[0] & 63; break;
        case LESS: sp--; sp[-1] = sp[-1] < sp[0]; break;
        case JUMP: pc += 1 + (int8_t)*pc; break;
        case JUMPZ: pc += *--sp ? 1 : 1 + (int8_t)*pc; break;
        case HALT: return local[0];
        }
}

int main(void)
{
    return result(interp_work(run));
}

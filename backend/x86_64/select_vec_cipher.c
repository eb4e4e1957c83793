/* The steps of AES, SHA-1 and SHA-256, where the host has instructions for them. */
#include "backend/x86_64/vec.h"

/* ---- AES ------------------------------------------------------------------------------------- */

static void emit_aes(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    if (has(w, HOST_AES))
        emit_vec(w, in, self, op);
    else
        emit_exact(w, in, self);
}

void emit_VAESENC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_aes(w, in, self, AESENC);
}

void emit_VAESENCL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_aes(w, in, self, AESENCLAST);
}

void emit_VAESDEC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_aes(w, in, self, AESDEC);
}

void emit_VAESDECL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_aes(w, in, self, AESDECLAST);
}

/* The other steps of a round undone before. */
void emit_VAESMC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (!has(w, HOST_AES)) {
        emit_exact(w, in, self);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, 0);
    vec_zero(w, v.t[0]);
    vec_rrr(w, AESDECLAST, v.d, v.a, v.t[0]);
    vec_rrr(w, AESENC, v.d, v.d, v.t[0]);
}

void emit_VAESIMC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (has(w, HOST_AES))
        emit_vec_unary(w, in, self, AESIMC);
    else
        emit_exact(w, in, self);
}

/* ---- SHA: legacy encodings only -------------------------------------------------------------- */

/* The host adds the constant of its function, the words hold theirs already. */
void emit_VSHA1R(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc};
    if (!has(w, HOST_SHA)) {
        emit_exact(w, in, self);
        return;
    }
    uint64_t k = splat(2, constants[in->aux]);
    struct vec v = vec_start(w, in, self, 1, 0);
    vec_copy(w, v.t[0], v.b);
    vec_rrl(w, PSUBD, v.t[0], v.t[0], k, k);
    vec_copy(w, v.d, v.a);
    x_rr(&w->c, SHA1RNDS4, v.d, v.t[0]);
    put8(&w->c, in->aux);
}

/* The words are in xmm0. */
void emit_VSHA256R(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (!has(w, HOST_SHA)) {
        emit_exact(w, in, self);
        return;
    }
    unsigned words = (unsigned)use_xmm(w, in->c, IR_V128);
    if (words != 0) {
        take(w, XMM0);
        vec_copy(w, 0, words);
    }
    unsigned a = (unsigned)use_xmm(w, in->a, IR_V128), b = (unsigned)use_xmm(w, in->b, IR_V128);
    consume(w, in->a);
    consume(w, in->b);
    consume(w, in->c);
    unsigned d = (unsigned)define_xmm(w, self, a, BIT(b + XMM0) | BIT(XMM0));
    vec_copy(w, d, a);
    x_rr(&w->c, SHA256RNDS2, d, b);
}

static void emit_schedule(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    if (!has(w, HOST_SHA)) {
        emit_exact(w, in, self);
        return;
    }
    struct vec v = vec_start(w, in, self, 0, KEEP_B);
    vec_copy(w, v.d, v.a);
    x_rr(&w->c, op, v.d, v.b);
}

void emit_VSHA256M1(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_schedule(w, in, self, SHA256MSG1);
}

void emit_VSHA256M2(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_schedule(w, in, self, SHA256MSG2);
}

void emit_VSHA1E(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_schedule(w, in, self, SHA1NEXTE);
}

void emit_VSHA1M2(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_schedule(w, in, self, SHA1MSG2);
}

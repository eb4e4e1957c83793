/* What the vector helpers of floating point share: operands, and a function applied to each lane.
 */
#ifndef FERRY_FRONTEND_AARCH64_HELPER_LANE_H
#define FERRY_FRONTEND_AARCH64_HELPER_LANE_H

#include "frontend/aarch64/float.h"
#include "ir/fp.h"

/* A vector helper's operands, as callv lays them out. */
struct operands {
    union ir_v128 r, a, b, c;
};

static inline uint64_t get_lane(const union ir_v128 *v, unsigned type, unsigned i)
{
    return type == IR_F16 ? v->h[i] : type == IR_F32 ? v->s[i] : v->d[i];
}

static inline void set_lane(union ir_v128 *v, unsigned type, unsigned i, uint64_t value)
{
    if (type == IR_F16)
        v->h[i] = (uint16_t)value;
    else if (type == IR_F32)
        v->s[i] = (uint32_t)value;
    else
        v->d[i] = value;
}

/* The result of one lane of `type` from those of the first two operands. */
typedef uint64_t lane_fn(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                         uint64_t b);

/* Computes every lane that `number` (a64_fp_number) asks for; the others become zero. Returns 0. */
static inline uint64_t each_lane(uint64_t vectors, uint64_t number, lane_fn *fn)
{
    struct operands *v = (struct operands *)(uintptr_t)vectors;
    struct fp_context fp = fp_begin(fp_number_rule(number));
    unsigned type = fp_number_type(number), n = fp_number_lanes(number);
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < n; i++)
        set_lane(&r, type, i, fn(&fp, type, fp_number_variant(number), get_lane(&v->a, type, i),
                                 get_lane(&v->b, type, i)));
    v->r = r;
    fp_end(&fp);
    return 0;
}

static inline bool is_nan(unsigned type, uint64_t image)
{
    return fp_classify(type, image) >= FP_SIGNALLING_NAN;
}

#endif

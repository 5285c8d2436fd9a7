/* Sums over a block: in lanes of single precision where they are to be believed, else in double. */

#ifndef HFSEMVER_SUMS_H
#define HFSEMVER_SUMS_H

#include "decode.h"
#include "vectors.h"

#include <math.h>

/* Between these, sums of squares of a block have neither overflowed single precision nor lost what vanished in it. */
static const double MOST = 0x1p116, LEAST = 0x1p-88;

typedef struct {
    double squares[2], gap_squares, product, max_abs;
} block_sums;

/* Add lanes up in halves: the upper sixteen to the lower, and so on. */
static double added_wide(double *lanes) {
    for (int half = LANES / 2; half; half /= 2)
        for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
    return lanes[0];
}

static double added(const float *lanes) {
    double wide[LANES];
    for (int l = 0; l < LANES; l++) wide[l] = lanes[l];
    return added_wide(wide);
}

/* Sums over whole rows of LANES elements of SIZE bytes, which LOAD makes floats of. */
#define ADD_UP(NAME, SIZE, LOAD)                                                                                           \
    static void NAME(const uint8_t *restrict a, const uint8_t *restrict b, size_t rows, block_sums *sums) {                \
        float lanes[5][LANES];                                                                                             \
        for (int g = 0; g < LANES; g += WIDTH * AT_ONCE) {                                                                 \
            floats aa[AT_ONCE], bb[AT_ONCE], dd[AT_ONCE], ab[AT_ONCE], top[AT_ONCE];                                       \
            for (int u = 0; u < AT_ONCE; u++) {                                                                            \
                aa[u] = bb[u] = dd[u] = ab[u] = top[u] = f_zero();                                                         \
            }                                                                                                              \
            for (size_t r = 0; r < rows; r++) {                                                                            \
                size_t place = (r * LANES + (size_t)g) * SIZE;                                                             \
                for (int u = 0; u < AT_ONCE; u++) {                                                                        \
                    size_t at = place + (size_t)u * WIDTH * SIZE;                                                          \
                    floats x = LOAD(a + at), y = LOAD(b + at), d = f_sub(y, x);                                            \
                    aa[u] = f_add(aa[u], f_mul(x, x));                                                                     \
                    bb[u] = f_add(bb[u], f_mul(y, y));                                                                     \
                    dd[u] = f_add(dd[u], f_mul(d, d));                                                                     \
                    ab[u] = f_add(ab[u], f_mul(x, y));                                                                     \
                    top[u] = f_max(f_abs(d), top[u]);                                                                      \
                }                                                                                                          \
            }                                                                                                              \
            for (int u = 0; u < AT_ONCE; u++) {                                                                            \
                int l = g + u * WIDTH;                                                                                     \
                f_store(lanes[0] + l, aa[u]), f_store(lanes[1] + l, bb[u]), f_store(lanes[2] + l, dd[u]);                  \
                f_store(lanes[3] + l, ab[u]), f_store(lanes[4] + l, top[u]);                                               \
            }                                                                                                              \
        }                                                                                                                  \
        finish(lanes, sums);                                                                                               \
    }

static void finish(float lanes[5][LANES], block_sums *sums) {
    sums->squares[0] = added(lanes[0]), sums->squares[1] = added(lanes[1]);
    sums->gap_squares = added(lanes[2]), sums->product = added(lanes[3]);
    for (int half = LANES / 2; half; half /= 2)
        for (int l = 0; l < half; l++)
            lanes[4][l] = lanes[4][l + half] > lanes[4][l] ? lanes[4][l + half] : lanes[4][l];
    sums->max_abs = lanes[4][0];
}

ADD_UP(add_up, 4, f_load)
ADD_UP(add_up_bf16, 2, f_bf16)
#ifdef f_f16
ADD_UP(add_up_f16, 2, f_f16)
#endif

/* Whether the sums of a block in single precision are to be believed. A sum of zero may stand for squares that vanished. */
static int is_sound(const block_sums *sums) {
    const double *squares = sums->squares;
    if (!(squares[0] >= LEAST && squares[0] <= MOST && squares[1] >= LEAST && squares[1] <= MOST)) return 0;
    return isfinite(sums->gap_squares) && (sums->max_abs == 0.0 || sums->gap_squares >= LEAST);
}

static void count_one(double value, health *side) {
    if (isnan(value)) side->nan++;
    else if (isinf(value)) side->infinite++;
    else if (side->variety == NONE) side->variety = CONSTANT, side->first = value;
    else if (value != side->first) side->variety = SEVERAL;
}

/* The same in double, for any numbers. */
static void add_up_wide(const double *a, const double *b, size_t count, comparison *result) {
    double lanes[6][LANES] = {{0.0}}, top = result->max_abs;
    for (size_t i = 0; i < count; i++) {
        double x = a[i], y = b[i];
        size_t l = i % LANES;
        count_one(x, &result->sides[0]);
        count_one(y, &result->sides[1]);
        if (isfinite(x)) lanes[4][l] += x * x;
        if (isfinite(y)) lanes[5][l] += y * y;
        if (!isfinite(x) || !isfinite(y)) continue;
        double d = y - x;
        lanes[0][l] += x * x;
        lanes[1][l] += y * y;
        lanes[2][l] += d * d;
        lanes[3][l] += x * y;
        top = fabs(d) > top ? fabs(d) : top;
    }
    result->squares[0] += added_wide(lanes[0]), result->squares[1] += added_wide(lanes[1]);
    result->gap_squares += added_wide(lanes[2]), result->product += added_wide(lanes[3]);
    result->sides[0].squares += added_wide(lanes[4]), result->sides[1].squares += added_wide(lanes[5]);
    result->max_abs = top;
}

/* Look for a second number among elements that are finite; it is found at once in all but constant tensors. */
static void look(health *side, int dtype, const uint8_t *raw, size_t count) {
    float narrow[LANES];
    double values[LANES];
    for (size_t start = 0; start < count && side->variety != SEVERAL; start += LANES) {
        size_t n = count - start < LANES ? count - start : LANES;
        widen(dtype, raw + start * width_of(dtype), narrow, values, n);
        for (size_t i = 0; i < n; i++) count_one(values[i], side);
    }
}

#endif

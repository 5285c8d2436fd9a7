/* One pass over the values of tensors. Compiled once for each vector width, under a name of its own.

   Every element is decoded exactly. Sums go into LANES lanes of single precision for BLOCK elements, then into double:
   the same additions in the same order on every machine, at every vector width, in every number of threads. A block whose
   numbers are not finite, or whose squares leave the range of single precision, is summed again in double. blocks.py does
   the same arithmetic in NumPy, and a property test holds the two together bit by bit.

   No contraction (a*b+c rounded once) and no reordering may be allowed when this is compiled: -ffp-contract=off for gcc,
   the pragmas of kernel.h for the others, and never -ffast-math. */

#include "kernel.h"
#include "rounding.h"
#include "sums.h"

#include <math.h>
#include <string.h>

#if defined(HFSEMVER_AVX512)
#define PASSES passes_avx512
#define PASSES_NAME "avx512"
#elif defined(HFSEMVER_AVX2)
#define PASSES passes_avx2
#define PASSES_NAME "avx2"
#else
#define PASSES passes_plain
#define PASSES_NAME "plain"
#endif

#define COUNT_OTHER(NAME, TYPE)                                                                                            \
    static uint64_t NAME(const uint8_t *restrict a, const uint8_t *restrict b, size_t count) {                             \
        TYPE other = 0; /* at most BLOCK, which fits but for a byte */                                                     \
        for (size_t i = 0; i < count; i++) {                                                                               \
            TYPE x, y;                                                                                                     \
            memcpy(&x, a + i * sizeof x, sizeof x);                                                                        \
            memcpy(&y, b + i * sizeof y, sizeof y);                                                                        \
            other = (TYPE)(other + (x != y));                                                                              \
        }                                                                                                                  \
        return other;                                                                                                      \
    }

COUNT_OTHER(other_16, uint16_t)
COUNT_OTHER(other_32, uint32_t)
COUNT_OTHER(other_64, uint64_t)

static uint64_t other_8(const uint8_t *restrict a, const uint8_t *restrict b, size_t count) {
    uint32_t other = 0;
    for (size_t i = 0; i < count; i++) other += a[i] != b[i];
    return other;
}

static uint64_t other_bits(const uint8_t *a, const uint8_t *b, size_t count, size_t width) {
    switch (width) {
    case 1: return other_8(a, b, count);
    case 2: return other_16(a, b, count);
    case 4: return other_32(a, b, count);
    default: return other_64(a, b, count);
    }
}

static void add_words(const uint8_t *restrict bytes, size_t rows, uint64_t *restrict sums) {
    uint64_t first[HASH_LANES], second[HASH_LANES];
    memcpy(first, sums, sizeof first);
    memcpy(second, sums + HASH_LANES, sizeof second);
    for (size_t r = 0; r < rows; r++) {
        for (int l = 0; l < HASH_LANES; l++) {
            uint64_t word;
            memcpy(&word, bytes + (r * HASH_LANES + (size_t)l) * 8, 8);
            first[l] += word;
            second[l] += first[l];
        }
    }
    memcpy(sums, first, sizeof first);
    memcpy(sums + HASH_LANES, second, sizeof second);
}

static void hash_bytes(const uint8_t *bytes, size_t size, uint64_t *sums) {
    size_t row = HASH_LANES * 8, rows = size / row, rest = size % row;
    add_words(bytes, rows, sums);
    if (rest) {
        uint8_t last[HASH_LANES * 8] = {0};
        memcpy(last, bytes + rows * row, rest);
        add_words(last, 1, sums);
    }
}

/* Sums of a block of whole rows, straight from the stored bytes where a vector can be made of them. */
static void add_up_stored(const uint8_t *old, const uint8_t *now, int from, int to, size_t count, room *space,
                          block_sums *sums) {
    size_t rows = count / LANES;
    if (from == to && from == BF16) {
        add_up_bf16(old, now, rows, sums);
        return;
    }
#ifdef f_f16
    if (from == to && from == F16) {
        add_up_f16(old, now, rows, sums);
        return;
    }
#endif
    if (from != F32) decode(from, old, space->single[0], count), old = (const uint8_t *)space->single[0];
    if (to != F32) decode(to, now, space->single[1], count), now = (const uint8_t *)space->single[1];
    add_up(old, now, rows, sums);
}

static void compare_narrow(const uint8_t *old, const uint8_t *now, int from, int to, size_t n, room *space,
                           comparison *result) {
    block_sums sums;
    if (n % LANES == 0) {
        add_up_stored(old, now, from, to, n, space, &sums);
        if (is_sound(&sums)) {
            result->squares[0] += sums.squares[0], result->squares[1] += sums.squares[1];
            result->gap_squares += sums.gap_squares, result->product += sums.product;
            if (sums.max_abs > result->max_abs) result->max_abs = sums.max_abs;
            for (int s = 0; s < 2; s++) result->sides[s].squares += sums.squares[s];
            look(&result->sides[0], from, old, n);
            look(&result->sides[1], to, now, n);
            return;
        }
    }
    widen(from, old, space->single[0], space->wide[0], n);
    widen(to, now, space->single[1], space->wide[1], n);
    add_up_wide(space->wide[0], space->wide[1], n, result);
}

static void compare(const uint8_t *old, const uint8_t *now, int from, int to, size_t count, room *space,
                    comparison *result) {
    size_t widths[2] = {width_of(from), width_of(to)};
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t n = count - start < BLOCK ? count - start : BLOCK;
        const uint8_t *x = old + start * widths[0], *y = now + start * widths[1];
        int narrow = is_narrow(from) && is_narrow(to);
        if (narrow) compare_narrow(x, y, from, to, n, space, result);
        if (from == to) result->changed += other_bits(x, y, n, widths[0]);
        if (!narrow || result->ways || from != to) {
            double *a = space->wide[0], *b = space->wide[1];
            widen(from, x, space->single[0], a, n);
            widen(to, y, space->single[1], b, n);
            if (!narrow) add_up_wide(a, b, n, result);
            if (from != to)
                for (size_t i = 0; i < n; i++) result->changed += !is_same(a[i], b[i]);
            result->ways = ways_left(a, b, n, from, to, result->ways);
        }
        hash_bytes(y, n * widths[1], result->hash);
    }
}

static void examine(const uint8_t *tensor, int dtype, size_t count, room *space, health *result) {
    comparison twice = {0};
    size_t width = width_of(dtype);
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t n = count - start < BLOCK ? count - start : BLOCK;
        const uint8_t *raw = tensor + start * width;
        if (is_narrow(dtype)) {
            compare_narrow(raw, raw, dtype, dtype, n, space, &twice);
        } else {
            widen(dtype, raw, space->single[0], space->wide[0], n);
            add_up_wide(space->wide[0], space->wide[0], n, &twice);
        }
    }
    *result = twice.sides[0];
}

/* The finaliser of splitmix64, https://doi.org/10.1145/2714064.2660195 */
static uint64_t mixed(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Add each element, under a random sign, to one of ROW sums. The tensor is cut into rows of as many elements; in each of them
   element i goes to sum (i * odd + offset) mod ROW, under an odd number and an offset of its own, so that no pattern of columns
   ends in the same few sums, nor does one when neighbours are added up later. Numbers that are not finite count as zero. Every
   call but the last passes whole rows. Source of the hash: multiply-shift, https://doi.org/10.1006/jagm.1997.0873 */
static void sketch(const uint8_t *tensor, int dtype, size_t count, uint64_t first_row, uint64_t seed, room *space,
                   double *sums) {
    size_t width = width_of(dtype);
    double *values = space->wide[0], *row = space->wide[1];
    uint64_t number = first_row;
    for (size_t start = 0; start < count; start += ROW, number++) {
        size_t n = count - start < ROW ? count - start : ROW;
        widen(dtype, tensor + start * width, space->single[0], values, n);
        for (size_t i = 0; i < n; i++) values[i] = isfinite(values[i]) ? values[i] : 0.0;
        for (size_t i = n; i < ROW; i++) values[i] = 0.0;
        uint64_t key = mixed(seed ^ mixed(number));
        for (size_t word = 0; word < ROW / 64; word++) {
            uint64_t signs = mixed(key + word + 1);
            for (size_t i = 0; i < 64; i++)
                row[word * 64 + i] = values[word * 64 + i] * (double)(1 - 2 * (int)(signs >> i & 1));
        }
        uint32_t odd = (uint32_t)key | 1u, place = (uint32_t)(key >> 32);
        for (size_t i = 0; i < ROW; i++, place += odd) sums[place & (ROW - 1)] += row[i];
    }
}

const passes PASSES = {compare, examine, sketch, PASSES_NAME};
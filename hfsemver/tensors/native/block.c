/* One pass over the values of tensors. Compiled once for each vector width, under a name of its own.

   Every element is decoded exactly. Sums go into LANES lanes of single precision for BLOCK elements, then into double:
   the same additions in the same order on every machine, at every vector width, in every number of threads. A block whose
   numbers are not finite, or whose squares leave the range of single precision, is summed again in double. blocks.py does
   the same arithmetic in NumPy, and a property test holds the two together bit by bit.

   No contraction (a*b+c rounded once) and no reordering may be allowed when this is compiled: -ffp-contract=off for gcc,
   the pragmas below for the others, and never -ffast-math. */

#include "kernel.h"
#include "vectors.h"

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

#if defined(_MSC_VER)
#define restrict __restrict
#pragma fp_contract(off)
#elif defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* Between these, sums of squares of a block have neither overflowed single precision nor lost what vanished in it. */
static const double MOST = 0x1p116, LEAST = 0x1p-88;

typedef struct {
    int mantissa, lowest; /* explicit bits; exponent of the smallest normal number */
    double largest, beyond; /* what a larger number becomes: infinity, or the largest where there is none */
} float_format;

static float_format format_of(int dtype) {
    switch (dtype) {
    case F32: return (float_format){23, -126, 0x1.fffffep127, HUGE_VAL};
    case BF16: return (float_format){7, -126, 0x1.fep127, HUGE_VAL};
    case F16: return (float_format){10, -14, 65504.0, HUGE_VAL};
    case E4M3: return (float_format){3, -6, 448.0, 448.0};
    case E5M2: return (float_format){2, -14, 57344.0, HUGE_VAL};
    case E4M3FNUZ: return (float_format){3, -7, 240.0, 240.0};
    case E5M2FNUZ: return (float_format){2, -15, 57344.0, 57344.0};
    default: return (float_format){0, 0, 0.0, 0.0}; /* nothing is rounded into it */
    }
}

static float as_float(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t as_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Floats narrower than 32 bits: the fields are moved into place, and a multiplication by a power of two mends the bias of
   the exponent, denormal numbers included. SPECIAL tells the patterns that are infinite or no number. */
#define DECODE(NAME, TYPE, MAGNITUDE, SHIFT, SCALE, SIGN_SHIFT, SPECIAL, SPECIAL_BITS)                                     \
    static void NAME(const uint8_t *restrict raw, float *restrict out, size_t count) {                                     \
        for (size_t i = 0; i < count; i++) {                                                                               \
            TYPE stored;                                                                                                   \
            memcpy(&stored, raw + i * sizeof stored, sizeof stored);                                                       \
            uint32_t x = stored;                                                                                           \
            uint32_t magnitude = x & MAGNITUDE;                                                                            \
            uint32_t sign = (x & ~(uint32_t)MAGNITUDE) << SIGN_SHIFT;                                                      \
            uint32_t ordinary = as_bits(as_float(magnitude << SHIFT) * SCALE) | sign;                                      \
            uint32_t special = SPECIAL_BITS;                                                                               \
            out[i] = as_float((SPECIAL) ? special : ordinary);                                                             \
        }                                                                                                                  \
    }

#define NAN_BITS 0x7fc00000u
DECODE(decode_f16, uint16_t, 0x7fff, 13, 0x1p112f, 16, magnitude >= 0x7c00, sign | 0x7f800000u | (magnitude << 13 & 0x7fffffu))
DECODE(decode_e4m3, uint8_t, 0x7f, 20, 0x1p120f, 24, magnitude == 0x7f, NAN_BITS)
DECODE(decode_e5m2, uint8_t, 0x7f, 21, 0x1p112f, 24, magnitude >= 0x7c, sign | 0x7f800000u | (magnitude << 21 & 0x7fffffu))
DECODE(decode_e4m3fnuz, uint8_t, 0x7f, 20, 0x1p119f, 24, x == 0x80, NAN_BITS)
DECODE(decode_e5m2fnuz, uint8_t, 0x7f, 21, 0x1p111f, 24, x == 0x80, NAN_BITS)

static void decode_bf16(const uint8_t *restrict raw, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t stored;
        memcpy(&stored, raw + 2 * i, 2);
        out[i] = as_float((uint32_t)stored << 16);
    }
}

static void decode_e8m0(const uint8_t *restrict raw, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = as_float(raw[i] == 0xff ? NAN_BITS : raw[i] ? (uint32_t)raw[i] << 23 : 0x400000u);
}

#define CONVERT(NAME, TYPE, REAL)                                                                                          \
    static void NAME(const uint8_t *restrict raw, REAL *restrict out, size_t count) {                                      \
        for (size_t i = 0; i < count; i++) {                                                                               \
            TYPE stored;                                                                                                   \
            memcpy(&stored, raw + i * sizeof stored, sizeof stored);                                                       \
            out[i] = (REAL)stored;                                                                                         \
        }                                                                                                                  \
    }

CONVERT(decode_u8, uint8_t, float)
CONVERT(decode_i8, int8_t, float)
CONVERT(decode_u16, uint16_t, float)
CONVERT(decode_i16, int16_t, float)
CONVERT(decode_f32, float, float)
CONVERT(widen_f64, double, double)
CONVERT(widen_i32, int32_t, double)
CONVERT(widen_u32, uint32_t, double)
CONVERT(widen_i64, int64_t, double)
CONVERT(widen_u64, uint64_t, double)

/* Whether single precision holds every value of the dtype. */
static int is_narrow(int dtype) { return dtype <= F32; }

static void decode(int dtype, const uint8_t *raw, float *out, size_t count) {
    switch (dtype) {
    case U8: decode_u8(raw, out, count); break;
    case I8: decode_i8(raw, out, count); break;
    case U16: decode_u16(raw, out, count); break;
    case I16: decode_i16(raw, out, count); break;
    case F16: decode_f16(raw, out, count); break;
    case BF16: decode_bf16(raw, out, count); break;
    case E4M3: decode_e4m3(raw, out, count); break;
    case E5M2: decode_e5m2(raw, out, count); break;
    case E4M3FNUZ: decode_e4m3fnuz(raw, out, count); break;
    case E5M2FNUZ: decode_e5m2fnuz(raw, out, count); break;
    case E8M0: decode_e8m0(raw, out, count); break;
    default: decode_f32(raw, out, count); break;
    }
}

static void widen(int dtype, const uint8_t *raw, double *out, size_t count) {
    if (is_narrow(dtype)) {
        float values[BLOCK];
        decode(dtype, raw, values, count);
        for (size_t i = 0; i < count; i++) out[i] = values[i];
        return;
    }
    switch (dtype) {
    case I32: widen_i32(raw, out, count); break;
    case U32: widen_u32(raw, out, count); break;
    case I64: widen_i64(raw, out, count); break;
    case U64: widen_u64(raw, out, count); break;
    default: widen_f64(raw, out, count); break;
    }
}

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

/* Sums over whole rows of LANES elements, which LOAD makes floats of. */
#define ADD_UP(NAME, TYPE, LOAD)                                                                                           \
    static void NAME(const TYPE *restrict a, const TYPE *restrict b, size_t rows, block_sums *sums) {                      \
        float lanes[5][LANES];                                                                                             \
        for (int g = 0; g < LANES; g += WIDTH * AT_ONCE) {                                                                 \
            floats aa[AT_ONCE], bb[AT_ONCE], dd[AT_ONCE], ab[AT_ONCE], top[AT_ONCE];                                       \
            for (int u = 0; u < AT_ONCE; u++) {                                                                            \
                aa[u] = bb[u] = dd[u] = ab[u] = top[u] = f_zero();                                                         \
            }                                                                                                              \
            for (size_t r = 0; r < rows; r++) {                                                                            \
                const TYPE *restrict p = a + r * LANES + g, *restrict q = b + r * LANES + g;                               \
                for (int u = 0; u < AT_ONCE; u++) {                                                                        \
                    floats x = LOAD(p + u * WIDTH), y = LOAD(q + u * WIDTH), d = f_sub(y, x);                              \
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

ADD_UP(add_up, float, f_load)
ADD_UP(add_up_bf16, uint16_t, f_bf16)
#ifdef f_f16
ADD_UP(add_up_f16, uint16_t, f_f16)
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
    double values[LANES];
    for (size_t start = 0; start < count && side->variety != SEVERAL; start += LANES) {
        size_t n = count - start < LANES ? count - start : LANES;
        widen(dtype, raw + start * width_of(dtype), values, n);
        for (size_t i = 0; i < n; i++) count_one(values[i], side);
    }
}

static int is_same(double a, double b) { return (a == b) | ((a != a) & (b != b)); }

static double power_of_two(int64_t exponent) {
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Round to the nearest, ties to even, into a format that is narrower than double. */
static double rounded(double value, float_format format) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int64_t exponent = (int64_t)(bits >> 52 & 0x7ff) - 1023;
    exponent = exponent < format.lowest ? format.lowest : exponent;
    /* Adding and taking away a number this large leaves no room for a fraction. */
    const double whole = 0x1.8p52;
    double scaled = value * power_of_two(format.mantissa - exponent);
    double near = ((scaled + whole) - whole) * power_of_two(exponent - format.mantissa);
    return fabs(near) > format.largest ? copysign(format.beyond, near) : near;
}

/* Whether every element of ``to`` is that of ``from`` rounded into the format, at once or, as many libraries do it, by
   way of single precision; what fits single precision anyway is ``narrow``. */
static int is_rounded(const double *restrict from, const double *restrict to, size_t count, int dtype, int narrow) {
    float_format format = format_of(dtype), single = format_of(F32);
    uint64_t wrong = 0;
    if (!format.mantissa) {
        for (size_t i = 0; i < count; i++) wrong += !is_same(from[i], to[i]);
    } else if (narrow) {
        for (size_t i = 0; i < count; i++) wrong += !is_same(rounded(from[i], format), to[i]);
    } else {
        for (size_t i = 0; i < count; i++)
            wrong += !(is_same(rounded(from[i], format), to[i]) |
                       is_same(rounded(rounded(from[i], single), format), to[i]));
    }
    return wrong == 0;
}

static const int THROUGH[] = {F32, BF16, F16, E4M3, E5M2};

static uint32_t ways_left(const double *a, const double *b, size_t count, int from, int to, uint32_t ways) {
    int narrow[2] = {is_narrow(from), is_narrow(to)};
    if (ways & FORTH && !is_rounded(a, b, count, to, narrow[0])) ways &= ~(uint32_t)FORTH;
    if (ways & BACK && !is_rounded(b, a, count, from, narrow[1])) ways &= ~(uint32_t)BACK;
    for (int t = 0; t < 5; t++) {
        uint32_t way = (uint32_t)THROUGH_F32 << t;
        if (ways & way && !is_rounded(a, b, count, THROUGH[t], narrow[0])) ways &= ~way;
    }
    return ways;
}

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
static void add_up_stored(const uint8_t *old, const uint8_t *now, int from, int to, size_t count, block_sums *sums) {
    size_t rows = count / LANES;
    float decoded[2][BLOCK];
    const float *a = decoded[0], *b = decoded[1];
    if (from == to && from == BF16) {
        add_up_bf16((const uint16_t *)old, (const uint16_t *)now, rows, sums);
        return;
    }
#ifdef f_f16
    if (from == to && from == F16) {
        add_up_f16((const uint16_t *)old, (const uint16_t *)now, rows, sums);
        return;
    }
#endif
    if (from == F32) a = (const float *)old;
    else decode(from, old, decoded[0], count);
    if (to == F32) b = (const float *)now;
    else decode(to, now, decoded[1], count);
    add_up(a, b, rows, sums);
}

static void compare_narrow(const uint8_t *old, const uint8_t *now, int from, int to, size_t n, comparison *result) {
    block_sums sums;
    if (n % LANES == 0) {
        add_up_stored(old, now, from, to, n, &sums);
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
    double wide[2][BLOCK];
    widen(from, old, wide[0], n);
    widen(to, now, wide[1], n);
    add_up_wide(wide[0], wide[1], n, result);
}

static void compare(const uint8_t *old, const uint8_t *now, int from, int to, size_t count, comparison *result) {
    size_t widths[2] = {width_of(from), width_of(to)};
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t n = count - start < BLOCK ? count - start : BLOCK;
        const uint8_t *x = old + start * widths[0], *y = now + start * widths[1];
        int narrow = is_narrow(from) && is_narrow(to);
        if (narrow) compare_narrow(x, y, from, to, n, result);
        if (from == to) result->changed += other_bits(x, y, n, widths[0]);
        if (!narrow || result->ways || from != to) {
            double a[BLOCK], b[BLOCK];
            widen(from, x, a, n);
            widen(to, y, b, n);
            if (!narrow) add_up_wide(a, b, n, result);
            if (from != to)
                for (size_t i = 0; i < n; i++) result->changed += !is_same(a[i], b[i]);
            result->ways = ways_left(a, b, n, from, to, result->ways);
        }
        hash_bytes(y, n * widths[1], result->hash);
    }
}

static void examine(const uint8_t *tensor, int dtype, size_t count, health *result) {
    comparison twice = {0};
    size_t width = width_of(dtype);
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t n = count - start < BLOCK ? count - start : BLOCK;
        const uint8_t *raw = tensor + start * width;
        if (is_narrow(dtype)) {
            compare_narrow(raw, raw, dtype, dtype, n, &twice);
        } else {
            double values[BLOCK];
            widen(dtype, raw, values, n);
            add_up_wide(values, values, n, &twice);
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
static void sketch(const uint8_t *tensor, int dtype, size_t count, uint64_t first_row, uint64_t seed, double *sums) {
    size_t width = width_of(dtype);
    double values[ROW], row[ROW];
    uint64_t number = first_row;
    for (size_t start = 0; start < count; start += ROW, number++) {
        size_t n = count - start < ROW ? count - start : ROW;
        widen(dtype, tensor + start * width, values, n);
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

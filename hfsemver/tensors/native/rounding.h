/* Whether numbers are other numbers, rounded into a narrower format. */

#ifndef HFSEMVER_ROUNDING_H
#define HFSEMVER_ROUNDING_H

#include "decode.h"

#include <math.h>
#include <string.h>

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

#endif

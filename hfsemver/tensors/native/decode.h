/* The bytes of a dtype as numbers: as floats where single precision holds all of its values, as doubles always. Exact, but for
   integers above 2**53. */

#ifndef HFSEMVER_DECODE_H
#define HFSEMVER_DECODE_H

#include "kernel.h"

#include <string.h>

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

/* ``values`` is room for as many elements. */
static void widen(int dtype, const uint8_t *raw, float *values, double *out, size_t count) {
    if (is_narrow(dtype)) {
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

#endif

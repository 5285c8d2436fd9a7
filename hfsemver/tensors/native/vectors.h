/* The few vector operations that the hot loop of sums.h needs, under one set of names for each instruction set. ``AT_ONCE``
   vectors are worked on together, as many as there are registers for. What is loaded is bytes at any address: where a tensor
   lies in its file, nobody knows. */

#ifndef HFSEMVER_VECTORS_H
#define HFSEMVER_VECTORS_H

#include <stdint.h>

#if defined(HFSEMVER_AVX512)
#include <immintrin.h>
enum { WIDTH = 16, AT_ONCE = 2 };
typedef __m512 floats;
#define f_zero() _mm512_setzero_ps()
#define f_load(p) _mm512_loadu_ps(p)
#define f_store(p, x) _mm512_storeu_ps(p, x)
#define f_add(a, b) _mm512_add_ps(a, b)
#define f_sub(a, b) _mm512_sub_ps(a, b)
#define f_mul(a, b) _mm512_mul_ps(a, b)
#define f_max(a, b) _mm512_max_ps(a, b)
#define f_abs(a) _mm512_abs_ps(a)
#define f_bf16(p) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(p))), 16))
#define f_f16(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p)))
#elif defined(HFSEMVER_AVX2)
#include <immintrin.h>
enum { WIDTH = 8, AT_ONCE = 1 };
typedef __m256 floats;
#define f_zero() _mm256_setzero_ps()
#define f_load(p) _mm256_castsi256_ps(_mm256_loadu_si256((const __m256i *)(p)))
#define f_store(p, x) _mm256_storeu_ps(p, x)
#define f_add(a, b) _mm256_add_ps(a, b)
#define f_sub(a, b) _mm256_sub_ps(a, b)
#define f_mul(a, b) _mm256_mul_ps(a, b)
#define f_max(a, b) _mm256_max_ps(a, b)
#define f_abs(a) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a)
#define f_bf16(p) _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(p))), 16))
#define f_f16(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p)))
#elif defined(HFSEMVER_X86)
#include <emmintrin.h>
enum { WIDTH = 4, AT_ONCE = 1 };
typedef __m128 floats;
#define f_zero() _mm_setzero_ps()
#define f_load(p) _mm_castsi128_ps(_mm_loadu_si128((const __m128i *)(p)))
#define f_store(p, x) _mm_storeu_ps(p, x)
#define f_add(a, b) _mm_add_ps(a, b)
#define f_sub(a, b) _mm_sub_ps(a, b)
#define f_mul(a, b) _mm_mul_ps(a, b)
#define f_max(a, b) _mm_max_ps(a, b)
#define f_abs(a) _mm_andnot_ps(_mm_set1_ps(-0.0f), a)
#define f_bf16(p) _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), _mm_loadl_epi64((const __m128i *)(p))))
#elif defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>
enum { WIDTH = 4, AT_ONCE = 2 };
typedef float32x4_t floats;
#define f_zero() vdupq_n_f32(0.0f)
#define f_load(p) vreinterpretq_f32_u8(vld1q_u8(p))
#define f_store(p, x) vst1q_f32(p, x)
#define f_add(a, b) vaddq_f32(a, b)
#define f_sub(a, b) vsubq_f32(a, b)
#define f_mul(a, b) vmulq_f32(a, b)
#define f_max(a, b) vmaxq_f32(a, b)
#define f_abs(a) vabsq_f32(a)
#define f_bf16(p) vreinterpretq_f32_u32(vshlq_n_u32(vmovl_u16(vreinterpret_u16_u8(vld1_u8(p))), 16))
#if !defined(_MSC_VER)
#define f_f16(p) vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(p)))
#endif
#else
/* Any other processor: one number at a time. */
#include <math.h>
#include <string.h>
enum { WIDTH = 1, AT_ONCE = 8 };
typedef float floats;
#define f_zero() 0.0f
#define f_store(p, x) (*(p) = (x))
#define f_add(a, b) ((a) + (b))
#define f_sub(a, b) ((a) - (b))
#define f_mul(a, b) ((a) * (b))
#define f_max(a, b) ((a) > (b) ? (a) : (b))
#define f_abs(a) fabsf(a)
static inline float f_load(const uint8_t *p) {
    float value;
    memcpy(&value, p, sizeof value);
    return value;
}
static inline float f_bf16(const uint8_t *p) {
    uint16_t stored;
    memcpy(&stored, p, sizeof stored);
    uint32_t bits = (uint32_t)stored << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
#endif

#endif

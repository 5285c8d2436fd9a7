/* What the passes over tensor values share. See block.c for the arithmetic, kernel.c for the door to Python. */

#ifndef HFSEMVER_KERNEL_H
#define HFSEMVER_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#if defined(_MSC_VER)
#define restrict __restrict
#pragma fp_contract(off)
#elif defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* Elements that are summed in single precision before double takes over, and the lanes that they are summed in. Both
   are part of the result: another choice rounds sums in another way. blocks.py holds the same numbers. */
enum { BLOCK = 4096, LANES = 32, HASH_LANES = 8, ROW = 1024 };

/* The order is that of _CODES in dtypes.py. */
enum dtype { U8, I8, U16, I16, F16, BF16, E4M3, E5M2, E4M3FNUZ, E5M2FNUZ, E8M0, F32, F64, I32, U32, I64, U64, DTYPES };

/* Ways in which every element of current may follow from baseline; a bit goes when one element does not. */
enum way { FORTH = 1, BACK = 2, THROUGH_F32 = 4, THROUGH_BF16 = 8, THROUGH_F16 = 16, THROUGH_E4M3 = 32, THROUGH_E5M2 = 64 };

/* What the finite elements of a tensor are: there is none, all are one number, or there are several. */
enum variety { NONE, CONSTANT, SEVERAL };

typedef struct {
    uint64_t nan, infinite;
    int variety;
    double first;   /* the first finite element */
    double squares; /* of the finite elements */
} health;

typedef struct {
    uint64_t changed;
    double squares[2], gap_squares, product, max_abs; /* over elements that are finite on both sides */
    health sides[2];
    uint32_t ways;
    uint64_t hash[2 * HASH_LANES]; /* over the bytes of current: sums of 64-bit words, then sums of those sums */
} comparison;

/* Room for the blocks of both sides, which is much for the stack of a thread: 96 KiB. */
typedef struct {
    float single[2][BLOCK];
    double wide[2][BLOCK];
} room;

typedef struct {
    void (*compare)(const uint8_t *baseline, const uint8_t *current, int from, int to, size_t count, room *space,
                    comparison *result);
    void (*examine)(const uint8_t *tensor, int dtype, size_t count, room *space, health *result);
    void (*sketch)(const uint8_t *tensor, int dtype, size_t count, uint64_t first_row, uint64_t seed, room *space,
                   double *sums);
    const char *name;
} passes;

/* Bytes of one element. */
size_t width_of(int dtype);

extern const passes passes_plain;
#ifdef HFSEMVER_X86
extern const passes passes_avx2, passes_avx512;
#endif

#endif

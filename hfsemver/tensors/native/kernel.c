/* The passes of block.c as a Python module that fits every CPython from 3.11 on (the stable ABI). The interpreter lock is
   released while a pass runs. Nothing here reads a file or keeps anything. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "kernel.h"

#include <string.h>

#if defined(HFSEMVER_X86) && defined(_MSC_VER)
#include <immintrin.h>
#include <intrin.h>
#endif

size_t width_of(int dtype) {
    static const uint8_t widths[DTYPES] = {1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 1, 4, 8, 4, 4, 8, 8};
    return widths[dtype];
}

/* From the narrowest vectors to the widest. */
static const passes *const known[] = {
    &passes_plain,
#ifdef HFSEMVER_X86
    &passes_avx2,
    &passes_avx512,
#endif
};

/* Place in ``known`` of the widest vectors that this processor has; set once, when the module is made. */
static int widest = 0;

#if defined(HFSEMVER_X86)
#if defined(_MSC_VER)
static void choose(void) {
    int about[4];
    __cpuid(about, 0);
    if (about[0] < 7) return;
    __cpuid(about, 1);
    /* OSXSAVE and AVX: the system keeps the wide registers. */
    if ((about[2] & 0x18000000) != 0x18000000) return;
    unsigned long long kept = _xgetbv(0);
    __cpuidex(about, 7, 0);
    if ((kept & 0x6) == 0x6 && about[1] & 1 << 5) widest = 1;
    /* F, DQ, BW and VL, which /arch:AVX512 takes for granted together with CD. */
    const unsigned wanted = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
    if ((kept & 0xe6) == 0xe6 && ((unsigned)about[1] & wanted) == wanted) widest = 2;
}
#else
static void choose(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) widest = 1;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        widest = 2;
}
#endif
#else
static void choose(void) {}
#endif

/* Check that a buffer holds whole elements of a known dtype; sets an exception and returns -1 where it does not. */
static Py_ssize_t elements(const Py_buffer *buffer, int dtype) {
    if (dtype < 0 || dtype >= DTYPES) {
        PyErr_Format(PyExc_ValueError, "there is no dtype of number %d", dtype);
        return -1;
    }
    Py_ssize_t width = (Py_ssize_t)width_of(dtype);
    if (buffer->len % width) {
        PyErr_Format(PyExc_ValueError, "%zd bytes are no whole number of elements of %zd bytes", buffer->len, width);
        return -1;
    }
    return buffer->len / width;
}

/* Return the passes at a place; sets an exception and returns NULL where this processor has none there. */
static const passes *passes_at(int place) {
    if (place >= 0 && place <= widest) return known[place];
    PyErr_Format(PyExc_ValueError, "there are no vectors of number %d here", place);
    return NULL;
}

/* Return room for a pass; sets an exception and returns NULL where there is none. */
static room *make_room(void) {
    room *space = PyMem_Malloc(sizeof(room));
    if (!space) PyErr_NoMemory();
    return space;
}

static PyObject *kernel_compare(PyObject *module, PyObject *arguments) {
    Py_buffer old = {0}, now = {0};
    int place, from, to;
    unsigned int ways;
    room *space = NULL;
    PyObject *answer = NULL;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "iy*y*iiI:compare", &place, &old, &now, &from, &to, &ways)) return NULL;
    const passes *use = passes_at(place);
    Py_ssize_t count = use ? elements(&old, from) : -1, other = count < 0 ? -1 : elements(&now, to);
    if (count >= 0 && other >= 0 && count != other)
        PyErr_Format(PyExc_ValueError, "%zd elements cannot be compared with %zd", count, other);
    else if (count >= 0 && other >= 0 && (space = make_room())) {
        comparison result = {0};
        result.ways = ways;
        Py_BEGIN_ALLOW_THREADS
        use->compare(old.buf, now.buf, from, to, (size_t)count, space, &result);
        Py_END_ALLOW_THREADS
        const health *a = &result.sides[0], *b = &result.sides[1];
        answer = Py_BuildValue("K(ddddd)I(KKidd)(KKidd)y#", (unsigned long long)result.changed, result.squares[0],
                               result.squares[1], result.gap_squares, result.product, result.max_abs, result.ways,
                               (unsigned long long)a->nan, (unsigned long long)a->infinite, a->variety, a->first, a->squares,
                               (unsigned long long)b->nan, (unsigned long long)b->infinite, b->variety, b->first, b->squares,
                               (const char *)result.hash, (Py_ssize_t)sizeof result.hash);
    }
    PyMem_Free(space);
    PyBuffer_Release(&old);
    PyBuffer_Release(&now);
    return answer;
}

static PyObject *kernel_examine(PyObject *module, PyObject *arguments) {
    Py_buffer tensor = {0};
    int place, dtype;
    room *space = NULL;
    PyObject *answer = NULL;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "iy*i:examine", &place, &tensor, &dtype)) return NULL;
    const passes *use = passes_at(place);
    Py_ssize_t count = use ? elements(&tensor, dtype) : -1;
    if (count >= 0 && (space = make_room())) {
        health seen;
        Py_BEGIN_ALLOW_THREADS
        use->examine(tensor.buf, dtype, (size_t)count, space, &seen);
        Py_END_ALLOW_THREADS
        answer = Py_BuildValue("KKidd", (unsigned long long)seen.nan, (unsigned long long)seen.infinite, seen.variety,
                               seen.first, seen.squares);
    }
    PyMem_Free(space);
    PyBuffer_Release(&tensor);
    return answer;
}

static PyObject *kernel_is_equal(PyObject *module, PyObject *arguments) {
    Py_buffer old = {0}, now = {0};
    int same;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "y*y*:is_equal", &old, &now)) return NULL;
    Py_BEGIN_ALLOW_THREADS
    same = old.len == now.len && memcmp(old.buf, now.buf, (size_t)old.len) == 0;
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&old);
    PyBuffer_Release(&now);
    return PyBool_FromLong(same);
}

static PyObject *kernel_sketch(PyObject *module, PyObject *arguments) {
    Py_buffer tensor = {0}, sums = {0};
    int place, dtype;
    unsigned long long first_row, seed;
    room *space = NULL;
    PyObject *answer = NULL;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "iy*iKKw*:sketch", &place, &tensor, &dtype, &first_row, &seed, &sums)) return NULL;
    const passes *use = passes_at(place);
    Py_ssize_t count = use ? elements(&tensor, dtype) : -1;
    if (count >= 0 && sums.len != ROW * (Py_ssize_t)sizeof(double))
        PyErr_Format(PyExc_ValueError, "sums have %zd bytes and not those of %d doubles", sums.len, ROW);
    else if (count >= 0 && (space = make_room())) {
        Py_BEGIN_ALLOW_THREADS
        use->sketch(tensor.buf, dtype, (size_t)count, first_row, seed, space, sums.buf);
        Py_END_ALLOW_THREADS
        answer = Py_NewRef(Py_None);
    }
    PyMem_Free(space);
    PyBuffer_Release(&tensor);
    PyBuffer_Release(&sums);
    return answer;
}

static PyObject *kernel_widths(PyObject *module, PyObject *nothing) {
    PyObject *names = PyTuple_New(widest + 1);
    (void)module, (void)nothing;
    for (int place = 0; names && place <= widest; place++) {
        PyObject *name = PyUnicode_FromString(known[place]->name);
        if (!name || PyTuple_SetItem(names, place, name)) Py_CLEAR(names);
    }
    return names;
}

static PyMethodDef methods[] = {
    {"compare", kernel_compare, METH_VARARGS,
     "compare(place, baseline, current, baseline_dtype, current_dtype, ways) -> (changed, sums, ways, health, health, hash)"},
    {"examine", kernel_examine, METH_VARARGS, "examine(place, tensor, dtype) -> (nan, infinite, variety, first, squares)"},
    {"is_equal", kernel_is_equal, METH_VARARGS, "is_equal(baseline, current) -> bool"},
    {"sketch", kernel_sketch, METH_VARARGS, "sketch(place, tensor, dtype, first_row, seed, sums): adds to the float64 sums"},
    {"widths", kernel_widths, METH_NOARGS, "widths() -> names of the vectors that this processor has, the widest last"},
    {NULL, NULL, 0, NULL},
};

static int prepare(PyObject *module) {
    (void)module;
    choose();
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)prepare}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_kernel",
    .m_doc = "Passes over the bytes of tensors, compiled. hfsemver.tensors.blocks does the same in NumPy.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModuleDef_Init(&definition); }

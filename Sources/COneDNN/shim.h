// oneDNN as the engine uses it: what differs between oneDNN 2.x and 3.x is kept here, so that both build.
// A tensor is described by a plain struct; every function returns oneDNN's own status.
#pragma once
#include <dnnl.h>
#include <stddef.h>

// Sets how many threads oneDNN uses when it is called from the calling thread (OpenMP).
extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
extern int omp_get_thread_num(void);

// Runs `body` on so many of OpenMP's threads; the entry point that compilers call for `#pragma omp parallel`.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);

static inline void onednn_parallel(void (*body)(void *), void *data, int threads) {
    GOMP_parallel(body, data, (unsigned)threads, 0);
}

// Tells the processor that a loop waits for another thread.
static inline void processor_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Shape, strides (in elements) and type of a tensor of up to four dimensions; ndims 0 means "none".
typedef struct {
    int ndims;
    dnnl_dim_t dims[4];
    dnnl_dim_t strides[4];
    dnnl_data_type_t type;
} onednn_tensor;

// What follows a matrix product in the same kernel.
typedef enum { onednn_then_nothing, onednn_then_gelu, onednn_then_accumulate } onednn_epilogue;

// A primitive and the bytes of scratch memory it wants at execution.
typedef struct {
    dnnl_primitive_t primitive;
    size_t scratch;
} onednn_operation;

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t onednn_desc;
#define ONEDNN_DESC(d) (d)
#define ONEDNN_GELU dnnl_eltwise_gelu_tanh
#else
typedef struct {
    dnnl_memory_desc_t value;
    int some;
} onednn_desc;
#define ONEDNN_DESC(d) ((d).some ? &(d).value : NULL)
#define ONEDNN_GELU dnnl_eltwise_gelu_tanh
#endif

static inline dnnl_status_t onednn_desc_create(onednn_desc *desc, const onednn_tensor *t) {
#if DNNL_VERSION_MAJOR >= 3
    *desc = NULL;
    if (t->ndims == 0) return dnnl_success;
    return dnnl_memory_desc_create_with_strides(desc, t->ndims, t->dims, t->type, t->strides);
#else
    desc->some = t->ndims > 0;
    if (t->ndims == 0) return dnnl_success;
    return dnnl_memory_desc_init_by_strides(&desc->value, t->ndims, t->dims, t->type, t->strides);
#endif
}

static inline void onednn_desc_destroy(onednn_desc desc) {
#if DNNL_VERSION_MAJOR >= 3
    if (desc) dnnl_memory_desc_destroy(desc);
#else
    (void)desc;
#endif
}

// A view of `data`, which must outlive it.
static inline dnnl_status_t onednn_memory_create(
        dnnl_memory_t *memory, const onednn_tensor *t, dnnl_engine_t engine, void *data) {
    onednn_desc desc;
    dnnl_status_t status = onednn_desc_create(&desc, t);
    if (status == dnnl_success) status = dnnl_memory_create(memory, ONEDNN_DESC(desc), engine, data);
    onednn_desc_destroy(desc);
    return status;
}

// Turns a primitive descriptor into a primitive, notes its scratch size, and frees the descriptor.
static inline dnnl_status_t onednn_finish(onednn_operation *operation, dnnl_primitive_desc_t pd) {
    operation->scratch = dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0));
    dnnl_status_t status = dnnl_primitive_create(&operation->primitive, pd);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

static inline dnnl_status_t onednn_attributes(dnnl_primitive_attr_t *attributes, onednn_epilogue epilogue) {
    dnnl_status_t status = dnnl_primitive_attr_create(attributes);
    if (status != dnnl_success) return status;
    status = dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
    if (status != dnnl_success || epilogue == onednn_then_nothing) return status;
    dnnl_post_ops_t ops;
    status = dnnl_post_ops_create(&ops);
    if (status != dnnl_success) return status;
#if DNNL_VERSION_MAJOR >= 3
    if (epilogue == onednn_then_gelu) status = dnnl_post_ops_append_eltwise(ops, ONEDNN_GELU, 0, 0);
    else status = dnnl_post_ops_append_sum(ops, 1, 0, dnnl_data_type_undef);
#else
    if (epilogue == onednn_then_gelu) status = dnnl_post_ops_append_eltwise(ops, 1, ONEDNN_GELU, 0, 0);
    else status = dnnl_post_ops_append_sum(ops, 1);
#endif
    if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*attributes, ops);
    dnnl_post_ops_destroy(ops);
    return status;
}

// result = a b (+ bias), then the epilogue. Bias may be "none".
static inline dnnl_status_t onednn_matmul_create(
        onednn_operation *operation, dnnl_engine_t engine, const onednn_tensor *a, const onednn_tensor *b,
        const onednn_tensor *bias, const onednn_tensor *result, onednn_epilogue epilogue) {
    onednn_desc da, db, dbias, dresult;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status;
    if ((status = onednn_desc_create(&da, a)) != dnnl_success) return status;
    if ((status = onednn_desc_create(&db, b)) != dnnl_success) return status;
    if ((status = onednn_desc_create(&dbias, bias)) != dnnl_success) return status;
    if ((status = onednn_desc_create(&dresult, result)) != dnnl_success) return status;
    status = onednn_attributes(&attributes, epilogue);
    if (status == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_matmul_primitive_desc_create(&pd, engine, da, db, dbias, dresult, attributes);
#else
        dnnl_matmul_desc_t desc;
        status = dnnl_matmul_desc_init(
                &desc, ONEDNN_DESC(da), ONEDNN_DESC(db), ONEDNN_DESC(dbias), ONEDNN_DESC(dresult));
        if (status == dnnl_success) status = dnnl_primitive_desc_create(&pd, &desc, attributes, engine, NULL);
#endif
    }
    if (status == dnnl_success) status = onednn_finish(operation, pd);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    onednn_desc_destroy(da);
    onednn_desc_destroy(db);
    onednn_desc_destroy(dbias);
    onednn_desc_destroy(dresult);
    return status;
}

// Softmax over the last dimension.
static inline dnnl_status_t onednn_softmax_create(
        onednn_operation *operation, dnnl_engine_t engine, const onednn_tensor *source, const onednn_tensor *result) {
    onednn_desc ds, dr;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status;
    if ((status = onednn_desc_create(&ds, source)) != dnnl_success) return status;
    if ((status = onednn_desc_create(&dr, result)) != dnnl_success) return status;
    status = onednn_attributes(&attributes, onednn_then_nothing);
    if (status == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_softmax_forward_primitive_desc_create(&pd, engine, dnnl_forward_inference,
                dnnl_softmax_accurate, ds, dr, source->ndims - 1, attributes);
#else
        dnnl_softmax_v2_desc_t desc;
        status = dnnl_softmax_v2_forward_desc_init(&desc, dnnl_forward_inference, dnnl_softmax_accurate,
                ONEDNN_DESC(ds), ONEDNN_DESC(dr), source->ndims - 1);
        if (status == dnnl_success) status = dnnl_primitive_desc_create(&pd, &desc, attributes, engine, NULL);
#endif
    }
    if (status == dnnl_success) status = onednn_finish(operation, pd);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    onednn_desc_destroy(ds);
    onednn_desc_destroy(dr);
    return status;
}

// GELU (tanh form) of a tensor; with `backward`, the gradient of its input from that of its output.
static inline dnnl_status_t onednn_gelu_create(
        onednn_operation *operation, dnnl_engine_t engine, const onednn_tensor *t, int backward) {
    onednn_desc d;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t forward = NULL, pd = NULL;
    dnnl_status_t status;
    if ((status = onednn_desc_create(&d, t)) != dnnl_success) return status;
    status = onednn_attributes(&attributes, onednn_then_nothing);
    if (status == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_eltwise_forward_primitive_desc_create(
                &forward, engine, dnnl_forward_training, ONEDNN_GELU, d, d, 0, 0, attributes);
        if (status == dnnl_success && backward)
            status = dnnl_eltwise_backward_primitive_desc_create(
                    &pd, engine, ONEDNN_GELU, d, d, d, 0, 0, forward, attributes);
#else
        dnnl_eltwise_desc_t desc;
        status = dnnl_eltwise_forward_desc_init(&desc, dnnl_forward_training, ONEDNN_GELU, ONEDNN_DESC(d), 0, 0);
        if (status == dnnl_success) status = dnnl_primitive_desc_create(&forward, &desc, attributes, engine, NULL);
        if (status == dnnl_success && backward) {
            status = dnnl_eltwise_backward_desc_init(&desc, ONEDNN_GELU, ONEDNN_DESC(d), ONEDNN_DESC(d), 0, 0);
            if (status == dnnl_success) status = dnnl_primitive_desc_create(&pd, &desc, attributes, engine, forward);
        }
#endif
    }
    if (status == dnnl_success) {
        status = onednn_finish(operation, backward ? pd : forward);
        if (backward) dnnl_primitive_desc_destroy(forward);
    }
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    onednn_desc_destroy(d);
    return status;
}

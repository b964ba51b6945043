// MPI as training uses it: all processes of a job, sums over them, and the end. MPI's constants are macros that Swift does not
// see, so what takes one is here. Every function returns MPI's own status.
#pragma once
#if __has_include(<mpi.h>)
#include <mpi.h>
#else
#include <mpi/mpi.h>  // Debian's place
#endif
#include <string.h>

// Joins the job; only the thread that calls this may call the others.
static inline int mpi_join(int *rank, int *size) {
    int provided;
    int status = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (status == MPI_SUCCESS) status = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (status == MPI_SUCCESS) status = MPI_Comm_rank(MPI_COMM_WORLD, rank);
    if (status == MPI_SUCCESS) status = MPI_Comm_size(MPI_COMM_WORLD, size);
    return status;
}

static inline int mpi_leave(void) { return MPI_Finalize(); }

// Ends all processes of the job.
static inline void mpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

// Adds up few numbers: one process sums and tells the others.
static inline int mpi_sum_doubles(double *values, int count, int rank) {
    int status = MPI_Reduce(
        rank == 0 ? MPI_IN_PLACE : values, values, count, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    return status == MPI_SUCCESS ? MPI_Bcast(values, count, MPI_DOUBLE, 0, MPI_COMM_WORLD) : status;
}

// Adds up many numbers: each process sums counts[rank] of them, from starts[rank] on, and tells the others.
static inline int mpi_sum_floats(float *values, const int *counts, const int *starts, int rank) {
    int status = MPI_Reduce_scatter(MPI_IN_PLACE, values, counts, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    if (status != MPI_SUCCESS) return status;
    memmove(values + starts[rank], values, sizeof(float) * (size_t)counts[rank]);
    return MPI_Allgatherv(
        MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, values, counts, starts, MPI_FLOAT, MPI_COMM_WORLD);
}

// Writes what a status means; `text` has room for 512 characters, as MPI demands at most.
static inline void mpi_reason(int status, char *text) {
    char reason[MPI_MAX_ERROR_STRING + 1];
    int length = 0;
    if (MPI_Error_string(status, reason, &length) != MPI_SUCCESS) length = 0;
    if (length > 511) length = 511;
    memcpy(text, reason, (size_t)length);
    text[length] = 0;
}

// libFuzzer's side of the fuzz targets: TARGET and its folder of inputs come from the environment.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void pianojys_fuzz_run(int32_t target, const uint8_t *bytes, intptr_t count);
int32_t pianojys_fuzz_prepare(const char *name, const char *folder);

static int32_t target;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    const char *name = getenv("PIANOJYS_FUZZ_TARGET");
    const char *folder = getenv("PIANOJYS_FUZZ_FOLDER");
    target = name && folder ? pianojys_fuzz_prepare(name, folder) : -1;
    if (target < 0) {
        fprintf(stderr, "set PIANOJYS_FUZZ_TARGET and PIANOJYS_FUZZ_FOLDER\n");
        exit(64);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    pianojys_fuzz_run(target, bytes, (intptr_t)count);
    return 0;
}

#pragma once
#include <alsa/asoundlib.h>

// alsa-lib's error handler is variadic, which Swift can neither write nor pass on.
static inline void pianojys_discard_alsa_message(
    const char *file, int line, const char *function, int err, const char *format, ...) {}

// Whether alsa-lib prints what goes wrong to standard error.
static inline int pianojys_set_alsa_messages(int wanted) {
    return snd_lib_error_set_handler(wanted ? NULL : pianojys_discard_alsa_message);
}

// Put before libasound by LD_PRELOAD, to make happen on any machine what a test cannot bring about: faults of a sound device, and a
// sequencer where the kernel has none. All else goes to the real library.
//
//     ALSA_FAULT=EPIPE@5   the fifth snd_pcm_writei fails once with EPIPE or ESTRPIPE, and for good with ENODEV or EIO
//     ALSA_SEQUENCER=FILE  there is a sequencer with one port, 128:0; what is sent to it is written to FILE, a line of hex each
#define _GNU_SOURCE
#include <alsa/asoundlib.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

snd_pcm_sframes_t snd_pcm_writei(snd_pcm_t *pcm, const void *buffer, snd_pcm_uframes_t size) {
    static snd_pcm_sframes_t (*real)(snd_pcm_t *, const void *, snd_pcm_uframes_t);
    static int calls;
    if (!real) real = dlsym(RTLD_NEXT, "snd_pcm_writei");
    const char *fault = getenv("ALSA_FAULT"), *at = fault ? strchr(fault, '@') : NULL;
    calls++;
    if (at) {
        int number = atoi(at + 1);
        if (!strncmp(fault, "ENODEV", 6) && calls >= number) return -ENODEV;
        if (!strncmp(fault, "EIO", 3) && calls >= number) return -EIO;
        if (!strncmp(fault, "ESTRPIPE", 8) && calls == number) return -ESTRPIPE;
        if (!strncmp(fault, "EPIPE", 5) && calls == number) return -EPIPE;
    }
    return real(pcm, buffer, size);
}

static FILE *sent;

int snd_seq_open(snd_seq_t **handle, const char *name, int streams, int mode) {
    const char *path = getenv("ALSA_SEQUENCER");
    if (!path || !(sent = fopen(path, "w"))) return -ENOENT;
    *handle = (snd_seq_t *)&sent;
    return 0;
}

int snd_seq_close(snd_seq_t *handle) { return fclose(sent); }
int snd_seq_set_client_name(snd_seq_t *handle, const char *name) { return 0; }
int snd_seq_create_simple_port(snd_seq_t *handle, const char *name, unsigned int caps, unsigned int type) {
    return 0;
}

int snd_seq_connect_to(snd_seq_t *handle, int port, int client, int destination) {
    return client == 128 && destination == 0 ? 0 : -ENOENT;
}

int snd_seq_event_output_direct(snd_seq_t *handle, snd_seq_event_t *event) {
    snd_midi_event_t *coder;
    unsigned char bytes[16];
    if (event->dest.client != SND_SEQ_ADDRESS_SUBSCRIBERS || event->queue != SND_SEQ_QUEUE_DIRECT) return -EINVAL;
    if (snd_midi_event_new(sizeof bytes, &coder) < 0) return -ENOMEM;
    snd_midi_event_no_status(coder, 1);
    long count = snd_midi_event_decode(coder, bytes, sizeof bytes, event);
    snd_midi_event_free(coder);
    if (count < 0) return (int)count;
    for (long index = 0; index < count; index++) fprintf(sent, "%02x%s", bytes[index], index + 1 < count ? " " : "\n");
    return 0;
}

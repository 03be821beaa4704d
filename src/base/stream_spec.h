/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One stream of a call as data: what a profile describes, what an offer asks for, and what a sender
 * sends. One text form, one table of ranges.
 */
#pragma once

#include <glib.h>

typedef enum { MP_SPEC_AUDIO, MP_SPEC_CAMERA, MP_SPEC_SCREEN } MpSpecKind;

#define MP_N_SPEC_KINDS (MP_SPEC_SCREEN + 1)

/* Sets of streams that one call can change over to, and streams of all sets together. */
#define MP_MOST_SPEC_SETS 4
#define MP_MOST_SPECS 48
/* Senders whose streams are paced each for themselves. */
#define MP_MOST_PARTICIPANTS 16

/* What the kind does not have is 0. */
typedef struct {
    guint set; /* 0..MP_MOST_SPEC_SETS - 1 */
    MpSpecKind kind;
    guint participant;       /* whose pacer the stream goes through, 0..MP_MOST_PARTICIPANTS - 1 */
    guint kbps;              /* payload; of a screen while something moves */
    guint fps;               /* camera; screen while something moves */
    guint key_frame_ms;      /* camera: from key frame to key frame; 0: the first only */
    guint key_frame_percent; /* camera: size of a key frame, of an average frame's */
    guint talk_ms;           /* audio: mean length of a talk spurt; 0: without end */
    guint silence_ms;        /* audio: mean pause after it */
    guint slide_ms;          /* screen: mean time from slide to slide; 0: the first only */
    guint slide_least_bytes; /* screen: the picture of a new slide */
    guint slide_most_bytes;
    guint motion_ms; /* screen: how long something moves after a new slide; then it is still */
} MpStreamSpec;

/* A number of a spec: its name, where it is, its range, and which kinds have it. */
typedef struct {
    const char *name;
    gsize offset;
    guint least;
    guint most;
    guint kinds; /* bits: 1 << MpSpecKind */
} MpSpecField;

/* In the order of the text form, with their number. */
const MpSpecField *mp_spec_fields(guint *count);
/* The number in `spec`, to read or write. */
guint *mp_spec_field_of(MpStreamSpec *spec, const MpSpecField *field);

/* "audio", "camera", "screen". */
const char *mp_spec_kind_name(MpSpecKind kind);
gboolean mp_spec_kind_parse(MpSpecKind *kind, const char *name);

/* "0 camera participant=0 kbps=2500 fps=30 ...". Free with g_free(). */
char *mp_stream_spec_to_string(const MpStreamSpec *spec);
/* The same form, every number of its kind, in order. FALSE: something else, or out of range. */
gboolean mp_stream_spec_parse(MpStreamSpec *spec, const char *text);

/* The payload's rate at its greatest, averaged over the time from slide to slide. */
guint mp_stream_spec_kbps(const MpStreamSpec *spec);
/* Brings rate and slides down to a share, 0..1. */
void mp_stream_spec_reduce(MpStreamSpec *spec, double share);

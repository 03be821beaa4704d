/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One stream of a call as data.
 */
#include "base/stream_spec.h"

#include <string.h>

#define AUDIO (1u << MP_SPEC_AUDIO)
#define CAMERA (1u << MP_SPEC_CAMERA)
#define SCREEN (1u << MP_SPEC_SCREEN)

static const char *const kind_names[MP_N_SPEC_KINDS] = {"audio", "camera", "screen"};

/* Rates of Opus: RFC 6716 section 2.1.1. */
static const MpSpecField fields[] = {
    {"participant", G_STRUCT_OFFSET(MpStreamSpec, participant), 0, MP_MOST_PARTICIPANTS - 1,
     AUDIO | CAMERA | SCREEN},
    {"kbps", G_STRUCT_OFFSET(MpStreamSpec, kbps), 6, 510, AUDIO},
    {"kbps", G_STRUCT_OFFSET(MpStreamSpec, kbps), 30, 100000, CAMERA | SCREEN},
    {"fps", G_STRUCT_OFFSET(MpStreamSpec, fps), 1, 120, CAMERA | SCREEN},
    {"key_frame_ms", G_STRUCT_OFFSET(MpStreamSpec, key_frame_ms), 0, 600000, CAMERA},
    {"key_frame_percent", G_STRUCT_OFFSET(MpStreamSpec, key_frame_percent), 100, 1000, CAMERA},
    {"talk_ms", G_STRUCT_OFFSET(MpStreamSpec, talk_ms), 0, 600000, AUDIO},
    {"silence_ms", G_STRUCT_OFFSET(MpStreamSpec, silence_ms), 0, 600000, AUDIO},
    {"slide_ms", G_STRUCT_OFFSET(MpStreamSpec, slide_ms), 0, 600000, SCREEN},
    {"slide_least_bytes", G_STRUCT_OFFSET(MpStreamSpec, slide_least_bytes), 1, 1000000, SCREEN},
    {"slide_most_bytes", G_STRUCT_OFFSET(MpStreamSpec, slide_most_bytes), 1, 1000000, SCREEN},
    {"motion_ms", G_STRUCT_OFFSET(MpStreamSpec, motion_ms), 0, 600000, SCREEN},
};

const MpSpecField *mp_spec_fields(guint *count)
{
    *count = G_N_ELEMENTS(fields);
    return fields;
}

guint *mp_spec_field_of(MpStreamSpec *spec, const MpSpecField *field)
{
    return G_STRUCT_MEMBER_P(spec, field->offset);
}

const char *mp_spec_kind_name(MpSpecKind kind)
{
    return kind_names[kind];
}

gboolean mp_spec_kind_parse(MpSpecKind *kind, const char *name)
{
    for (guint i = 0; i < MP_N_SPEC_KINDS; i++)
        if (g_str_equal(kind_names[i], name)) {
            *kind = (MpSpecKind)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean has_field(const MpStreamSpec *spec, const MpSpecField *field)
{
    return (field->kinds & (1u << spec->kind)) != 0;
}

char *mp_stream_spec_to_string(const MpStreamSpec *spec)
{
    GString *text = g_string_new(NULL);
    MpStreamSpec copy = *spec;
    g_string_append_printf(text, "%u %s", spec->set, kind_names[spec->kind]);
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (has_field(spec, &fields[i]))
            g_string_append_printf(text, " %s=%u", fields[i].name,
                                   *mp_spec_field_of(&copy, &fields[i]));
    return g_string_free(text, FALSE);
}

static gboolean read_number(const char *text, guint least, guint most, guint *number)
{
    guint64 value;
    if (!g_ascii_string_to_unsigned(text, 10, least, most, &value, NULL))
        return FALSE;
    *number = (guint)value;
    return TRUE;
}

static gboolean read_field(MpStreamSpec *spec, const MpSpecField *field, const char *word)
{
    const gsize length = strlen(field->name);
    return word && strncmp(word, field->name, length) == 0 && word[length] == '=' &&
           read_number(word + length + 1, field->least, field->most, mp_spec_field_of(spec, field));
}

gboolean mp_stream_spec_parse(MpStreamSpec *spec, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 2 + (int)G_N_ELEMENTS(fields) + 1);
    MpStreamSpec read = {0};
    if (!words[0] || !words[1] || !read_number(words[0], 0, MP_MOST_SPEC_SETS - 1, &read.set) ||
        !mp_spec_kind_parse(&read.kind, words[1]))
        return FALSE;
    guint next = 2;
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (has_field(&read, &fields[i]) && !read_field(&read, &fields[i], words[next++]))
            return FALSE;
    if (words[next] || read.slide_least_bytes > read.slide_most_bytes)
        return FALSE;
    *spec = read;
    return TRUE;
}

/* A camera whose key frames come so often that the frames between them, which are at least a
 * quarter of the average, cannot save what they cost. */
static guint64 camera_kbps(const MpStreamSpec *spec)
{
    const guint64 frames = MAX(1, (guint64)spec->key_frame_ms * spec->fps / 1000);
    const guint64 percent = (spec->key_frame_percent + 25 * (frames - 1)) / frames;
    return spec->key_frame_ms ? MAX(spec->kbps, spec->kbps * percent / 100) : spec->kbps;
}

guint mp_stream_spec_kbps(const MpStreamSpec *spec)
{
    guint64 kbps = spec->kind == MP_SPEC_CAMERA ? camera_kbps(spec) : spec->kbps;
    if (spec->slide_ms > 0)
        kbps += (guint64)spec->slide_most_bytes * 8 / spec->slide_ms;
    return (guint)MIN(kbps, G_MAXUINT);
}

void mp_stream_spec_reduce(MpStreamSpec *spec, double share)
{
    spec->kbps = (guint)(spec->kbps * share);
    spec->slide_least_bytes = (guint)(spec->slide_least_bytes * share);
    spec->slide_most_bytes = (guint)(spec->slide_most_bytes * share);
}

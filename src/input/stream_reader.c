/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The streams that one kind of session sends and receives.
 */
#include "input/stream_reader.h"

#include "input/row_reader.h"

/* Of all kinds of session together a call can have MP_MOST_SPECS. */
#define MOST_STREAMS (MP_MOST_SPECS / 3)

/* What a description may leave out: an encoder's key frame is some times an average frame, and a
 * still screen shows one slide. */
#define UNKNOWN G_MAXUINT

static const struct {
    const char *name;
    guint value;
} defaults[] = {
    {"participant", 0}, {"key_frame_ms", 0}, {"key_frame_percent", 500}, {"talk_ms", 0},
    {"silence_ms", 0},  {"slide_ms", 0},     {"motion_ms", 0},
};

typedef struct {
    const MpYaml *yaml;
    MpSessionRules *session;
} Reader;

/* A camera whose rate is not told has that of the best tier. */
static gboolean default_of(const MpSessionRules *session, MpSpecKind kind, const char *name,
                           guint *value)
{
    const MpTier *tier = session->tiers->len > 0 ? &g_array_index(session->tiers, MpTier, 0) : NULL;
    if (kind == MP_SPEC_CAMERA && tier && g_str_equal(name, "kbps"))
        *value = tier->rate_kbps;
    else if (kind == MP_SPEC_CAMERA && tier && g_str_equal(name, "fps"))
        *value = tier->fps;
    else
        for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++)
            if (g_str_equal(defaults[i].name, name))
                *value = defaults[i].value;
    return *value != UNKNOWN;
}

static gboolean read_field(const Reader *reader, MpYamlNode *node, const MpSpecField *field,
                           MpStreamSpec *spec, GError **error)
{
    const char *kind = mp_spec_kind_name(spec->kind);
    MpYamlNode *found = mp_yaml_get(node, field->name);
    guint *place = mp_spec_field_of(spec, field);
    double value = 0;
    *place = UNKNOWN;
    if (!found && default_of(reader->session, spec->kind, field->name, place))
        return TRUE;
    if (!found) {
        mp_yaml_error(reader->yaml, node, error,
                      "no \"%s\" was found in a stream of kind %s, expected one", field->name,
                      kind);
        return FALSE;
    }
    mp_yaml_number(found, &value);
    if (value < field->least || value > field->most) {
        mp_yaml_error(reader->yaml, found, error, "%s %g was found, expected %u to %u for %s",
                      field->name, value, field->least, field->most, kind);
        return FALSE;
    }
    *place = (guint)value;
    return TRUE;
}

/* One field may stand there twice, with a range for each kind. */
static gboolean kind_has(MpSpecKind kind, const char *name)
{
    guint count;
    const MpSpecField *fields = mp_spec_fields(&count);
    for (guint i = 0; i < count; i++)
        if (g_str_equal(fields[i].name, name) && (fields[i].kinds & (1u << kind)))
            return TRUE;
    return g_str_equal(name, "kind") || g_str_equal(name, "count") ||
           (g_str_equal(name, "layers_kbps") && kind == MP_SPEC_CAMERA);
}

static gboolean check_keys(const Reader *reader, MpYamlNode *node, MpSpecKind kind, GError **error)
{
    for (guint i = 0; i < mp_yaml_size(node); i++) {
        if (kind_has(kind, mp_yaml_key(node, i)))
            continue;
        mp_yaml_error(reader->yaml, mp_yaml_key_node(node, i), error,
                      "key \"%s\" was found in a stream of kind %s, which has none",
                      mp_yaml_key(node, i), mp_spec_kind_name(kind));
        return FALSE;
    }
    return TRUE;
}

static gboolean check_slides(const Reader *reader, MpYamlNode *node, const MpStreamSpec *spec,
                             GError **error)
{
    if (spec->slide_least_bytes <= spec->slide_most_bytes)
        return TRUE;
    mp_yaml_error(reader->yaml, mp_yaml_get(node, "slide_least_bytes"), error,
                  "slide_least_bytes %u was found, expected at most slide_most_bytes %u",
                  spec->slide_least_bytes, spec->slide_most_bytes);
    return FALSE;
}

/* `layer` is the rate of one layer of simulcast; NULL: there is only "kbps". */
static gboolean read_spec(const Reader *reader, MpYamlNode *node, MpYamlNode *layer,
                          MpStreamSpec *spec, GError **error)
{
    guint count;
    const MpSpecField *fields = mp_spec_fields(&count);
    for (guint i = 0; i < count; i++) {
        if (!(fields[i].kinds & (1u << spec->kind)))
            continue;
        if (layer && g_str_equal(fields[i].name, "kbps")) {
            double kbps = 0;
            mp_yaml_number(layer, &kbps);
            spec->kbps = (guint)CLAMP(kbps, fields[i].least, fields[i].most);
        } else if (!read_field(reader, node, &fields[i], spec, error)) {
            return FALSE;
        }
    }
    return check_slides(reader, node, spec, error);
}

static gboolean add_streams(const Reader *reader, MpYamlNode *node, MpYamlNode *layer,
                            GArray *streams, GError **error)
{
    MpStreamSpec spec = {0};
    const guint count = (guint)mp_yaml_get_number(node, "count", 1);
    mp_spec_kind_parse(&spec.kind, mp_yaml_get_text(node, "kind", NULL));
    if (!check_keys(reader, node, spec.kind, error) ||
        !read_spec(reader, node, layer, &spec, error))
        return FALSE;
    for (guint i = 0; i < count; i++) {
        MpStreamSpec one = spec;
        one.participant = (spec.participant + i) % MP_MOST_PARTICIPANTS;
        g_array_append_val(streams, one);
    }
    return TRUE;
}

static gboolean read_direction(const Reader *reader, MpYamlNode *list, GArray *streams,
                               GError **error)
{
    for (guint i = 0; i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        MpYamlNode *layers = mp_yaml_get(node, "layers_kbps");
        for (guint k = 0; k < (layers ? mp_yaml_size(layers) : 1); k++)
            if (!add_streams(reader, node, layers ? mp_yaml_at(layers, k) : NULL, streams, error))
                return FALSE;
    }
    if (streams->len <= MOST_STREAMS)
        return TRUE;
    mp_yaml_error(reader->yaml, list, error, "%u streams were found, expected at most %u",
                  streams->len, MOST_STREAMS);
    return FALSE;
}

gboolean mp_streams_read(const MpYaml *yaml, MpYamlNode *node, MpSessionRules *session,
                         GError **error)
{
    const Reader reader = {yaml, session};
    MpYamlNode *streams = mp_yaml_get(node, "streams");
    if (!streams)
        return TRUE;
    session->streams_source = g_strdup(mp_yaml_get_text(streams, "source", NULL));
    session->streams_date = g_strdup(mp_yaml_get_text(streams, "date", NULL));
    return mp_date_check(yaml, streams, "date", error) &&
           read_direction(&reader, mp_yaml_get(streams, "up"), session->up, error) &&
           read_direction(&reader, mp_yaml_get(streams, "down"), session->down, error);
}

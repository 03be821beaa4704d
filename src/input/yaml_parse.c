/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A YAML document as a tree built from libfyaml's events. Anchors, aliases and tags are refused:
 * no input of ours needs them, and an alias can make a small file expand without end.
 */
#include <libfyaml.h>
#include <string.h>

#include "base/error.h"
#include "input/bounded_file.h"
#include "input/yaml_tree.h"

#define MAX_DEPTH 32
#define MAX_VALUES 200000

typedef struct {
    MpYaml *yaml;
    GPtrArray *open; /* MpYamlNode*, lent: the mappings and sequences around the present place */
    guint n_values;
    guint n_documents;
    guint line; /* of the latest event that has a place */
    guint column;
} Builder;

static gboolean refuse(const Builder *builder, GError **error, const char *message)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s:%u:%u: %s", builder->yaml->name, builder->line,
                builder->column, message);
    return FALSE;
}

static MpYamlNode *new_node(Builder *builder, MpYamlType type)
{
    MpYamlNode *node = g_new0(MpYamlNode, 1);
    node->type = type;
    node->line = builder->line;
    node->column = builder->column;
    if (type != MP_YAML_SCALAR)
        node->values = g_ptr_array_new_with_free_func((GDestroyNotify)mp_yaml_node_free);
    if (type == MP_YAML_MAPPING) {
        node->keys = g_ptr_array_new_with_free_func((GDestroyNotify)mp_yaml_node_free);
        node->index = g_hash_table_new(g_str_hash, g_str_equal);
    }
    return node;
}

/* Takes `key`. */
static gboolean add_key(Builder *builder, MpYamlNode *mapping, MpYamlNode *key, GError **error)
{
    g_ptr_array_add(mapping->keys, key);
    if (key->type != MP_YAML_SCALAR)
        return refuse(builder, error, "a list or mapping was found as a key, expected a word");
    if (!g_hash_table_contains(mapping->index, key->text))
        return TRUE;

    g_autofree char *message = g_strdup_printf(
        "key \"%s\" was found a second time, expected it once", key->text);
    return refuse(builder, error, message);
}

/* Takes `node` and hangs it where the document stands. */
static gboolean add_node(Builder *builder, MpYamlNode *node, GError **error)
{
    MpYamlNode *parent = builder->open->len
                             ? g_ptr_array_index(builder->open, builder->open->len - 1)
                             : NULL;
    if (!parent)
        builder->yaml->root = node;
    else if (parent->keys && parent->keys->len == parent->values->len)
        return add_key(builder, parent, node, error);
    else
        g_ptr_array_add(parent->values, node);

    if (parent && parent->keys) {
        const MpYamlNode *key = g_ptr_array_index(parent->keys, parent->keys->len - 1);
        g_hash_table_insert(parent->index, key->text, node);
    }
    if (++builder->n_values > MAX_VALUES)
        return refuse(builder, error,
                      "more than " G_STRINGIFY(MAX_VALUES) " values were found, expected fewer");
    return TRUE;
}

static gboolean open_node(Builder *builder, MpYamlType type, GError **error)
{
    MpYamlNode *node = new_node(builder, type);
    if (!add_node(builder, node, error))
        return FALSE;
    if (builder->open->len == MAX_DEPTH)
        return refuse(builder, error,
                      "nesting deeper than " G_STRINGIFY(MAX_DEPTH) " levels was found");
    g_ptr_array_add(builder->open, node);
    return TRUE;
}

/* Escapes in quotes can spell what the file itself may not contain. */
static gboolean is_printable(const char *text, gsize length)
{
    if (!g_utf8_validate_len(text, length, NULL))
        return FALSE;
    for (const char *c = text; c < text + length; c = g_utf8_next_char(c))
        if (g_unichar_iscntrl(g_utf8_get_char(c)) && *c != '\n' && *c != '\t')
            return FALSE;
    return TRUE;
}

static gboolean on_scalar(Builder *builder, struct fy_event *event, GError **error)
{
    struct fy_token *token = event->scalar.value;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
        builder->column--; /* libfyaml points behind the opening quote */

    gsize length = 0;
    const char *text = token ? fy_token_get_text(token, &length) : "";
    if (!text || !is_printable(text, length))
        return refuse(builder, error, "a control character was found, expected text");

    MpYamlNode *node = new_node(builder, MP_YAML_SCALAR);
    node->text = g_strndup(text, length);
    node->is_plain = style == FYSS_PLAIN;
    return add_node(builder, node, error);
}

static gboolean on_mapping(Builder *builder, struct fy_event *event, GError **error)
{
    (void)event;
    return open_node(builder, MP_YAML_MAPPING, error);
}

static gboolean on_sequence(Builder *builder, struct fy_event *event, GError **error)
{
    (void)event;
    return open_node(builder, MP_YAML_SEQUENCE, error);
}

static gboolean on_end(Builder *builder, struct fy_event *event, GError **error)
{
    (void)event;
    (void)error;
    g_ptr_array_set_size(builder->open, (int)builder->open->len - 1);
    return TRUE;
}

static gboolean on_document(Builder *builder, struct fy_event *event, GError **error)
{
    (void)event;
    if (builder->n_documents++ == 0)
        return TRUE;
    return refuse(builder, error, "a second document was found, expected one");
}

static gboolean on_alias(Builder *builder, struct fy_event *event, GError **error)
{
    (void)event;
    return refuse(builder, error, "an alias was found, expected the value itself");
}

static gboolean (*const handlers[])(Builder *, struct fy_event *, GError **) = {
    [FYET_DOCUMENT_START] = on_document,
    [FYET_MAPPING_START] = on_mapping,
    [FYET_MAPPING_END] = on_end,
    [FYET_SEQUENCE_START] = on_sequence,
    [FYET_SEQUENCE_END] = on_end,
    [FYET_SCALAR] = on_scalar,
    [FYET_ALIAS] = on_alias,
};

static gboolean take_event(Builder *builder, struct fy_event *event, GError **error)
{
    /* The end of a document and a value that is left out have no place of their own. */
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (mark) {
        builder->line = (guint)mark->line + 1;
        builder->column = (guint)mark->column + 1;
    }
    if (fy_event_get_anchor_token(event) && event->type != FYET_ALIAS)
        return refuse(builder, error, "an anchor was found, expected a value without");
    if (fy_event_get_tag_token(event))
        return refuse(builder, error, "a tag was found, expected a value without");
    if ((gsize)event->type >= G_N_ELEMENTS(handlers) || !handlers[event->type])
        return TRUE;
    return handlers[event->type](builder, event, error);
}

static gboolean refuse_syntax(Builder *builder, struct fy_diag *diag, GError **error)
{
    void *position = NULL;
    const struct fy_diag_error *found = fy_diag_errors_iterate(diag, &position);
    if (!found)
        return refuse(builder, error, "what follows is not YAML");
    builder->line = found->line > 0 ? (guint)found->line : builder->line;
    builder->column = found->column > 0 ? (guint)found->column : builder->column;
    g_autofree char *message = g_strdup_printf("not YAML: %s", found->msg);
    return refuse(builder, error, message);
}

static gboolean read_events(Builder *builder, struct fy_parser *parser, struct fy_diag *diag,
                            GError **error)
{
    gboolean is_over = FALSE;
    while (!is_over) {
        struct fy_event *event = fy_parser_parse(parser);
        if (!event)
            return refuse_syntax(builder, diag, error);
        is_over = event->type == FYET_STREAM_END;
        gboolean is_good = take_event(builder, event, error);
        fy_parser_event_free(parser, event);
        if (!is_good)
            return FALSE;
    }
    /* libfyaml reports some errors and then ends the stream as if all were well. */
    void *position = NULL;
    if (fy_diag_errors_iterate(diag, &position))
        return refuse_syntax(builder, diag, error);
    return TRUE;
}

static gboolean build(Builder *builder, const char *text, gsize length, GError **error)
{
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    struct fy_diag *diag = fy_diag_create(&diag_config);
    g_assert(diag);
    fy_diag_set_collect_errors(diag, true);

    struct fy_parse_cfg config = {
        .flags = FYPCF_QUIET | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2,
        .diag = diag,
    };
    struct fy_parser *parser = fy_parser_create(&config);
    g_assert(parser);
    gboolean is_good = fy_parser_set_string(parser, text, length) == 0 &&
                       read_events(builder, parser, diag, error);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return is_good;
}

/* The place of the first byte that is not UTF-8 text. */
static gboolean check_utf8(Builder *builder, const char *text, gsize length, GError **error)
{
    const char *end = NULL;
    if (g_utf8_validate_len(text, length, &end))
        return TRUE;
    for (const char *c = text; c < end; c = g_utf8_next_char(c)) {
        builder->column = *c == '\n' ? 1 : builder->column + 1;
        builder->line += *c == '\n';
    }
    g_autofree char *message = g_strdup_printf("byte 0x%02x was found, expected UTF-8 text",
                                               (guint)(guint8)*end);
    return refuse(builder, error, message);
}

MpYaml *mp_yaml_parse(const char *name, const char *text, gsize length, GError **error)
{
    g_autoptr(MpYaml) yaml = mp_yaml_new(name);
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    Builder builder = {.yaml = yaml, .open = open, .line = 1, .column = 1};

    if (length > MP_YAML_MOST_BYTES) {
        refuse(&builder, error, "more than 4 MiB were found, expected less");
        return NULL;
    }
    if (!check_utf8(&builder, text, length, error) || !build(&builder, text, length, error))
        return NULL;
    if (!yaml->root) {
        refuse(&builder, error, "nothing was found, expected a document");
        return NULL;
    }
    return g_steal_pointer(&yaml);
}

MpYaml *mp_yaml_read_file(const char *path, GError **error)
{
    gsize length = 0;
    g_autofree char *text = mp_bounded_file_read(path, MP_YAML_MOST_BYTES, &length, error);
    return text ? mp_yaml_parse(path, text, length, error) : NULL;
}

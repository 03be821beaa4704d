/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A YAML document whose every value knows its line and column, so that errors can name them.
 */
#pragma once

#include <glib.h>

typedef struct _MpYaml MpYaml;
/* A value inside a document: lent, dies with it. */
typedef struct _MpYamlNode MpYamlNode;

#define MP_YAML_MOST_BYTES ((gsize)4 * 1024 * 1024)

/* MP_ERROR_INPUT "FILE:LINE:COLUMN: ..." for what is not YAML, has duplicate keys, anchors,
 * aliases, tags or control characters, is larger than 4 MiB, has more than 200000 values or is
 * nested deeper than 32 levels. `name` stands for FILE in messages. */
MpYaml *mp_yaml_read_file(const char *path, GError **error);
MpYaml *mp_yaml_parse(const char *name, const char *text, gsize length, GError **error);
void mp_yaml_free(MpYaml *yaml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpYaml, mp_yaml_free)

typedef enum { MP_YAML_SCALAR, MP_YAML_SEQUENCE, MP_YAML_MAPPING } MpYamlType;

const char *mp_yaml_name(const MpYaml *yaml);
MpYamlNode *mp_yaml_root(const MpYaml *yaml);
MpYamlType mp_yaml_type(MpYamlNode *node);

/* Mapping: NULL when there is no such key, or no mapping. */
MpYamlNode *mp_yaml_get(MpYamlNode *mapping, const char *key);
/* Mapping and sequence: number of entries; the key (mapping only) and value at an index. */
guint mp_yaml_size(MpYamlNode *node);
const char *mp_yaml_key(MpYamlNode *mapping, guint index);
MpYamlNode *mp_yaml_at(MpYamlNode *node, guint index);
/* The key itself as a value, for naming its place. */
MpYamlNode *mp_yaml_key_node(MpYamlNode *mapping, guint index);

/* A scalar's text. NULL when it is null ("", "~", "null" unquoted) or not a scalar. */
const char *mp_yaml_text(MpYamlNode *node);
/* A scalar as number or boolean (true/false). FALSE when it is none; quoted text is none. */
gboolean mp_yaml_number(MpYamlNode *node, double *value);
gboolean mp_yaml_boolean(MpYamlNode *node, gboolean *value);

/* Convenience for schema-checked documents: the key's value, or the fallback when absent. */
const char *mp_yaml_get_text(MpYamlNode *mapping, const char *key, const char *fallback);
double mp_yaml_get_number(MpYamlNode *mapping, const char *key, double fallback);
gboolean mp_yaml_get_boolean(MpYamlNode *mapping, const char *key, gboolean fallback);
/* Whether the key's value is this word. */
gboolean mp_yaml_says(MpYamlNode *mapping, const char *key, const char *word);
/* The place of the key's word among `words`; the schema lets no other through. */
guint mp_yaml_get_choice(MpYamlNode *mapping, const char *key, const char *const *words,
                         guint n_words, guint fallback);
/* A list of text; NULL for NULL. Free with g_strfreev(). */
char **mp_yaml_texts(MpYamlNode *list);

/* `path` as the document means it: from its folder. NULL for NULL. Free with g_free(). */
char *mp_yaml_resolve(const MpYaml *yaml, const char *path);

/* From now on errors name the JSON pointer (RFC 6901) of their place as well, for documents that
 * programs write: "FILE:LINE:COLUMN: /paths/0/usable: message". */
void mp_yaml_tell_pointers(MpYaml *yaml);

/* Sets "FILE:LINE:COLUMN: message" at the value's place (1-based). */
void mp_yaml_error(const MpYaml *yaml, MpYamlNode *node, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

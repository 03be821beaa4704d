/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a YAML document is made of: for yaml.c, which reads it, and yaml_parse.c, which builds it.
 */
#pragma once

#include "input/yaml.h"

struct _MpYamlNode {
    MpYamlType type;
    guint line; /* 1-based */
    guint column;
    gboolean is_plain; /* a scalar without quotes: may be null, a number or a boolean */
    char *text;        /* scalar */
    GPtrArray *keys;   /* mapping: MpYamlNode*, scalars, in document order */
    GPtrArray *values; /* mapping and sequence: MpYamlNode* */
    GHashTable *index; /* mapping: text of a key, lent by `keys`, to its value, lent by `values` */
};

struct _MpYaml {
    char *name;
    MpYamlNode *root;
    gboolean tells_pointers; /* errors do */
};

/* The place of a value, or of a key in it, RFC 6901: "/paths/0/usable"; "" for the root. Free with
 * g_free(). */
char *mp_yaml_pointer(const MpYaml *yaml, const MpYamlNode *node);

/* Without a root yet. */
MpYaml *mp_yaml_new(const char *name);

/* Takes NULL and what is half built. */
void mp_yaml_node_free(MpYamlNode *node);

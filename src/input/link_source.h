/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the values of one direction of a link stand: what it says itself goes before what both
 * directions say.
 */
#pragma once

#include "input/yaml.h"
#include "model/link.h"

typedef struct {
    const MpYaml *yaml;
    MpYamlNode *own;  /* a mapping; NULL: says nothing */
    MpYamlNode *both; /* the same */
} MpLinkSource;

/* NULL where neither says it. */
MpYamlNode *mp_link_source_find(const MpLinkSource *source, const char *key);

/* Milliseconds of a key, down to the nanosecond; 0 when it is absent. */
MpTime mp_link_time_read(MpYamlNode *mapping, const char *key);

/* Conditions: what the source does not say stays as it is. FALSE with MP_ERROR_INPUT. */
gboolean mp_link_conditions_read(const MpLinkSource *source, MpLinkConditions *conditions,
                                 GError **error);

/* Whether what has been read fits together, also over all changes. FALSE with MP_ERROR_INPUT. */
gboolean mp_link_direction_check(const MpLinkSource *source, const MpLinkDirection *direction,
                                 GError **error);
/* Whether kernel netem can do it. FALSE with MP_ERROR_INPUT. */
gboolean mp_link_netem_check(const MpLinkSource *source, GError **error);

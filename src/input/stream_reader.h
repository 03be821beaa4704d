/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The streams that one kind of session sends and receives.
 */
#pragma once

#include "input/yaml.h"
#include "model/profile.h"

/* Fills `session` from the "streams" of its node; nothing where there are none. */
gboolean mp_streams_read(const MpYaml *yaml, MpYamlNode *node, MpSessionRules *session,
                         GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tiers and limits of one kind of session.
 */
#pragma once

#include "input/yaml.h"
#include "model/profile.h"

/* `node` is an entry of "sessions" that fits the schema. FALSE with MP_ERROR_INPUT where its
 * values contradict each other. */
gboolean mp_session_rules_read(const MpYaml *yaml, MpYamlNode *node, MpSessionRules *session,
                               GError **error);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a map of UDP ports is asked of and about.
 */
#pragma once

#include <mediapath/check.h>

#include "model/target.h"

/* The far end and the walk's goals of the options. FALSE with MP_ERROR_INPUT. */
gboolean mp_port_input_read(MpTargets *targets, const MpCheckConfig *config, GError **error);

/* The ports and the rate of the options. FALSE with MP_ERROR_INPUT. */
gboolean mp_port_input_check(const MpCheckConfig *config, GError **error);

/* The responder that has a key is asked itself where no other host is named. FALSE with
 * MP_ERROR_INPUT for a host without a key. */
gboolean mp_port_input_complete(MpTargets *targets, GError **error);

/* "ID KEY" into both. FALSE where it is something else. */
gboolean mp_port_input_take_key(MpTargets *targets, const char *text);

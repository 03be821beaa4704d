/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the losses of one direction lie in it, as facts.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "stats/packet_trace.h"

/* "loss" of a direction. What is not known stays out. */
void mp_media_loss_facts(JsonObject *direction, const MpDirectionStats *stats);

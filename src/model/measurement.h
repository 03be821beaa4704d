/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one step saw: an outcome and facts. It holds no judgement. A fact that was not measured is
 * absent, never 0.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "base/time.h"
#include "model/outcome.h"
#include "model/server_uri.h"

typedef struct {
    char *id;     /* the step's id, unique in a result: "turn-tls:turn.example:443" */
    char *kind;   /* "stun", "turn", "media" */
    char *target; /* URI or host:port */
    MpTransport transport;
    MpOutcome outcome;  /* of the first stage that was not answered, else answered */
    double started_ms;  /* since the run began */
    double duration_ms; /* of the whole step */
    JsonObject *facts;
    GArray *packets_up; /* MpPacketFate of a call, in the order of sending; NULL: it was none, or
                         * nothing is known */
    GArray *packets_down;
} MpMeasurement;

/* Facts start as an empty object holding an empty array "stages". */
MpMeasurement *mp_measurement_new(const char *id, const char *kind, const char *target,
                                  MpTransport transport);
void mp_measurement_free(MpMeasurement *measurement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMeasurement, mp_measurement_free)

/* Appends {name, outcome, ms, code?, detail?} to facts.stages. `code` 0 and `detail` NULL are left
 * out; `took` MP_NEVER means the time is unknown. The measurement's outcome becomes this one if it
 * was answered until now. */
void mp_measurement_add_stage(MpMeasurement *measurement, const char *name, MpOutcome outcome,
                              MpTime took, guint code, const char *detail);

/* Readers of facts: FALSE or NULL where the member is absent or of another type. `path` is a
 * member name or names joined by dots: "up.loss_percent". */
gboolean mp_facts_number(JsonObject *facts, const char *path, double *value);
const char *mp_facts_string(JsonObject *facts, const char *path);
JsonObject *mp_facts_object(JsonObject *facts, const char *path);
JsonArray *mp_facts_array(JsonObject *facts, const char *path);
/* The same of the entries of a list, which must have them. */
gboolean mp_facts_number_at(JsonArray *list, guint index, double *value);
const char *mp_facts_string_at(JsonArray *list, guint index);
JsonObject *mp_facts_object_at(JsonArray *list, guint index);

/* The stage of that name, or NULL. */
JsonObject *mp_measurement_stage(const MpMeasurement *measurement, const char *name);
/* The first stage whose outcome is not answered, or NULL. */
JsonObject *mp_measurement_broken_stage(const MpMeasurement *measurement);

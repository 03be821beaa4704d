/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything one check found: the pivot between judging and reporting.
 */
#pragma once

#include <mediapath/result.h>

#include "model/advice.h"
#include "model/computer_row.h"
#include "model/environment.h"
#include "model/finding.h"
#include "model/forecast.h"
#include "model/measurement.h"
#include "model/path.h"
#include "model/port_map.h"
#include "model/requirement.h"
#include "model/step.h"

struct _MpResult {
    char *version; /* of the mediapath that measured; NULL: this one */
    char *started; /* RFC 3339 */
    double duration_ms;
    char *scenario;       /* label of the targets */
    gboolean is_emulated; /* the network was a lab's */
    char *profile;
    char *role;              /* "host" or "guest" */
    char *lang;              /* "en" or "ja" */
    gboolean is_interrupted; /* Ctrl-C: the plan was not finished */
    MpEnvironment *environment;
    GPtrArray *plan;         /* MpStep* */
    GPtrArray *measurements; /* MpMeasurement*, in plan order */
    GPtrArray *paths;        /* MpPath*, in browser order */
    MpPortMap *ports;        /* the one that proves most; NULL: none was made */
    GPtrArray *requirements; /* MpRequirement* */
    GPtrArray *computer;     /* MpComputerRow*, in the order of the profile's tables */
    MpForecast *forecasts[MP_N_SESSION_TYPES];
    GPtrArray *findings; /* MpFinding*, gravest first */
    MpAdvice *advice;    /* NULL: not judged */
    MpVerdict verdict;
    /* paths[].model of the result that this one was read from, for a judge to whom nobody gave the
     * packets that they were made of; NULL: none was there. */
    JsonObject *kept_models[MP_N_WAYS];
};

MpResult *mp_result_new(void);
const MpMeasurement *mp_result_measurement(const MpResult *result, const char *id);

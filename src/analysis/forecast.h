/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecast for each kind of session.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Fills result->forecasts from result->paths and result->environment, and the forecasts of each
 * path that was measured.
 *
 * The way is the first usable one in browser order. Where its packets made a model of the path,
 * calls are simulated on it, and the limits of the profile judge the computer and the round trip
 * only; else they judge everything: a figure that is not measured keeps a session from being called
 * stable, and cannot make up for one that is bad. Beside those the limiting factor may be
 *   "tcp_relay"  the way is a relay over TCP or TLS: at best degraded, and loss is hidden there.
 *                Vonage Video API, firewall rules: TCP 443 is the minimum, UDP 3478 is better and
 *                UDP 1025-65535 is best;
 *   "no_way"     media was tried, and the network broke every way;
 *   "media_cut"  media stopped for good while it was still sent;
 *   "browser"    the browser of the call cannot do it at all, by the profile's list of features;
 *   "several"    no change of one thing alone makes simulated calls better.
 * A run that leaves the computer out (--skip computer) is judged without the computer's speed. */
void mp_analysis_forecast(MpResult *result, const MpProfile *profile);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecast for each kind of session, by the published limits of the profile.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Fills result->forecasts from result->paths and result->environment.
 *
 * The way is the first usable one in browser order. Each limit gives a verdict; the worst counts,
 * in the order unstable, degraded, unknown, stable: a figure that is not measured keeps a session
 * from being called stable, and cannot make up for one that is bad. The limiting factor is, among
 * the limits of that verdict, the one with the smallest margin; or
 *   "tcp_relay"  the way is a relay over TCP or TLS: at best degraded, and loss is hidden there.
 *                Vonage Video API, firewall rules: TCP 443 is the minimum, UDP 3478 is better and
 *                UDP 1025-65535 is best;
 *   "no_way"     media was tried, and the network broke every way;
 *   "browser"    the browser of the call cannot do it at all, by the profile's list of features.
 * A run that leaves the computer out (--skip computer) is judged without the computer's speed. */
void mp_analysis_forecast(MpResult *result, const MpProfile *profile);

/* Where a value lies: 1 far inside (0, or twice the limit where higher is better), 0 on the stable
 * limit, -1 at twice (or half) of it, down to -100. NAN for a value that was not measured. */
double mp_limit_margin(const MpLimit *limit, double value);
MpVerdict mp_limit_verdict(const MpLimit *limit, double value);

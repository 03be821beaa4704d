/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an outcome proves about the port that was asked. The server saying no is proof that the port
 * is open; a question that was not put proves nothing.
 */
#pragma once

#include "base/address.h"
#include "model/result.h"

typedef enum {
    MP_REACH_UNASKED,     /* no evidence */
    MP_REACH_ANSWERED,    /* the server spoke its protocol, whatever it said */
    MP_REACH_REFUSED,     /* ICMP port unreachable or TCP RST */
    MP_REACH_LOST,        /* silent, prohibited, unreachable, or the connection was cut */
    MP_REACH_INTERCEPTED, /* somebody else answered */
    MP_REACH_STRANGE,     /* what answered does not speak the protocol */
} MpReach;

/* A NULL stage was not reached: MP_REACH_UNASKED, as of one that loss alone can have silenced. */
MpReach mp_stage_reach(JsonObject *stage);
/* Can loss alone have silenced it? Set by mp_analysis_lost_answers(). FALSE of NULL. */
gboolean mp_stage_is_lost_by_chance(JsonObject *stage);
/* Did the network keep it: refused, lost or intercepted? */
gboolean mp_reach_is_broken(MpReach reach);

/* Whether the port of a "stun" or "turn" measurement answers: its first answer after connecting, or
 * else what came instead. A name that does not resolve says nothing about the port. */
MpReach mp_port_reach(const MpMeasurement *measurement);

/* The step of a measurement, or NULL. */
const MpStep *mp_evidence_step(const MpResult *result, const MpMeasurement *measurement);
/* Asked over IPv6, beside the same over IPv4: it says nothing about what IPv4 lets through. */
gboolean mp_step_is_ipv6_beside(const MpStep *step);
/* Is it a "turn" or "media" measurement that belongs to a way? */
gboolean mp_step_is_of_way(const MpStep *step, MpWay way);

/* Whether media's own addresses and those that the far end offered have an IP version in common;
 * where they have none, nobody asked the network anything. TRUE also where one side is not known.
 */
gboolean mp_evidence_families_meet(const MpMeasurement *media);

/* The server that was asked; its family is MP_FAMILY_NONE where only the port is known. FALSE when
 * not even that is. */
gboolean mp_evidence_server(const MpResult *result, const MpMeasurement *measurement,
                            MpAddress *address);
/* A queue that is still draining, or an outage, may hide the last packets; this long does neither.
 * The longest queues seen in the field hold a second or two: Gettys and Nichols, "Bufferbloat",
 * 2011. */
#define MP_LEAST_SILENCE_MS 2000
/* Media came in that direction, "up" or "down", and to the end of the call no more. FALSE where the
 * way is TCP: what has not come yet is still on its way. */
gboolean mp_evidence_media_stopped(const MpMeasurement *media, const char *direction);
/* The far end of media: of the pair, or the first UDP candidate that it offered. FALSE: it offered
 * none. */
gboolean mp_evidence_media_peer(const MpMeasurement *media, MpAddress *address);
/* Did the proxy answer a request in the far end's place? RFC 9110 section 15.5.8: 407. */
gboolean mp_stage_is_proxys(JsonObject *stage);
/* Was a connection to the proxy made? */
gboolean mp_evidence_reached_proxy(const MpMeasurement *measurement);
/* Who sent the ICMP message that broke it, where that was not the server itself. */
gboolean mp_evidence_hop(const MpResult *result, const MpMeasurement *measurement, MpAddress *hop);
/* A fact "ip:port", or "ip" with port 0. FALSE when it is absent. */
gboolean mp_facts_address(JsonObject *facts, const char *path, MpAddress *address);

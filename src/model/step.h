/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thing to do, with a time limit: what the planner writes and a probe carries out.
 */
#pragma once

#include "base/address.h"
#include "base/stream_spec.h"
#include "base/time.h"
#include "model/server_uri.h"
#include "model/way.h"

/* One video tier that a media step can offer, best first. */
typedef struct {
    char *name;      /* "720p" */
    guint height;    /* lines */
    guint fps;       /* frames per second */
    guint rate_kbps; /* of the video payload */
} MpTier;

typedef struct {
    char *id;                 /* unique in the plan */
    char *kind;               /* names the probe: "stun", "turn", "media", "web" */
    MpServerUri *server;      /* NULL for a way that uses none */
    MpWay way;                /* for "turn" and "media" */
    MpFamily family;          /* of the server's address: see mp_server_addresses() */
    MpTime deadline;          /* span; the probe ends by itself before it */
    guint phase;              /* steps of one phase run side by side, phases one after the other */
    gboolean is_alone;        /* media: nothing else may run meanwhile */
    char *requires_id;        /* runs only if that step was answered; NULL: always */
    char *or_requires_id;     /* or else that one; NULL: none */
    MpServerUri *or_server;   /* "ports-relay": the server in that case; NULL: the same */
    MpTime media_time;        /* span of media to run, for "media" */
    guint capacity_kbps;      /* "media": what each direction needs; 0: is not measured */
    char *codec;              /* of the video: "vp8", "vp9", "h264", "av1"; for "media" */
    GArray *tiers;            /* MpTier, best first, for "media"; NULL otherwise */
    GArray *up;               /* MpStreamSpec that are sent, for "media"; NULL otherwise */
    GArray *down;             /* MpStreamSpec that the far end is asked for */
    GArray *sessions;         /* MpSessionType to measure after live video, with set 1 and on */
    gboolean wants_websocket; /* "web": a row asks for WSS, too */
    MpTime longest_idle;      /* of a flow, for "nat-lifetime" */
    guint16 first_port;       /* "path", "ports...": what is asked about; never 0 */
    guint16 last_port;
    guint port_rate;       /* "ports...": datagrams or allocations per second; 0: gentle */
    guint n_sample;        /* "ports...": so many by lot are enough; 0: all of them */
    GArray *named_ports;   /* guint16: what a sample has besides; NULL: none */
    GPtrArray *goals;      /* char*: "ports-walk": the host or prefixes that one map is for */
    gboolean is_beside;    /* goes on beside the phases after its own */
    gboolean ends_early;   /* one that goes on beside them: is ended when they have ended */
    gboolean delays_media; /* one that goes on beside them: media waits for its end */
} MpStep;

MpStep *mp_step_new(const char *kind, const char *id);
void mp_step_free(MpStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpStep, mp_step_free)

/* Steps that go one of the ways of a call: "turn" and "media". */
gboolean mp_step_has_way(const MpStep *step);

/* A server's URI, "host:443" for "web"; NULL: it has no server. Free with g_free(). */
char *mp_step_target(const MpStep *step);

void mp_tier_clear(MpTier *tier);

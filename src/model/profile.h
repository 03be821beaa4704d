/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A product's requirements and judgement limits as data, with their source and date.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "base/address.h"
#include "base/stream_spec.h"
#include "model/session_type.h"
#include "model/step.h"
#include "model/verdict.h"

/* A text in the languages of the product. */
typedef struct {
    char *en;
    char *ja;
} MpText;

/* "443 (TCP)", "1025-65535 (UDP)". */
typedef struct {
    gboolean is_tcp; /* else UDP */
    guint16 first;
    guint16 last;
} MpPortRange;

typedef struct {
    char *name; /* as the document has it: "*.opentok.com" */
    gboolean is_wildcard;
    GPtrArray *probe_names; /* char*: hosts that stand for a wildcard; empty if it is none */
    gboolean is_chosen;     /* the probe names are the project's choice, not the document's */
} MpHostPattern;

typedef struct {
    char *row; /* "1-7" */
    MpText purpose;
    GPtrArray *hosts;     /* MpHostPattern* */
    GArray *ranges;       /* MpCidr */
    GPtrArray *services;  /* char*: "HTTPS", "WSS", "STUN", "TURN", "MEDIA" */
    GArray *ports;        /* MpPortRange */
    gboolean is_required; /* a failure here is a failed requirement; else support only */
    gboolean for_host;    /* applies to the host role */
    gboolean for_guest;   /* applies to the guest role */
    GPtrArray *notes;     /* MpText* */
    char *source;
    char *date; /* ISO 8601 */
} MpRequirementRow;

/* One limit with its origin: at or better than `stable` is stable, at or better than `degraded` is
 * degraded, anything else unstable. */
typedef struct {
    char *metric; /* "loss_percent", "rtt_p95_ms", "pdv_p95_ms", "rate_kbps", "cpu_headroom", ... */
    gboolean higher_is_better;
    double stable;
    double degraded;
    char *source;
} MpLimit;

typedef struct {
    MpSessionType type;
    GArray *tiers;      /* MpTier offered by the media probe, best first; may be empty */
    GArray *up;         /* MpStreamSpec of set 0 that a session sends; may be empty */
    GArray *down;       /* and that it receives */
    char *tiers_source; /* NULL: none is given */
    char *streams_source;
    char *streams_date; /* ISO 8601 */
    GPtrArray *limits;  /* MpLimit* */
} MpSessionRules;

typedef struct {
    char *name; /* "bellface" */
    MpText title;
    char *source;
    char *date;      /* ISO 8601, of the document */
    GPtrArray *rows; /* MpRequirementRow* in document order */
    MpSessionRules sessions[MP_N_SESSION_TYPES];
    guint recommended_kbps;
    guint least_kbps;
    JsonObject
        *environment; /* host and guest tables and notes, as written: shown, not judged yet */
} MpProfile;

/* With nothing in it; `sessions` have their types. */
MpProfile *mp_profile_new(void);
void mp_profile_free(MpProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpProfile, mp_profile_free)

void mp_text_clear(MpText *text);
/* The words for "en" or "ja"; lent. */
const char *mp_text_in(const MpText *text, const char *lang);

MpRequirementRow *mp_requirement_row_new(void);
void mp_requirement_row_free(MpRequirementRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpRequirementRow, mp_requirement_row_free)

/* A wildcard where `name` starts with a star. */
MpHostPattern *mp_host_pattern_new(const char *name);
void mp_host_pattern_free(MpHostPattern *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpHostPattern, mp_host_pattern_free)

MpLimit *mp_limit_new(const char *metric);
void mp_limit_free(MpLimit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpLimit, mp_limit_free)

const MpRequirementRow *mp_profile_row(const MpProfile *profile, const char *row);
/* TRUE when the address lies in any range of any row. */
gboolean mp_profile_covers(const MpProfile *profile, const MpAddress *address);
/* TRUE when the host is the pattern's name, or lies under it where it is a wildcard: one label or
 * more in place of the star, never none. */
gboolean mp_host_pattern_covers(const MpHostPattern *host, const char *name);

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Something the evidence shows: an id and numbers. Sentences are made in report/.
 */
#pragma once

#include <json-glib/json-glib.h>

typedef enum { MP_SEVERITY_INFO, MP_SEVERITY_WARNING, MP_SEVERITY_ERROR } MpSeverity;

/* Who must act. */
typedef enum {
    MP_OWNER_SITE_NETWORK,     /* the team of this site's router and firewall */
    MP_OWNER_SERVICE_OPERATOR, /* who runs the TURN server or the responder */
    MP_OWNER_CREDENTIALS,      /* who issued the user name and password */
    MP_OWNER_TESTER,           /* the person or the machine running this check */
} MpOwner;

typedef struct {
    char *id; /* "udp-blocked"; the message catalogue has cause and advice under it */
    MpSeverity severity;
    MpOwner owner;
    gboolean has_other; /* it may as well be `other`'s: from here both look the same */
    MpOwner other;
    gboolean is_likely;  /* not proved by a measurement: "likely" */
    char *hop;           /* where, if known: "site firewall", an address; else NULL */
    GPtrArray *evidence; /* char*: measurement ids */
    JsonObject *numbers; /* what the sentences may quote: numbers and short strings */
} MpFinding;

MpFinding *mp_finding_new(const char *id, MpSeverity severity, MpOwner owner);
void mp_finding_free(MpFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpFinding, mp_finding_free)

/* Not proved by a measurement: if not `owner`'s, it is `other`'s. */
void mp_finding_doubt(MpFinding *finding, MpOwner other);

const char *mp_severity_name(MpSeverity severity); /* "info", "warning", "error" */
const char *mp_owner_name(MpOwner owner);          /* "site_network", "service_operator", ... */

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a call that ICE had connected stopped: at the far end's identity, at the handshake for the
 * keys, or at the first protected packet.
 */
#include "analysis/cases.h"
#include "analysis/rules.h"

/* So many datagrams of a handshake, none of which came: with a tenth of all packets lost, as bad a
 * way as calls are made on, by chance once in a thousand times. */
#define LEAST_MISSING 3

static gboolean fact(const MpMeasurement *media, const char *part, const char *direction,
                     const char *name, double *value)
{
    g_autofree char *path = g_strjoin(".", part, direction, name, NULL);
    return mp_facts_number(media->facts, path, value);
}

/* The direction, and figures of the handshake's datagrams in it. */
static void add_numbers(MpFinding *finding, const MpMeasurement *media, const char *direction,
                        const char *const *names, gsize n_names)
{
    mp_finding_add_text(finding, "direction", direction);
    for (gsize i = 0; i < n_names; i++) {
        double value;
        if (fact(media, "dtls", direction, names[i], &value))
            json_object_set_double_member(finding->numbers, names[i], value);
    }
}

static gboolean is_dtls(const MpMeasurement *media, JsonObject *stage)
{
    (void)media;
    return mp_stage_has_name(stage, "dtls");
}

/* RFC 8122 section 6.2. */
static gboolean is_wrong_peer(const MpMeasurement *media, JsonObject *stage)
{
    return is_dtls(media, stage) && mp_stage_has_outcome(stage, MP_OUTCOME_INTERCEPTED);
}

static void describe_peer(MpFinding *finding, const MpMeasurement *media)
{
    mp_finding_add_text(finding, "fingerprint", mp_facts_string(media->facts, "dtls.fingerprint"));
    mp_finding_add_text(finding, "announced",
                        mp_facts_string(media->facts, "dtls.fingerprint_announced"));
    mp_finding_add_text(finding, "found", mp_facts_string(media->facts, "dtls.fingerprint_found"));
    /* A gateway that opens media looks the same. */
    mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
}

void mp_rule_dtls_fingerprint(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_media(diagnosis, rule, is_wrong_peer, describe_peer);
}

/* Both ends counted: of the handshake's datagrams in that direction none came. */
static gboolean keeps_handshake(const MpMeasurement *media, const char *direction)
{
    double sent;
    double received;
    return fact(media, "dtls", direction, "packets_sent", &sent) && sent >= LEAST_MISSING &&
           fact(media, "dtls", direction, "packets_received", &received) && received == 0;
}

/* Its larger datagrams never came, the smaller ones did. */
static gboolean keeps_large(const MpMeasurement *media, const char *direction)
{
    double missing;
    return fact(media, "dtls", direction, "missing_packets", &missing) && missing >= LEAST_MISSING;
}

static gboolean is_kept(const MpMeasurement *media, JsonObject *stage)
{
    return is_dtls(media, stage) &&
           (keeps_handshake(media, "up") || keeps_handshake(media, "down"));
}

static void describe_kept(MpFinding *finding, const MpMeasurement *media)
{
    static const char *const members[] = {"packets_sent", "largest_sent_bytes"};
    const char *direction = keeps_handshake(media, "up") ? "up" : "down";
    add_numbers(finding, media, direction, members, G_N_ELEMENTS(members));
    finding->is_likely = TRUE;
}

/* ICE's own packets pass between the same ports. */
void mp_rule_dtls_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_media(diagnosis, rule, is_kept, describe_kept);
}

/* A handshake that the network keeps is the site's; one that fails by its content is the peer's. */
static void describe_failed(MpFinding *finding, const MpMeasurement *media)
{
    static const char *const members[] = {"largest_received_bytes", "smallest_missing_bytes"};
    if (!mp_reach_is_broken(mp_stage_reach(mp_measurement_broken_stage(media)))) {
        finding->owner = MP_OWNER_SERVICE_OPERATOR;
        return;
    }
    finding->is_likely = TRUE;
    const char *direction = keeps_large(media, "up")     ? "up"
                            : keeps_large(media, "down") ? "down"
                                                         : NULL;
    if (!direction)
        return;
    add_numbers(finding, media, direction, members, G_N_ELEMENTS(members));
}

void mp_rule_dtls_failed(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_media(diagnosis, rule, is_dtls, describe_failed);
}

static gboolean is_srtp(const MpMeasurement *media, JsonObject *stage)
{
    (void)media;
    return mp_stage_has_name(stage, "srtp");
}

static void describe_srtp(MpFinding *finding, const MpMeasurement *media)
{
    double sent;
    finding->is_likely = TRUE;
    /* It has the keys and sends nothing. */
    if (fact(media, "srtp", "down", "packets_sent", &sent) && sent == 0)
        finding->owner = MP_OWNER_SERVICE_OPERATOR;
}

void mp_rule_srtp_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_media(diagnosis, rule, is_srtp, describe_srtp);
}

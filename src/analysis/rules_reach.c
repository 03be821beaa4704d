/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which servers and ports the network lets through. Silence alone names nobody: a server that is
 * down and a port that is blocked look the same, until something else answers.
 */
#include "analysis/blame.h"
#include "analysis/rules.h"
#include "analysis/web.h"

static gboolean any(const MpDiagnosis *diagnosis, const MpPick *pick)
{
    return mp_diagnosis_count(diagnosis, pick) > 0;
}

/* Reports what `pick` picks; NULL when that is nothing. */
static MpFinding *report(MpDiagnosis *diagnosis, const MpRule *rule, const MpPick *pick,
                         gboolean is_likely)
{
    g_autoptr(GPtrArray) evidence = mp_diagnosis_pick(diagnosis, pick);
    if (evidence->len == 0)
        return NULL;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    finding->is_likely = is_likely;
    return finding;
}

static gboolean is_lost(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_name(stage, "connect") && mp_stage_reach(stage) == MP_REACH_LOST;
}

/* Over IPv6, where nothing over IPv4 did. */
static gboolean any_answered_over_ipv6(const MpDiagnosis *diagnosis)
{
    for (guint i = 0; i < diagnosis->result->measurements->len; i++) {
        const MpMeasurement *measurement = diagnosis->result->measurements->pdata[i];
        const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
        if (step && mp_step_is_ipv6_beside(step) && mp_port_reach(measurement) == MP_REACH_ANSWERED)
            return TRUE;
    }
    return FALSE;
}

/* Nothing comes back without the proxy, and the proxy is there: this computer is online. */
void mp_rule_only_proxy_answers(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    const guint kept = mp_diagnosis_count(diagnosis, &(MpPick){.reaches = MP_REACHED_LOST});
    gboolean has_proxy = FALSE;
    for (guint i = 0; i < measurements->len; i++)
        has_proxy = has_proxy || mp_evidence_reached_proxy(measurements->pdata[i]);
    if (has_proxy && kept == diagnosis->questions->len)
        report(diagnosis, rule, &(MpPick){.reaches = MP_REACHED_LOST}, TRUE);
}

/* With the servers the hosts of the allow-list are silent, too. */
void mp_rule_nothing_answered(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const MpPick lost = {.reaches = MP_REACHED_LOST};
    const MpPick open_lost = {.reaches = MP_REACHED_LOST, .is_unexplained = TRUE};
    if (mp_diagnosis_count(diagnosis, &lost) < diagnosis->questions->len ||
        any_answered_over_ipv6(diagnosis))
        return;
    g_autoptr(GPtrArray) evidence = mp_diagnosis_pick(diagnosis, &open_lost);
    g_autoptr(GPtrArray) hosts = mp_web_cases(diagnosis, is_lost);
    if (evidence->len == 0)
        return;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    mp_finding_doubt(finding, MP_OWNER_TESTER);
    if (!mp_web_any_answered(diagnosis))
        mp_web_add(diagnosis, finding, hosts);
}

/* A host answers on the other side, so that its closed ports are the network's doing. */
static gboolean is_alive(const MpDiagnosis *diagnosis, const char *host, MpSide side)
{
    return any(diagnosis, &(MpPick){.host = host, .side = side, .reaches = MP_REACHED_ANSWERED});
}

static gboolean is_asked(const MpDiagnosis *diagnosis, const char *host, MpSide side)
{
    return any(diagnosis, &(MpPick){.host = host, .side = side});
}

typedef struct {
    GPtrArray *evidence;        /* MpMeasurement* */
    const MpQuestion *first;    /* NULL: nothing is closed */
    gboolean has_several_ports; /* a port that is not known is one of its own */
    gboolean has_alive;         /* at least one of the hosts answers on the other side */
    MpBlame blame;
} ClosedSide;

static void add_closed(ClosedSide *closed, const MpQuestion *question)
{
    if (!closed->first)
        closed->first = question;
    if (question->port != closed->first->port)
        closed->has_several_ports = TRUE;
    /* Signalling counts, but has a finding of its own: without it media was not seen at all. */
    const gboolean is_signalling = question->side == MP_SIDE_TCP &&
                                   g_str_equal(question->host, MP_RESPONDER);
    if (!is_signalling && !g_ptr_array_find(closed->evidence, question->measurement, NULL))
        g_ptr_array_add(closed->evidence, (gpointer)question->measurement);
}

/* Silence, while the machine refuses on the other side: it is up, and would refuse here as well. */
static gboolean is_kept_from_machine(const MpDiagnosis *diagnosis, const MpQuestion *question,
                                     MpSide other)
{
    return question->reach == MP_REACH_LOST &&
           any(diagnosis,
               &(MpPick){.host = question->host, .side = other, .reaches = MP_REACHED_REFUSED});
}

/* What was kept of one side, without the hosts that are dead on the other side as well: those say
 * nothing about the side. */
static void find_closed(const MpDiagnosis *diagnosis, MpSide side, MpSide other, ClosedSide *closed)
{
    const MpPick pick = {.side = side, .reaches = MP_REACHED_CLOSED, .is_unexplained = TRUE};
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        const gboolean is_up = is_kept_from_machine(diagnosis, question, other);
        const gboolean lives = is_alive(diagnosis, question->host, other);
        if (!mp_diagnosis_picks(diagnosis, &pick, question) ||
            (!lives && !is_up && is_asked(diagnosis, question->host, other)))
            continue;
        add_closed(closed, question);
        closed->has_alive = closed->has_alive || lives;
        mp_blame_add(&closed->blame, diagnosis, question, lives || is_up);
    }
}

/* Every question of the side was kept, while the other side reaches the hosts. One port never
 * stands for a whole protocol. */
static MpFinding *side_blocked(MpDiagnosis *diagnosis, const MpRule *rule, MpSide side,
                               MpSide other)
{
    const MpPick open = {.side = side, .reaches = ~MP_REACHED_CLOSED};
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    ClosedSide closed = {.evidence = evidence};
    find_closed(diagnosis, side, other, &closed);
    if (!closed.has_alive || !closed.has_several_ports || any(diagnosis, &open))
        return NULL;

    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    mp_blame_doubt(finding, mp_blame_is_proved(&closed.blame));
    return finding;
}

void mp_rule_udp_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    /* The ports of servers alone do not speak for the ports of media. */
    const gboolean has_media = is_asked(diagnosis, MP_RESPONDER, MP_SIDE_UDP);
    MpFinding *finding = side_blocked(diagnosis, rule, MP_SIDE_UDP, MP_SIDE_TCP);
    if (finding && !has_media)
        finding->is_likely = TRUE;
}

void mp_rule_tcp_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    side_blocked(diagnosis, rule, MP_SIDE_TCP, MP_SIDE_UDP);
}

/* What the proxy reaches and nobody reaches without it: the host is there and takes TCP, so that it
 * is this site that keeps the straight way. */
void mp_rule_tcp_by_proxy_only(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const MpPick straight = {.other_than_host = MP_RESPONDER,
                             .side = MP_SIDE_TCP,
                             .reaches = MP_REACHED_ANSWERED,
                             .is_straight = TRUE};
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        const MpPick closed = {.side = MP_SIDE_TCP,
                               .reaches = MP_REACHED_CLOSED,
                               .is_unexplained = TRUE,
                               .is_straight = TRUE};
        const MpPick by_proxy = {
            .host = question->host, .reaches = MP_REACHED_ANSWERED, .is_proxied = TRUE};
        if (mp_diagnosis_picks(diagnosis, &closed, question) && any(diagnosis, &by_proxy))
            g_ptr_array_add(evidence, (gpointer)question->measurement);
    }
    if (evidence->len > 0 && !any(diagnosis, &straight))
        mp_diagnosis_report(diagnosis, rule, evidence);
}

static guint count_of_host(const MpDiagnosis *diagnosis, const char *host, guint reaches)
{
    return mp_diagnosis_count(diagnosis, &(MpPick){.host = host, .reaches = reaches});
}

/* Nothing of the server answers, and at least one question came back refused by the machine. */
void mp_rule_server_down(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) hosts = mp_diagnosis_hosts(diagnosis);
    for (guint i = 0; i < hosts->len; i++) {
        const char *host = hosts->pdata[i];
        const MpPick pick = {.host = host, .reaches = MP_REACHED_CLOSED, .is_unexplained = TRUE};
        const MpPick elsewhere = {.other_than_host = host, .reaches = MP_REACHED_ANSWERED};
        const guint n_refused = count_of_host(diagnosis, host, MP_REACHED_REFUSED);
        const guint n_closed = count_of_host(diagnosis, host, MP_REACHED_CLOSED);
        if (n_refused == 0 || n_closed < count_of_host(diagnosis, host, 0))
            continue;
        const gboolean is_proved = n_refused == n_closed && any(diagnosis, &elsewhere);
        MpFinding *finding = report(diagnosis, rule, &pick, !is_proved);
        if (!finding)
            continue;
        finding->hop = g_strdup(host);
        if (!is_proved)
            mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
    }
}

static gboolean was_asked_on_several_ports(const MpDiagnosis *diagnosis, const char *host)
{
    const MpQuestion *first = NULL;
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        if (!g_str_equal(question->host, host))
            continue;
        if (!first)
            first = question;
        if (question->port != first->port || question->side != first->side)
            return TRUE;
    }
    return FALSE;
}

/* Does anything else show that the way to such a server is open? Another server on the same port
 * does; for a server that was asked on several ports, another one on the same side. */
static gboolean is_open_elsewhere(const MpDiagnosis *diagnosis, const char *host)
{
    const gboolean has_several = was_asked_on_several_ports(diagnosis, host);
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        const MpPick elsewhere = {.other_than_host = host,
                                  .side = question->side,
                                  .port = has_several ? 0 : question->port,
                                  .reaches = MP_REACHED_ANSWERED};
        if (g_str_equal(question->host, host) && any(diagnosis, &elsewhere))
            return TRUE;
    }
    return FALSE;
}

void mp_rule_server_silent(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) hosts = mp_diagnosis_hosts(diagnosis);
    for (guint i = 0; i < hosts->len; i++) {
        const char *host = hosts->pdata[i];
        const MpPick pick = {.host = host, .reaches = MP_REACHED_LOST, .is_unexplained = TRUE};
        if (mp_diagnosis_count(diagnosis, &pick) < count_of_host(diagnosis, host, 0) ||
            !is_open_elsewhere(diagnosis, host))
            continue;
        MpFinding *finding = report(diagnosis, rule, &pick, TRUE);
        if (finding)
            mp_blame_silent_host(diagnosis, host, finding);
    }
}

/* One port of servers is closed everywhere, while something answers. */
static void port_blocked(MpDiagnosis *diagnosis, const MpRule *rule, MpSide side, guint16 port)
{
    const MpPick closed = {.other_than_host = MP_RESPONDER,
                           .side = side,
                           .port = port,
                           .reaches = MP_REACHED_CLOSED,
                           .is_unexplained = TRUE};
    const MpPick open = {
        .side = side, .port = port, .reaches = MP_REACHED_ANSWERED, .is_straight = TRUE};
    if (any(diagnosis, &open) || !any(diagnosis, &(MpPick){.reaches = MP_REACHED_ANSWERED}))
        return;

    MpBlame blame = {0};
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        if (mp_diagnosis_picks(diagnosis, &closed, question))
            mp_blame_add(&blame, diagnosis, question,
                         is_alive(diagnosis, question->host, MP_SIDE_ANY));
    }
    MpFinding *finding = report(diagnosis, rule, &closed, FALSE);
    if (finding)
        mp_blame_doubt(finding, mp_blame_is_proved(&blame));
}

void mp_rule_udp_3478_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    port_blocked(diagnosis, rule, MP_SIDE_UDP, 3478);
}

void mp_rule_tcp_3478_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    port_blocked(diagnosis, rule, MP_SIDE_TCP, 3478);
}

void mp_rule_tls_443_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    port_blocked(diagnosis, rule, MP_SIDE_TCP, 443);
}

static gboolean responder_is_reached_by_relay(const MpDiagnosis *diagnosis)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        const MpMeasurement *measurement = measurements->pdata[i];
        const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
        if (step && step->way != MP_WAY_UDP && g_str_equal(step->kind, "media") &&
            mp_stage_reach(mp_measurement_stage(measurement, "ice")) == MP_REACH_ANSWERED)
            return TRUE;
    }
    return FALSE;
}

/* A server answered over UDP, or its machine said itself that nothing listens there. */
static gboolean udp_passes(const MpDiagnosis *diagnosis)
{
    return any(diagnosis, &(MpPick){.other_than_host = MP_RESPONDER,
                                    .side = MP_SIDE_UDP,
                                    .reaches = MP_REACHED_ANSWERED | MP_REACHED_REFUSED});
}

/* UDP to servers passes, UDP to the media peer does not; that the peer takes UDP at all is proved
 * by media through a relay. */
void mp_rule_media_ports_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const MpPick media = {.host = MP_RESPONDER,
                          .side = MP_SIDE_UDP,
                          .reaches = MP_REACHED_CLOSED,
                          .is_unexplained = TRUE};
    const gboolean is_reached = responder_is_reached_by_relay(diagnosis);
    MpFinding *finding = udp_passes(diagnosis) ? report(diagnosis, rule, &media, !is_reached)
                                               : NULL;
    if (finding)
        mp_blame_doubt(finding, is_reached);
}

/* What no rule above could name. */
void mp_rule_other_port_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) hosts = mp_diagnosis_hosts(diagnosis);
    for (guint i = 0; i < hosts->len; i++) {
        const MpPick closed = {
            .host = hosts->pdata[i], .reaches = MP_REACHED_CLOSED, .is_unexplained = TRUE};
        MpFinding *finding = report(diagnosis, rule, &closed, TRUE);
        if (finding)
            mp_blame_doubt(finding, FALSE);
    }
}

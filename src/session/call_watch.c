/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changes under a call.
 */
#include "session/call_watch.h"

#include "base/random.h"
#include "session/ice_checks.h"
#include "wire/stun_registry.h"

/* Longer than a handover or the gaps of a lossy radio; a stream of 50 packets a second never
 * pauses. Once a cause is seen, the call's own gap is enough. */
#define SILENCE MP_SEC(1)
#define SILENCE_IN_TROUBLE MP_MSEC(100)
/* Of a call at rest: three of its packets; for a moment after it, too, until the first ones of a
 * call that is awake come. */
#define SILENCE_AT_REST MP_MSEC(300)
/* What another way leaves in a queue that both share holds them, too. */
#define SILENCE_BESIDE_OTHERS MP_SEC(3)
#define WAKING_TIME MP_MSEC(500)
/* No cause is seen: as long as the longest queues in the field hold packets (Gettys and Nichols,
 * "Bufferbloat", 2011). */
#define RESTART_AFTER MP_SEC(2)
/* An interface that comes up is not ready at once: its routes follow its address. */
#define SETTLE_TIME MP_MSEC(100)
/* Doubled after the first and the second failure. */
#define RETRY_AFTER MP_MSEC(500)
#define MOST_RESTARTS 8
/* Restarts that brought media back for a moment only, without a cause in sight: whatever cuts it
 * will cut it again. */
#define MOST_RELAPSES 2
/* A person hangs up by then. */
#define PATIENCE MP_SEC(12)
#define LAST_PATIENCE MP_SEC(4)
#define CHECK_INTERVAL_IN_TROUBLE MP_MSEC(250)
/* After a nomination: while the agent's own messages come in bursts, an answer to ours may lie
 * behind one of them and go by unseen (session/ice_tap.h). */
#define FIRST_CHECK_AFTER MP_MSEC(300)
/* Checks begin before media is called stopped, so that the cause is known when it is. */
#define SUSPICION MP_MSEC(400)
#define MOST_EVENTS 200

static const char *const names[] = {
    [MP_CALL_ADDRESS_GONE] = "address-gone",       [MP_CALL_ADDRESS_NEW] = "address-new",
    [MP_CALL_MAPPING_CHANGED] = "mapping-changed", [MP_CALL_RELAY_FORGOT] = "relay-forgot",
    [MP_CALL_RELAY_CLOSED] = "relay-closed",       [MP_CALL_MEDIA_STOPPED] = "media-stopped",
    [MP_CALL_MEDIA_RESUMED] = "media-resumed",     [MP_CALL_CONSENT_LOST] = "consent-lost",
    [MP_CALL_RESTART_BEGUN] = "restart-begun",     [MP_CALL_RESTARTED] = "restarted",
    [MP_CALL_RESTART_FAILED] = "restart-failed",   [MP_CALL_SESSION_GONE] = "session-gone",
};

struct _MpCallWatch {
    GArray *events;     /* MpCallEvent */
    MpTime last_media;  /* 0: the watch has not begun */
    MpTime out_since;   /* 0: media flows */
    MpTime outage;      /* of those that are over */
    MpTime advanced;    /* the last time */
    MpTime rests_until; /* and for WAKING_TIME longer; MP_NEVER: it does now */
    MpTime last_check;
    MpTime next_check;
    MpTime next_restart;  /* not before */
    MpTime restart_began; /* 0: none is under way */
    MpTime restarted;     /* the last one; 0: none */
    guint restarts;
    guint failures;    /* in a row */
    guint relapses;    /* restarts that succeeded with no cause seen before them */
    MpAddress seen[2]; /* our address as the far end, and as the relay, saw it last */
    /* Until a restart has ended it: */
    gboolean has_cause; /* something was seen that stops media */
    gboolean is_remapped;
    gboolean is_forgotten;
    gboolean is_unheard; /* by the far end */
    gboolean is_gone;
    gboolean is_over;
};

const char *mp_call_event_name(MpCallEventKind kind)
{
    return names[kind];
}

MpCallWatch *mp_call_watch_new(void)
{
    MpCallWatch *watch = g_new0(MpCallWatch, 1);
    watch->events = g_array_new(FALSE, FALSE, sizeof(MpCallEvent));
    return watch;
}

void mp_call_watch_free(MpCallWatch *watch)
{
    if (!watch)
        return;
    g_array_unref(watch->events);
    g_free(watch);
}

static gboolean is_watching(const MpCallWatch *watch)
{
    return watch->last_media && !watch->is_over;
}

static void add(MpCallWatch *watch, const MpCallEvent *event)
{
    if (watch->events->len < MOST_EVENTS)
        g_array_append_val(watch->events, *event);
}

gboolean mp_call_watch_is_troubled(const MpCallWatch *watch)
{
    return is_watching(watch) && (watch->out_since || watch->has_cause);
}

static gboolean is_at_rest(const MpCallWatch *watch, MpTime now)
{
    return watch->rests_until == MP_NEVER ||
           (watch->rests_until && now - watch->rests_until < WAKING_TIME);
}

/* Shorter than it is no gap, whatever happened. */
static MpTime least_silence(const MpCallWatch *watch, MpTime now)
{
    return is_at_rest(watch, now) ? SILENCE_AT_REST : SILENCE_IN_TROUBLE;
}

static MpTime silence_limit(const MpCallWatch *watch, MpTime now)
{
    if (watch->has_cause || watch->restart_began)
        return least_silence(watch, now);
    return is_at_rest(watch, now) ? SILENCE_BESIDE_OTHERS : SILENCE;
}

static void notice_silence(MpCallWatch *watch, MpTime now)
{
    if (watch->out_since || now - watch->last_media < silence_limit(watch, now))
        return;
    const MpCallEvent stopped = {.kind = MP_CALL_MEDIA_STOPPED, .when = watch->last_media};
    watch->out_since = watch->last_media;
    add(watch, &stopped);
}

void mp_call_watch_note_media(MpCallWatch *watch, MpTime now)
{
    if (watch->is_over)
        return;
    if (!watch->last_media)
        watch->next_check = now + FIRST_CHECK_AFTER;
    else
        notice_silence(watch, now);
    if (watch->out_since) {
        const MpCallEvent resumed = {
            .kind = MP_CALL_MEDIA_RESUMED, .when = now, .span = now - watch->out_since};
        watch->outage += resumed.span;
        watch->out_since = 0;
        add(watch, &resumed);
    }
    watch->last_media = now;
}

void mp_call_watch_note_rest(MpCallWatch *watch, MpTime now, gboolean is_resting)
{
    if (is_resting)
        watch->rests_until = MP_NEVER;
    else if (watch->rests_until == MP_NEVER)
        watch->rests_until = now;
}

void mp_call_watch_note_heard(MpCallWatch *watch, gboolean is_heard)
{
    watch->is_unheard = !is_heard;
}

void mp_call_watch_end(MpCallWatch *watch, MpTime now)
{
    if (!is_watching(watch))
        return;
    notice_silence(watch, now);
    if (watch->out_since)
        watch->outage += now - watch->out_since;
    watch->is_over = TRUE;
}

static void note_cause(MpCallWatch *watch, MpTime now, const MpCallEvent *event)
{
    add(watch, event);
    watch->has_cause = TRUE;
    watch->next_check = now;
}

void mp_call_watch_note_address(MpCallWatch *watch, MpTime now, const MpAddress *address,
                                gboolean is_new, gboolean is_ours)
{
    if (!is_watching(watch))
        return;
    const MpCallEvent event = {.kind = is_new ? MP_CALL_ADDRESS_NEW : MP_CALL_ADDRESS_GONE,
                               .when = now,
                               .address = *address,
                               .is_ours = is_ours};
    if (!is_new && is_ours)
        note_cause(watch, now, &event);
    else
        add(watch, &event);
    watch->next_restart = now + SETTLE_TIME;
}

void mp_call_watch_note_mapping(MpCallWatch *watch, MpTime now, const MpAddress *mapped,
                                gboolean is_by_relay)
{
    if (watch->is_over)
        return;
    MpAddress *seen = &watch->seen[is_by_relay ? 1 : 0];
    const MpCallEvent event = {.kind = MP_CALL_MAPPING_CHANGED,
                               .when = now,
                               .address = *mapped,
                               .before = *seen,
                               .is_relayed = is_by_relay};
    if (seen->family != MP_FAMILY_NONE && !mp_address_equal(seen, mapped)) {
        watch->is_remapped = TRUE;
        note_cause(watch, now, &event);
    }
    *seen = *mapped;
}

void mp_call_watch_note_relay(MpCallWatch *watch, MpTime now, guint code)
{
    const MpCallEvent event = {.kind = MP_CALL_RELAY_FORGOT, .when = now, .code = code};
    /* A NAT that shows us as another client explains it. */
    if (code != MP_STUN_ERROR_ALLOCATION_MISMATCH || !is_watching(watch) || watch->is_remapped ||
        watch->is_forgotten)
        return;
    watch->is_forgotten = TRUE;
    note_cause(watch, now, &event);
}

void mp_call_watch_note_failure(MpCallWatch *watch, MpTime now, gboolean is_connection_closed)
{
    const MpCallEvent event = {
        .kind = is_connection_closed ? MP_CALL_RELAY_CLOSED : MP_CALL_CONSENT_LOST, .when = now};
    if (is_watching(watch))
        note_cause(watch, now, &event);
}

void mp_call_watch_note_restart_begun(MpCallWatch *watch, MpTime now)
{
    const MpCallEvent event = {.kind = MP_CALL_RESTART_BEGUN, .when = now};
    watch->restart_began = now;
    watch->restarts++;
    add(watch, &event);
}

void mp_call_watch_note_restarted(MpCallWatch *watch, MpTime now, const MpAddress *local,
                                  const MpAddress *remote)
{
    const MpCallEvent event = {.kind = MP_CALL_RESTARTED,
                               .when = now,
                               .address = *local,
                               .before = *remote,
                               .span = now - watch->restart_began};
    notice_silence(watch, now);
    watch->restart_began = 0;
    watch->restarted = now;
    watch->failures = 0;
    watch->relapses += watch->has_cause ? 0 : 1;
    watch->has_cause = watch->is_remapped = watch->is_forgotten = FALSE;
    watch->next_check = now + FIRST_CHECK_AFTER;
    /* The new pair has other sockets: what a NAT shows them as is new. */
    for (gsize i = 0; i < G_N_ELEMENTS(watch->seen); i++)
        watch->seen[i] = (MpAddress){0};
    add(watch, &event);
}

void mp_call_watch_note_restart_failed(MpCallWatch *watch, MpTime now, guint code,
                                       const char *detail, gboolean is_gone)
{
    const MpCallEvent event = {.kind = is_gone ? MP_CALL_SESSION_GONE : MP_CALL_RESTART_FAILED,
                               .when = now,
                               .span = now - watch->restart_began,
                               .code = code,
                               .detail = detail};
    notice_silence(watch, now);
    watch->restart_began = 0;
    watch->next_restart = now + RETRY_AFTER * (1 << MIN(watch->failures, 2u));
    watch->failures++;
    watch->is_gone = is_gone;
    add(watch, &event);
}

static gboolean is_suspicious(const MpCallWatch *watch, MpTime now)
{
    return watch->has_cause || watch->is_unheard || now - watch->last_media >= SUSPICION;
}

MpTime mp_call_watch_deadline(const MpCallWatch *watch)
{
    if (!is_watching(watch))
        return MP_NEVER;
    MpTime deadline = watch->next_check;
    if (!watch->out_since)
        deadline = MIN(deadline, watch->last_media + silence_limit(watch, watch->advanced));
    if (watch->last_media + SUSPICION > watch->advanced)
        deadline = MIN(deadline, watch->last_media + SUSPICION);
    return deadline;
}

static MpTime consent_wait(void)
{
    return MP_CONSENT_INTERVAL * 8 / 10 +
           (MpTime)(mp_random_u32() % (guint32)(MP_CONSENT_INTERVAL * 4 / 10));
}

gboolean mp_call_watch_advance(MpCallWatch *watch, MpTime now)
{
    if (!is_watching(watch))
        return FALSE;
    watch->advanced = now;
    notice_silence(watch, now);
    gboolean is_urgent = is_suspicious(watch, now);
    if (is_urgent)
        watch->next_check = MIN(watch->next_check,
                                MAX(now, watch->last_check + CHECK_INTERVAL_IN_TROUBLE));
    if (now < watch->next_check)
        return FALSE;
    watch->last_check = now;
    watch->next_check = now + (is_urgent ? CHECK_INTERVAL_IN_TROUBLE : consent_wait());
    return TRUE;
}

gboolean mp_call_watch_is_relapsing(const MpCallWatch *watch)
{
    return !watch->has_cause && watch->relapses >= MOST_RELAPSES;
}

static gboolean is_exhausted(const MpCallWatch *watch)
{
    return watch->restarts >= MOST_RESTARTS || mp_call_watch_is_relapsing(watch);
}

gboolean mp_call_watch_wants_restart(const MpCallWatch *watch, MpTime now)
{
    if (!is_watching(watch) || watch->restart_began || watch->is_gone || is_exhausted(watch) ||
        now < watch->next_restart)
        return FALSE;
    return watch->has_cause ||
           (watch->out_since && now - MAX(watch->last_media, watch->restarted) >= RESTART_AFTER);
}

gboolean mp_call_watch_is_quiet(const MpCallWatch *watch, MpTime now)
{
    return is_watching(watch) && now - watch->last_media >= least_silence(watch, now);
}

gboolean mp_call_watch_has_given_up(const MpCallWatch *watch, MpTime now)
{
    if (!is_watching(watch) || !watch->out_since || watch->restart_began)
        return FALSE;
    return watch->is_gone ||
           now - watch->last_media >= (is_exhausted(watch) ? LAST_PATIENCE : PATIENCE);
}

gboolean mp_call_watch_is_gone(const MpCallWatch *watch)
{
    return watch->is_gone;
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    MpTime first = ((const MpCallEvent *)a)->when;
    MpTime second = ((const MpCallEvent *)b)->when;
    return first < second ? -1 : first > second;
}

const GArray *mp_call_watch_events(MpCallWatch *watch)
{
    g_array_sort(watch->events, by_time);
    return watch->events;
}

MpTime mp_call_watch_outage(const MpCallWatch *watch, MpTime now)
{
    return watch->outage + (is_watching(watch) && watch->out_since ? now - watch->out_since : 0);
}

gboolean mp_call_watch_has_begun(const MpCallWatch *watch)
{
    return watch->last_media != 0;
}

guint mp_call_watch_restarts(const MpCallWatch *watch)
{
    return watch->restarts;
}

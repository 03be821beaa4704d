/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-loop over TCP and TLS: some workers, each with one connection and one question at a
 * time.
 */
#include "probe/relay_run.h"

#include "base/clock.h"

/* While the answer may come straight or through the server, each is looked at so often. */
#define LOOK_EVERY MP_MSEC(5)
#define IDLE_WAIT MP_MSEC(50)
/* IPv4 and TCP, with RFC 7323's timestamps. */
#define IP_TCP_HEADERS 52

typedef struct {
    MpRelayRun *run;
    GMutex lock;           /* of the run and of `first` */
    MpNetTransport *first; /* open, for whoever comes first; NULL: taken */
    MpAddress server;
} Crew;

typedef struct {
    Crew *crew;
    MpRelayStraight straight;
    MpNetTransport *transport;
    MpRelayTrip *trip;
    guint64 sent;
    guint64 sent_bytes;
} Worker;

static gboolean send_one(Worker *worker, const MpRelaySend *send, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    worker->sent++;
    if (send->is_straight)
        return mp_relay_straight_send(&worker->straight, send, &worker->sent_bytes, status);
    worker->sent_bytes += send->message.length + IP_TCP_HEADERS;
    return mp_net_transport_send(worker->transport, send->message, limit, status);
}

static void take_straight(Worker *worker)
{
    MpAddress from;
    MpBytes payload;
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        while (mp_datagram_take(worker->straight.sockets[i], &from, &payload))
            mp_relay_trip_take(worker->trip, &from, payload, mp_clock_now());
}

/* A message cut in two by the moment of looking is no fault; one that is none ends it at once. */
static void take_control(Worker *worker, MpTime until)
{
    MpBytes message;
    MpNetStatus status = {.outcome = MP_NET_DONE};
    const MpNetLimit limit = {.deadline = until, .cancellable = worker->crew->run->cancellable};
    if (mp_net_transport_receive(worker->transport, &message, &limit, &status))
        mp_relay_trip_receive(worker->trip, message, mp_clock_now());
    else if (status.outcome != MP_NET_SILENT)
        mp_relay_trip_break(worker->trip, status.detail, mp_clock_now());
}

static void converse(Worker *worker)
{
    const MpRelayRun *run = worker->crew->run;
    const MpNetLimit limit = {.deadline = run->deadline, .cancellable = run->cancellable};
    while (mp_relay_trip_stage(worker->trip) != MP_RELAY_OVER) {
        MpRelaySend send;
        MpNetStatus status = {0};
        const MpTime now = mp_clock_now();
        while (mp_relay_trip_advance(worker->trip, now, &send))
            if (!send_one(worker, &send, &limit, &status))
                mp_relay_trip_break(worker->trip, status.detail, now);
        if (now >= run->deadline)
            mp_relay_trip_break(worker->trip, "no time was left", now);
        const gboolean is_talking = mp_relay_trip_stage(worker->trip) == MP_RELAY_TALKING;
        const MpTime due = MIN(mp_relay_trip_deadline(worker->trip), run->deadline);
        if (due == MP_NEVER)
            return;
        take_control(worker, is_talking ? MIN(due, now + LOOK_EVERY) : due);
        take_straight(worker);
    }
}

static MpNetTransport *open_transport(Worker *worker, MpNetStatus *status)
{
    Crew *crew = worker->crew;
    const MpNetTransport known = {.peer = crew->server};
    const MpNetLimit limit = {.deadline = crew->run->deadline,
                              .cancellable = crew->run->cancellable};
    g_mutex_lock(&crew->lock);
    MpNetTransport *transport = g_steal_pointer(&crew->first);
    g_mutex_unlock(&crew->lock);
    return transport ? transport : mp_dial_again(&known, crew->run->goal, &limit, status);
}

static void ask_one(Worker *worker, const MpRelaySettings *settings)
{
    MpNetStatus status = {0};
    worker->transport = open_transport(worker, &status);
    worker->trip = mp_relay_trip_new(settings, mp_clock_now());
    if (worker->transport)
        converse(worker);
    mp_relay_trip_break(worker->trip, status.detail, mp_clock_now());
    mp_relay_trip_break(worker->trip, status.detail, mp_clock_now());
    g_clear_pointer(&worker->transport, mp_net_transport_free);
}

static void tell(Worker *worker)
{
    MpRelayRun *run = worker->crew->run;
    const MpRelayTripAnswer *answer = mp_relay_trip_answer(worker->trip);
    g_mutex_lock(&worker->crew->lock);
    mp_relay_loop_take(run->loop, answer, mp_clock_now());
    if (answer->mapped.family != MP_FAMILY_NONE)
        mp_relay_straight_add_mapped(run->straight, &answer->mapped);
    run->sent += worker->sent;
    run->sent_bytes += worker->sent_bytes;
    g_mutex_unlock(&worker->crew->lock);
    worker->sent = worker->sent_bytes = 0;
    g_clear_pointer(&worker->trip, mp_relay_trip_free);
}

/* FALSE: there is nothing more to do. */
static gboolean await_turn(Worker *worker, MpRelaySettings *settings)
{
    MpRelayRun *run = worker->crew->run;
    for (;;) {
        const MpTime now = mp_clock_now();
        g_mutex_lock(&worker->crew->lock);
        *settings = mp_relay_run_settings(run, TRUE);
        const gboolean begins = mp_relay_loop_begin(run->loop, now, settings);
        const MpTime next = mp_relay_loop_deadline(run->loop);
        const gboolean is_ended = mp_relay_loop_facts(run->loop)->end != MP_RELAY_GOING;
        g_mutex_unlock(&worker->crew->lock);
        if (begins)
            return TRUE;
        if (is_ended || now >= run->deadline || g_cancellable_is_cancelled(run->cancellable))
            return FALSE;
        g_usleep((gulong)(CLAMP(next - now, MP_MSEC(1), IDLE_WAIT) / 1000));
    }
}

static gpointer work(gpointer user_data)
{
    Worker worker = {.crew = user_data};
    MpRelaySettings settings;
    MpNetStatus status = {0};
    if (mp_relay_straight_open(&worker.straight, &worker.crew->server, &status))
        while (await_turn(&worker, &settings)) {
            ask_one(&worker, &settings);
            tell(&worker);
        }
    mp_relay_straight_clear(&worker.straight);
    return NULL;
}

void mp_relay_run_streams(MpRelayRun *run, MpNetTransport *first, guint n_workers)
{
    Crew crew = {.run = run, .first = first, .server = first->peer};
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    g_mutex_init(&crew.lock);
    for (guint i = 0; i < n_workers; i++)
        g_ptr_array_add(threads, g_thread_new("relay", work, &crew));
    for (guint i = 0; i < threads->len; i++)
        g_thread_join(g_ptr_array_index(threads, i));
    mp_net_transport_free(crew.first);
    g_mutex_clear(&crew.lock);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-loop over UDP: hundreds of 5-tuples to the server at once, in one thread.
 */
#include "probe/relay_run.h"

#include "base/clock.h"
#include "net/udp_bundle.h"

/* How often deadlines are looked at: finer would cost more than it gains. */
#define TICK MP_MSEC(1)
#define LOOK_EVERY MP_MSEC(50)
#define N_READY 256
#define IP_UDP_HEADERS 28
#define MAX_MESSAGE 2048

typedef struct {
    MpRelayTrip *trip;
    int fd; /* -1: none could be had */
    guint index;
} Asked;

typedef struct {
    MpRelayRun *run;
    MpUdpBundle *bundle;
    GPtrArray *asked;                /* Asked*, under way */
    Asked *by_port[G_MAXUINT16 + 1]; /* by the port of the relay; lent */
    MpTime next_look;
} Crowd;

static void crowd_free(Crowd *crowd)
{
    for (guint i = 0; i < crowd->asked->len; i++) {
        Asked *asked = g_ptr_array_index(crowd->asked, i);
        mp_udp_bundle_close(crowd->bundle, asked->fd);
        mp_relay_trip_free(asked->trip);
        g_free(asked);
    }
    g_ptr_array_unref(crowd->asked);
    mp_udp_bundle_free(crowd->bundle);
    g_free(crowd);
}

static gboolean send_one(Crowd *crowd, Asked *asked, const MpRelaySend *send, MpNetStatus *status)
{
    MpRelayRun *run = crowd->run;
    run->sent++;
    if (send->is_straight)
        return mp_relay_straight_send(run->straight, send, &run->sent_bytes, status);
    run->sent_bytes += send->message.length + IP_UDP_HEADERS;
    return asked->fd >= 0 && mp_udp_bundle_send(asked->fd, send->message, status);
}

/* Sends all that is due. */
static void pump(Crowd *crowd, Asked *asked)
{
    MpRelaySend send;
    MpNetStatus status = {0};
    const MpTime now = mp_clock_now();
    while (mp_relay_trip_advance(asked->trip, now, &send))
        if (!send_one(crowd, asked, &send, &status))
            mp_relay_trip_break(asked->trip, status.detail, now);
    const MpRelayTripAnswer *answer = mp_relay_trip_answer(asked->trip);
    if (answer->relayed.family != MP_FAMILY_NONE)
        crowd->by_port[answer->relayed.port] = asked;
    const gboolean is_over = mp_relay_trip_stage(asked->trip) == MP_RELAY_OVER;
    crowd->next_look = MIN(crowd->next_look, is_over ? now : mp_relay_trip_deadline(asked->trip));
}

static void remove_if_over(Crowd *crowd, Asked *asked)
{
    if (mp_relay_trip_stage(asked->trip) != MP_RELAY_OVER)
        return;
    const MpRelayTripAnswer *answer = mp_relay_trip_answer(asked->trip);
    mp_relay_loop_take(crowd->run->loop, answer, mp_clock_now());
    if (answer->mapped.family != MP_FAMILY_NONE)
        mp_relay_straight_add_mapped(crowd->run->straight, &answer->mapped);
    if (crowd->by_port[answer->relayed.port] == asked)
        crowd->by_port[answer->relayed.port] = NULL;
    g_ptr_array_remove_index_fast(crowd->asked, asked->index);
    if (asked->index < crowd->asked->len)
        ((Asked *)g_ptr_array_index(crowd->asked, asked->index))->index = asked->index;
    mp_udp_bundle_close(crowd->bundle, asked->fd);
    mp_relay_trip_free(asked->trip);
    g_free(asked);
}

static void begin_due(Crowd *crowd)
{
    MpRelaySettings settings = mp_relay_run_settings(crowd->run, FALSE);
    MpTime now = mp_clock_now();
    while (mp_relay_loop_begin(crowd->run->loop, now, &settings)) {
        MpNetStatus status = {0};
        Asked *asked = g_new0(Asked, 1);
        asked->trip = mp_relay_trip_new(&settings, now);
        asked->fd = mp_udp_bundle_open(crowd->bundle, asked, &status);
        asked->index = crowd->asked->len;
        g_ptr_array_add(crowd->asked, asked);
        if (asked->fd < 0)
            mp_relay_trip_break(asked->trip, status.detail, now);
        pump(crowd, asked);
    }
}

static void take_control(Crowd *crowd, Asked *asked)
{
    guint8 buffer[MAX_MESSAGE];
    MpBytes message;
    MpNetStatus status = {.outcome = MP_NET_DONE};
    while (mp_udp_bundle_receive(asked->fd, buffer, sizeof buffer, &message, &status))
        mp_relay_trip_receive(asked->trip, message, mp_clock_now());
    if (status.outcome != MP_NET_DONE)
        mp_relay_trip_break(asked->trip, status.detail, mp_clock_now());
    pump(crowd, asked);
    remove_if_over(crowd, asked);
}

static void take_straight(Crowd *crowd, MpDatagram *socket)
{
    MpAddress from;
    MpBytes payload;
    while (mp_datagram_take(socket, &from, &payload)) {
        Asked *asked = crowd->by_port[from.port];
        if (!asked)
            continue;
        mp_relay_trip_take(asked->trip, &from, payload, mp_clock_now());
        pump(crowd, asked);
    }
}

static gboolean is_straight(const Crowd *crowd, gconstpointer owner)
{
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        if (crowd->run->straight->sockets[i] == owner)
            return TRUE;
    return FALSE;
}

static void take_what_comes(Crowd *crowd)
{
    gpointer owners[N_READY];
    const MpTime now = mp_clock_now();
    const MpTime next = MIN(mp_relay_loop_deadline(crowd->run->loop), crowd->next_look);
    const MpNetLimit limit = {.deadline = CLAMP(next, now + TICK / 4, now + LOOK_EVERY),
                              .cancellable = crowd->run->cancellable};
    const guint count = mp_udp_bundle_wait(crowd->bundle, &limit, owners, N_READY);
    for (guint i = 0; i < count; i++)
        if (is_straight(crowd, owners[i]))
            take_straight(crowd, owners[i]);
        else
            take_control(crowd, owners[i]);
}

/* From the end, since those that are over leave. */
static void look_at_deadlines(Crowd *crowd)
{
    const MpTime now = mp_clock_now();
    if (now < crowd->next_look)
        return;
    crowd->next_look = MP_NEVER;
    for (guint i = crowd->asked->len; i > 0; i--) {
        Asked *asked = g_ptr_array_index(crowd->asked, i - 1);
        const MpTime due = mp_relay_trip_deadline(asked->trip);
        if (due <= now)
            pump(crowd, asked);
        else
            crowd->next_look = MIN(crowd->next_look, due);
        remove_if_over(crowd, asked);
    }
    crowd->next_look = MAX(crowd->next_look, now + TICK);
}

/* What is under way when time is up is given back, as far as one message does it. */
static void break_all(Crowd *crowd)
{
    for (guint i = 0; i < crowd->asked->len; i++) {
        Asked *asked = g_ptr_array_index(crowd->asked, i);
        mp_relay_trip_break(asked->trip, "interrupted", mp_clock_now());
        pump(crowd, asked);
    }
}

static gboolean watch_straight(Crowd *crowd, MpNetStatus *status)
{
    MpDatagram *const *sockets = crowd->run->straight->sockets;
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        if (!mp_udp_bundle_watch(crowd->bundle, mp_datagram_fd(sockets[i]), sockets[i], status))
            return FALSE;
    return TRUE;
}

static void converse(Crowd *crowd)
{
    const MpRelayRun *run = crowd->run;
    while (begin_due(crowd), !mp_relay_loop_is_over(run->loop)) {
        if (mp_clock_now() >= run->deadline || g_cancellable_is_cancelled(run->cancellable))
            break;
        take_what_comes(crowd);
        look_at_deadlines(crowd);
    }
    break_all(crowd);
}

gboolean mp_relay_run_datagrams(MpRelayRun *run, const MpAddress *server, MpNetStatus *status)
{
    Crowd *crowd = g_new0(Crowd, 1);
    crowd->run = run;
    crowd->asked = g_ptr_array_new();
    crowd->next_look = MP_NEVER;
    crowd->bundle = mp_udp_bundle_new(server, status);
    const gboolean is_ready = crowd->bundle && watch_straight(crowd, status);
    if (is_ready)
        converse(crowd);
    crowd_free(crowd);
    return is_ready;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The port map that needs a far end: every port of the range asked, or a sample of them, from one
 * local port, so that the site's NAT has one mapping to keep; and from a second one, ports that are
 * known to be open.
 */
#include <math.h>
#include <poll.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "model/port_map.h"
#include "model/port_plan.h"
#include "net/resolver.h"
#include "net/udp_batch.h"
#include "probe/dial.h"
#include "probe/ports_sweep_packet.h"
#include "probe/probe.h"
#include "stats/proportion.h"

/* The probe returns before its deadline. */
#define MARGIN MP_MSEC(50)
/* What is polled for no longer: an interruption must be heard. */
#define LOOK_EVERY MP_MSEC(50)
/* A wait shorter than this is not worth a system call. */
#define SHORTEST_WAIT MP_USEC(30)
/* For room in the send buffer. */
#define BUSY_WAIT_MS 5
#define BUSY_TRIES 20
/* Under 2 Mbps, headers included: less than a video call. */
#define GENTLE_BPS 1990000.0
/* Of a sample, beside other steps: a third of a megabit. */
#define SAMPLE_RATE 400

/* Questions, and controls: see MpPortQuestion. */
#define N_BATCHES 2

typedef struct {
    MpUdpBatch *batches[N_BATCHES];
    MpPortSweep *sweep;
    MpSweepRange range;
    GArray *sample;       /* MpPortSample; NULL: every port of the range is asked about */
    GArray *sample_ports; /* guint16: the same, for the range */
    MpSweepIdentity identity;
    guint header_size; /* of IP and UDP */
    guint32 overflows;
    guint n_refused;    /* datagrams that this computer did not let out */
    guint32 unanswered; /* that the far end left unanswered because they came too fast */
    guint8 packets[MP_UDP_BATCH][MP_SWEEP_LARGEST_QUESTION];
} Sweep;

static void sweep_free(Sweep *sweep)
{
    for (guint i = 0; i < N_BATCHES; i++)
        mp_udp_batch_free(sweep->batches[i]);
    mp_port_sweep_free(sweep->sweep);
    g_clear_pointer(&sweep->sample, g_array_unref);
    g_clear_pointer(&sweep->sample_ports, g_array_unref);
    mp_stamp_key_free(sweep->identity.key);
    g_free(sweep);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sweep, sweep_free)

/* -- one turn of the loop ---------------------------------------------------------------------- */

static void take(Sweep *sweep, const MpUdpIn *in, MpTime arrived)
{
    MpSweepAnswer answer;
    if (!mp_sweep_answer_read(&answer, &sweep->identity, in->bytes))
        return;
    if (answer.about == MP_SWEEP_ABOUT_PORT) {
        mp_port_sweep_answer(sweep->sweep, answer.sequence, in->port, arrived);
        return;
    }
    sweep->unanswered = MAX(sweep->unanswered, answer.unanswered);
    const MpPortQuestion about = {.sequence = answer.sequence,
                                  .port = in->port,
                                  .about = answer.about,
                                  .first = answer.first,
                                  .n_ports = answer.n_ports};
    mp_port_sweep_told(sweep->sweep, &about, answer.bits);
}

/* The kernel's stamps are on another clock, which may step: none is later than now. */
static void receive_from(Sweep *sweep, MpUdpBatch *batch)
{
    MpUdpIn in[MP_UDP_BATCH];
    gboolean more = TRUE;
    while (more) {
        guint n = mp_udp_batch_receive(batch, in, &more);
        MpTime now = mp_clock_now();
        MpTime ahead = mp_clock_realtime() - now;
        for (guint i = 0; i < n; i++) {
            MpTime arrived = in[i].stamp ? MIN(in[i].stamp - ahead, now) : now;
            take(sweep, &in[i], arrived);
        }
    }
}

static void receive_all(Sweep *sweep)
{
    guint32 overflows = 0;
    for (guint i = 0; i < N_BATCHES; i++) {
        receive_from(sweep, sweep->batches[i]);
        overflows += mp_udp_batch_overflows(sweep->batches[i]);
    }
    if (overflows != sweep->overflows)
        mp_port_sweep_overflow(sweep->sweep, mp_clock_now());
    sweep->overflows = overflows;
}

static void wait_for_room(MpUdpBatch *batch)
{
    struct pollfd descriptor = {.fd = mp_udp_batch_fd(batch), .events = POLLOUT};
    (void)poll(&descriptor, 1, BUSY_WAIT_MS);
}

/* How many were sent, or refused: what this computer does not let out was asked all the same, for
 * its firewall is part of the path. */
static guint send_batch(Sweep *sweep, MpUdpBatch *batch, const MpUdpOut *out, guint n)
{
    guint sent = 0;
    for (guint tries = 0; sent < n && tries < BUSY_TRIES;) {
        MpUdpBatchEnd end;
        sent += mp_udp_batch_send(batch, out + sent, n - sent, &end);
        if (end == MP_UDP_BATCH_REFUSED) {
            sweep->n_refused++;
            sent++;
        } else if (end == MP_UDP_BATCH_BUSY) {
            tries++;
            wait_for_room(batch);
        }
    }
    return sent;
}

static void send_all(Sweep *sweep, const MpPortQuestion *questions, guint n)
{
    MpUdpOut out[N_BATCHES][MP_UDP_BATCH];
    guint32 sequences[N_BATCHES][MP_UDP_BATCH];
    guint n_out[N_BATCHES] = {0};
    MpTime realtime = mp_clock_realtime();
    for (guint i = 0; i < n; i++) {
        guint which = questions[i].is_control ? 1 : 0;
        guint place = n_out[which]++;
        gsize length = mp_sweep_question_write(sweep->packets[i], &sweep->identity, &questions[i],
                                               realtime);
        out[which][place] = (MpUdpOut){questions[i].port, {sweep->packets[i], length}};
        sequences[which][place] = questions[i].sequence;
    }
    for (guint which = 0; which < N_BATCHES; which++) {
        guint sent = send_batch(sweep, sweep->batches[which], out[which], n_out[which]);
        while (sent < n_out[which])
            mp_port_sweep_unsent(sweep->sweep, sequences[which][sent++]);
    }
}

static void wait_until(const Sweep *sweep, MpTime until)
{
    MpTime left = MIN(until - mp_clock_now(), LOOK_EVERY);
    if (left < SHORTEST_WAIT)
        return;
    struct pollfd descriptors[N_BATCHES];
    for (guint i = 0; i < N_BATCHES; i++)
        descriptors[i] = (struct pollfd){.fd = mp_udp_batch_fd(sweep->batches[i]),
                                         .events = POLLIN};
    struct timespec timeout = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
    (void)ppoll(descriptors, N_BATCHES, &timeout, NULL);
}

/* TRUE when the sweep came to its own end. */
static gboolean run_loop(Sweep *sweep, const MpNetLimit *limit)
{
    MpPortQuestion questions[MP_UDP_BATCH];
    for (;;) {
        receive_all(sweep);
        MpTime now = mp_clock_now();
        guint n = mp_port_sweep_next(sweep->sweep, now, questions, MP_UDP_BATCH);
        send_all(sweep, questions, n);
        MpTime next = mp_port_sweep_deadline(sweep->sweep, now);
        if (next == MP_NEVER)
            return TRUE;
        if (now >= limit->deadline || g_cancellable_is_cancelled(limit->cancellable))
            return FALSE;
        wait_until(sweep, next);
    }
}

/* -- what is told ------------------------------------------------------------------------------ */

static const MpPortState states[] = {
    [MP_SWEPT_UNDECIDED] = MP_PORT_UNKNOWN, [MP_SWEPT_ANSWERED] = MP_PORT_OPEN,
    [MP_SWEPT_SILENT] = MP_PORT_BLOCKED,    [MP_SWEPT_UNSEEN] = MP_PORT_BLOCKED_OUT,
    [MP_SWEPT_SEEN] = MP_PORT_BLOCKED_IN,
};

static void set_known(JsonObject *facts, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(facts, name, value);
}

static void set_facts(JsonObject *facts, const Sweep *sweep, const MpPortSweepFacts *found)
{
    if (found->rtt_least > 0)
        json_object_set_double_member(facts, "rtt_ms", mp_time_to_ms(found->rtt_least));
    set_known(facts, "loss_out_percent", found->loss_out * 100);
    json_object_set_int_member(facts, "rounds", found->n_rounds);
    json_object_set_int_member(facts, "rate_cuts", found->n_cuts);
    if (found->greatest_rate > 0)
        json_object_set_double_member(facts, "greatest_rate_pps", round(found->greatest_rate));
    json_object_set_int_member(facts, "receive_buffer_bytes",
                               (gint64)mp_udp_batch_receive_buffer(sweep->batches[0]));
    json_object_set_int_member(facts, "dropped_here", sweep->overflows);
    json_object_set_int_member(facts, "refused_here", sweep->n_refused);
    json_object_set_int_member(facts, "unanswered_for_haste", sweep->unanswered);
}

/* One port by lot of each of as many equal parts: the chance that all of them miss what is blocked
 * is no greater than with as many lots from the whole range (Hoeffding 1956), so that the bound for
 * these holds. A silent port that is not decided may be blocked. NAN: every port was asked, or none
 * answered. */
static double blocked_bound(const Sweep *sweep, const MpPortMap *map)
{
    guint n_asked = 0;
    guint n_open = 0;
    for (guint i = 0; sweep->sample && i < sweep->sample->len; i++) {
        const MpPortSample *sample = &g_array_index(sweep->sample, MpPortSample, i);
        if (!sample->is_drawn || !mp_port_sweep_has_asked(sweep->sweep, sample->port))
            continue;
        n_asked++;
        n_open += map->states[sample->port] == MP_PORT_OPEN;
    }
    return n_open > 0 ? mp_proportion_upper(n_asked - n_open, n_asked) : NAN;
}

static void write_map(JsonObject *facts, const Sweep *sweep, MpTime took, gboolean is_complete)
{
    const MpPortSweepFacts found = mp_port_sweep_facts(sweep->sweep);
    g_autoptr(MpPortMap)
        map = mp_port_map_new(MP_PORT_METHOD_FAR_END, sweep->range.first, sweep->range.last);
    for (guint port = map->first; port <= map->last; port++)
        map->states[port] = states[mp_port_sweep_verdict(sweep->sweep, (guint16)port)];
    map->is_sample = sweep->sample != NULL;
    map->blocked_bound = blocked_bound(sweep, map);
    map->n_asked = found.n_asked;
    map->n_sent = found.n_sent;
    map->sent_bytes = found.sent_bytes;
    map->took = took;
    map->wrong_bound = found.wrong_bound;
    map->loss_percent = found.loss * 100;
    map->is_cut_short = !is_complete;
    mp_port_map_write(map, facts);
    set_facts(facts, sweep, &found);
}

/* -- from the step to the sweep ---------------------------------------------------------------- */

static void draw_sample(Sweep *sweep, const MpStep *step)
{
    guint64 seed;
    mp_random_bytes(&seed, sizeof seed);
    const GArray *named = step->named_ports;
    sweep->sample = mp_port_plan(step->first_port, step->last_port, step->n_sample,
                                 named ? (const guint16 *)(const void *)named->data : NULL,
                                 named ? named->len : 0, seed);
    sweep->sample_ports = g_array_new(FALSE, FALSE, sizeof(guint16));
    for (guint i = 0; i < sweep->sample->len; i++)
        g_array_append_val(sweep->sample_ports, g_array_index(sweep->sample, MpPortSample, i).port);
    sweep->range.ports = (const guint16 *)(const void *)sweep->sample_ports->data;
    sweep->range.n_ports = sweep->sample_ports->len;
}

static MpPortSweepConfig configure(Sweep *sweep, const MpStep *step, const MpAddress *server)
{
    guint headers = server->family == MP_FAMILY_IPV4 ? 28 : 48;
    sweep->range = (MpSweepRange){.first = step->first_port, .last = step->last_port};
    if (step->n_sample > 0)
        draw_sample(sweep, step);
    MpPortSweepConfig config = {
        .range = sweep->range,
        .rate = step->port_rate > 0  ? step->port_rate
                : step->n_sample > 0 ? SAMPLE_RATE
                                     : 0,
        .question_size = (guint)MP_SWEEP_QUESTION_SIZE + headers,
        .block_question_size = (guint)MP_SWEEP_LARGEST_QUESTION + headers,
    };
    if (config.rate == 0)
        config.rate = (guint)(GENTLE_BPS / (8 * config.question_size));
    mp_random_bytes(&config.seed, sizeof config.seed);
    return config;
}

static Sweep *sweep_new(const MpTargets *targets, GError **error)
{
    MpStampKey *key = mp_stamp_key_new(mp_secret_peek(targets->stamp_key), error);
    if (!key)
        return NULL;
    Sweep *sweep = g_new0(Sweep, 1);
    sweep->identity.key = key;
    sweep->identity.session.key_id = targets->stamp_key_id;
    mp_random_bytes(&sweep->identity.session.session, sizeof sweep->identity.session.session);
    return sweep;
}

static void set_address(JsonObject *facts, const char *name, const MpAddress *address)
{
    g_autofree char *text = mp_address_to_ip_string(address);
    json_object_set_string_member(facts, name, text);
}

static gboolean run(MpMeasurement *measurement, const MpStep *step, const MpTargets *targets,
                    const MpAddress *server, const MpNetLimit *limit, GError **error)
{
    g_autoptr(Sweep) sweep = sweep_new(targets, error);
    if (!sweep)
        return FALSE;
    const MpPortSweepConfig config = configure(sweep, step, server);
    MpNetStatus status = {0};
    MpTime began = mp_clock_now();
    for (guint i = 0; i < N_BATCHES; i++) {
        sweep->batches[i] = mp_udp_batch_open(server, &status);
        if (!sweep->batches[i])
            return mp_dial_add_failure(measurement, "sweep", 0, &status, error);
    }
    MpAddress local = mp_udp_batch_local(sweep->batches[0]);
    set_address(measurement->facts, "server_address", server);
    set_address(measurement->facts, "local_address", &local);
    sweep->sweep = mp_port_sweep_new(&config, began);
    gboolean is_complete = run_loop(sweep, limit);
    MpTime took = mp_clock_now() - began;
    mp_port_sweep_stop(sweep->sweep, mp_clock_now());
    write_map(measurement->facts, sweep, took, is_complete);
    gboolean is_answered = mp_port_sweep_facts(sweep->sweep).rtt_least > 0;
    mp_measurement_add_stage(measurement, "sweep",
                             is_answered ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT, took, 0,
                             is_answered ? NULL : "no port answered");
    return TRUE;
}

static gboolean resolve_and_run(MpMeasurement *measurement, const MpStep *step,
                                const MpProbeContext *context, GError **error)
{
    const MpNetLimit limit = {.deadline = context->deadline - MARGIN,
                              .cancellable = context->cancellable};
    MpNetStatus status = {0};
    MpTime began = mp_clock_now();
    g_autoptr(GArray)
        addresses = mp_net_resolve(context->targets->stamp_host, MP_STAMP_PORT, &limit, &status);
    MpTime took = mp_clock_now() - began;
    if (!addresses)
        return mp_dial_add_failure(measurement, "resolve", took, &status, error);
    mp_measurement_add_stage(measurement, "resolve", MP_OUTCOME_ANSWERED, took, 0, NULL);
    return run(measurement, step, context->targets, &g_array_index(addresses, MpAddress, 0), &limit,
               error);
}

MpMeasurement *mp_probe_ports_sweep(const MpStep *step, const MpProbeContext *context,
                                    GError **error)
{
    const MpTargets *targets = context->targets;
    if (!targets->stamp_host || !targets->stamp_key) {
        g_set_error_literal(error, MP_ERROR, MP_ERROR_INPUT,
                            "a port sweep needs a responder and a key of it");
        return NULL;
    }
    g_autoptr(MpMeasurement) measurement = mp_measurement_new(
        step->id, step->kind, targets->stamp_host, MP_TRANSPORT_UDP);
    if (!resolve_and_run(measurement, step, context, error))
        return NULL;
    return g_steal_pointer(&measurement);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sweep's packets against the responder's reflector, and the probe against one on loopback
 * that has some ports, hears on some, and answers on some of these.
 */
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/port_map.h"
#include "probe/ports_sweep_packet.h"
#include "probe/probe.h"
#include "responder/stamp_reflector.h"

#define KEY "the key of site number seven"
#define KEY_ID 7
#define N_PORTS 24
#define LARGEST 2048

/* What a port of the far end does. */
typedef enum { ANSWERS, HEARS, ABSENT } Behaviour;

typedef struct {
    MpStampKeys *keys;
    MpStampShared *shared;
    MpStampReflector reflector;
    guint16 first_port;
    int fds[N_PORTS];
    Behaviour behaviours[N_PORTS];
    int stop[2];
    GThread *thread;
} FarEnd;

static MpStampKeys *load_keys(void)
{
    g_autofree char *path = NULL;
    g_autofree char *text = g_strdup_printf("%d " KEY "\n", KEY_ID);
    int fd = g_file_open_tmp("stamp-keys-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    MpStampKeys *keys = mp_stamp_keys_read_file(path, NULL);
    (void)g_unlink(path);
    g_assert_nonnull(keys);
    return keys;
}

static int bind_port(guint16 port)
{
    MpAddress address;
    struct sockaddr_storage storage;
    g_assert_true(mp_address_parse(&address, "127.0.0.1", port));
    socklen_t length = mp_address_to_sockaddr(&address, &storage);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&storage, length) == 0)
        return fd;
    close(fd);
    return -1;
}

/* So many ports in a row that are free. */
static void bind_all(FarEnd *far_end)
{
    for (guint16 first = 20000; first < 60000; first += N_PORTS) {
        guint n = 0;
        while (n < N_PORTS && (far_end->fds[n] = bind_port((guint16)(first + n))) >= 0)
            n++;
        far_end->first_port = first;
        if (n == N_PORTS)
            return;
        while (n > 0)
            close(far_end->fds[--n]);
    }
    g_assert_not_reached();
}

static void reflect(FarEnd *far_end, guint n)
{
    guint8 bytes[LARGEST];
    guint8 answer[LARGEST];
    guint8 tos = 0;
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    gssize got = recvfrom(far_end->fds[n], bytes, sizeof bytes, MSG_DONTWAIT,
                          (struct sockaddr *)&from, &length);
    if (got < 0 || far_end->behaviours[n] == ABSENT)
        return;
    MpStampArrival arrival = {.bytes = {bytes, (gsize)got},
                              .port = (guint16)(far_end->first_port + n),
                              .time = mp_clock_realtime()};
    mp_address_from_sockaddr(&arrival.source, (struct sockaddr *)&from);
    gsize size = mp_stamp_reflect(&far_end->reflector, &arrival, mp_clock_now(),
                                  mp_clock_realtime(), answer, &tos);
    if (size > 0 && far_end->behaviours[n] == ANSWERS)
        (void)!sendto(far_end->fds[n], answer, size, 0, (struct sockaddr *)&from, length);
}

static gpointer serve(gpointer data)
{
    FarEnd *far_end = data;
    struct pollfd descriptors[N_PORTS + 1];
    for (guint i = 0; i < N_PORTS; i++)
        descriptors[i] = (struct pollfd){.fd = far_end->fds[i], .events = POLLIN};
    descriptors[N_PORTS] = (struct pollfd){.fd = far_end->stop[0], .events = POLLIN};
    while (poll(descriptors, G_N_ELEMENTS(descriptors), -1) > 0 && !descriptors[N_PORTS].revents)
        for (guint i = 0; i < N_PORTS; i++)
            if (descriptors[i].revents)
                reflect(far_end, i);
    return NULL;
}

static FarEnd *far_end_new(Behaviour usual)
{
    FarEnd *far_end = g_new0(FarEnd, 1);
    far_end->keys = load_keys();
    far_end->shared = g_new0(MpStampShared, 1);
    mp_stamp_shared_init(far_end->shared, MP_STAMP_PER_SECOND, MP_STAMP_BURST);
    far_end->reflector = (MpStampReflector){far_end->keys, far_end->shared};
    bind_all(far_end);
    for (guint i = 0; i < N_PORTS; i++) {
        guint port = far_end->first_port + i;
        far_end->behaviours[i] = usual;
        far_end->shared->served[port / 8] |= (guint8)(0x80 >> port % 8);
    }
    g_assert_cmpint(pipe(far_end->stop), ==, 0);
    return far_end;
}

static void far_end_free(FarEnd *far_end)
{
    close(far_end->stop[1]);
    g_thread_join(far_end->thread);
    close(far_end->stop[0]);
    for (guint i = 0; i < N_PORTS; i++)
        close(far_end->fds[i]);
    mp_stamp_keys_free(far_end->keys);
    g_free(far_end->shared);
    g_free(far_end);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FarEnd, far_end_free)

static MpMeasurement *sweep(FarEnd *far_end, GCancellable *cancellable, guint rate)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(MpStep) step = mp_step_new("ports", "ports");
    g_autoptr(GError) error = NULL;
    targets->stamp_host = g_strdup("127.0.0.1");
    targets->stamp_key = mp_secret_new(KEY);
    targets->stamp_key_id = KEY_ID;
    step->first_port = far_end->first_port;
    step->last_port = (guint16)(far_end->first_port + N_PORTS - 1);
    step->port_rate = rate;
    const MpProbeContext context = {
        .targets = targets, .deadline = mp_clock_now() + MP_SEC(20), .cancellable = cancellable};
    far_end->thread = g_thread_new("far end", serve, far_end);
    MpMeasurement *measurement = mp_probe_ports_sweep(step, &context, &error);
    g_assert_no_error(error);
    g_autoptr(JsonNode) facts = json_node_new(JSON_NODE_OBJECT);
    json_node_set_object(facts, measurement->facts);
    g_autofree char *text = json_to_string(facts, FALSE);
    g_test_message("%s", text);
    return measurement;
}

static void test_each_state(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(ANSWERS);
    for (guint i = 4; i < 8; i++)
        far_end->behaviours[i] = HEARS;
    for (guint i = 12; i < 20; i++)
        far_end->behaviours[i] = ABSENT;
    far_end->behaviours[15] = ANSWERS;
    g_autoptr(MpMeasurement) measurement = sweep(far_end, NULL, 2000);
    g_assert_cmpint(measurement->outcome, ==, MP_OUTCOME_ANSWERED);
    g_autoptr(MpPortMap) map = mp_port_map_read(measurement->facts);
    g_assert_nonnull(map);
    const MpPortState states[] = {
        [ANSWERS] = MP_PORT_OPEN, [HEARS] = MP_PORT_BLOCKED_IN, [ABSENT] = MP_PORT_BLOCKED_OUT};
    for (guint i = 0; i < N_PORTS; i++)
        g_assert_cmpint(map->states[far_end->first_port + i], ==, states[far_end->behaviours[i]]);
    g_assert_cmpfloat(map->wrong_bound, <=, 1e-3);
    g_assert_cmpuint(map->n_asked, ==, N_PORTS);
    g_assert_false(map->is_cut_short);
    double rtt = 0;
    g_assert_true(mp_facts_number(measurement->facts, "rtt_ms", &rtt));
    g_assert_cmpfloat(rtt, >, 0);
}

static void test_ports_that_others_have_are_unknown(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(ANSWERS);
    guint port = far_end->first_port + 9U;
    far_end->behaviours[9] = ABSENT;
    far_end->shared->served[port / 8] &= (guint8) ~(0x80 >> port % 8);
    g_autoptr(MpMeasurement) measurement = sweep(far_end, NULL, 2000);
    g_autoptr(MpPortMap) map = mp_port_map_read(measurement->facts);
    g_assert_cmpint(map->states[port], ==, MP_PORT_UNKNOWN);
    g_assert_cmpuint(mp_port_map_count(map, MP_PORT_OPEN), ==, N_PORTS - 1);
}

static void test_an_interruption_leaves_unknown_ports(void)
{
    g_autoptr(FarEnd) far_end = far_end_new(ANSWERS);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    g_autoptr(MpMeasurement) measurement = sweep(far_end, cancellable, 250);
    g_autoptr(MpPortMap) map = mp_port_map_read(measurement->facts);
    g_assert_true(map->is_cut_short);
    g_assert_cmpuint(mp_port_map_count(map, MP_PORT_UNKNOWN), >=, N_PORTS - 1);
}

static void test_without_a_key(void)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(MpStep) step = mp_step_new("ports", "ports");
    g_autoptr(GError) error = NULL;
    const MpProbeContext context = {.targets = targets, .deadline = mp_clock_now() + MP_SEC(1)};
    targets->stamp_host = g_strdup("127.0.0.1");
    g_assert_null(mp_probe_ports_sweep(step, &context, &error));
    g_assert_nonnull(error);
}

/* An answer that was tampered with, another key's, another session's, a question come back. */
static void test_answers_of_others(void)
{
    g_autoptr(MpStampKey) key = mp_stamp_key_new(KEY, NULL);
    g_autoptr(MpStampKey) other_key = mp_stamp_key_new("another key of a site", NULL);
    g_autoptr(MpStampKeys) keys = load_keys();
    g_autofree MpStampShared *shared = g_new0(MpStampShared, 1);
    mp_stamp_shared_init(shared, 100, 100);
    MpStampReflector reflector = {keys, shared};
    const MpSweepIdentity identity = {key, {KEY_ID, 1234}};
    const MpPortQuestion question = {
        .sequence = 1, .port = 5000, .about = MP_SWEEP_ABOUT_SEEN, .first = 4000, .n_ports = 2000};
    guint8 bytes[MP_SWEEP_LARGEST_QUESTION];
    guint8 answer[MP_SWEEP_LARGEST_QUESTION];
    guint8 tos = 0;
    gsize length = mp_sweep_question_write(bytes, &identity, &question, MP_SEC(1));
    const MpStampArrival arrival = {
        .bytes = {bytes, length}, .port = 5000, .source = {.family = MP_FAMILY_IPV4, .port = 9}};
    gsize size = mp_stamp_reflect(&reflector, &arrival, MP_SEC(1), MP_SEC(1), answer, &tos);
    g_assert_cmpuint(size, ==, length);
    MpSweepAnswer read;
    g_assert_true(mp_sweep_answer_read(&read, &identity, (MpBytes){answer, size}));
    g_assert_cmpuint(read.sequence, ==, 1);
    g_assert_cmpint(read.about, ==, MP_SWEEP_ABOUT_SEEN);
    g_assert_cmpuint(read.first, ==, 4000);
    g_assert_cmpuint(read.n_ports, ==, 2000);
    g_assert_cmphex(read.bits[1000 / 8], ==, 0x80);

    const MpSweepIdentity strangers[] = {
        {other_key, {KEY_ID, 1234}}, {key, {KEY_ID, 1235}}, {key, {8, 1234}}};
    for (guint i = 0; i < G_N_ELEMENTS(strangers); i++)
        g_assert_false(mp_sweep_answer_read(&read, &strangers[i], (MpBytes){answer, size}));
    for (gsize cut = 0; cut < size; cut++)
        g_assert_false(mp_sweep_answer_read(&read, &identity, (MpBytes){answer, cut}));
    answer[MP_SWEEP_QUESTION_SIZE] ^= 1;
    g_assert_false(mp_sweep_answer_read(&read, &identity, (MpBytes){answer, size}));
    /* A question is no answer to any: numbers begin at 1. */
    g_assert_true(mp_sweep_answer_read(&read, &identity, (MpBytes){bytes, length}));
    g_assert_cmpuint(read.sequence, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ports_sweep/each state", test_each_state);
    g_test_add_func("/ports_sweep/ports that others have are unknown",
                    test_ports_that_others_have_are_unknown);
    g_test_add_func("/ports_sweep/an interruption leaves unknown ports",
                    test_an_interruption_leaves_unknown_ports);
    g_test_add_func("/ports_sweep/without a key", test_without_a_key);
    g_test_add_func("/ports_sweep/answers of others", test_answers_of_others);
    return g_test_run();
}

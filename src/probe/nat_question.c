/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Questions about a NAT, from the server's name to the wait for its answers.
 */
#include "probe/nat_question.h"

#include <poll.h>

#include "base/clock.h"
#include "probe/dial.h"
#include "probe/server_addresses.h"

/* The probe returns before its deadline, so it stops asking a little earlier. */
#define MARGIN MP_MSEC(20)
/* How often an interruption is looked for. */
#define LOOK_EVERY MP_MSEC(100)
#define MOST_SOCKETS 32

MpMeasurement *mp_nat_question_ask(const MpStep *step, const MpProbeContext *context,
                                   MpNatQuestion question, GError **error)
{
    g_autofree char *target = mp_server_uri_to_string(step->server);
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, step->server->transport);
    MpNetLimit limit = {.deadline = context->deadline - MARGIN,
                        .cancellable = context->cancellable};
    MpNetStatus status = {0};
    MpTime began = mp_clock_now();
    g_autoptr(GArray) addresses = mp_server_addresses(step->server, step->family,
                                                      measurement->facts, &limit, &status);
    GError *problem = NULL;
    if (addresses)
        question(measurement, step, &g_array_index(addresses, MpAddress, 0), &limit, &problem);
    else
        mp_dial_add_failure(measurement, "resolve", mp_clock_now() - began, &status, &problem);
    if (problem) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}

static void free_socket(gpointer datagram)
{
    mp_datagram_free(datagram);
}

GPtrArray *mp_nat_question_sockets(const MpAddress *server, guint n_sockets, MpAddress *locals,
                                   MpNetStatus *status)
{
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(free_socket);
    for (guint i = 0; i < n_sockets; i++) {
        MpDatagram *datagram = mp_datagram_open(server, status);
        if (!datagram)
            return NULL;
        g_ptr_array_add(sockets, datagram);
        locals[i] = mp_datagram_local(datagram);
    }
    return g_steal_pointer(&sockets);
}

void mp_nat_question_wait(const GPtrArray *sockets, MpTime until)
{
    struct pollfd descriptors[MOST_SOCKETS];
    g_assert(sockets->len <= MOST_SOCKETS);
    for (guint i = 0; i < sockets->len; i++)
        descriptors[i] = (struct pollfd){.fd = mp_datagram_fd(sockets->pdata[i]), .events = POLLIN};
    MpTime left = CLAMP(until - mp_clock_now(), 0, LOOK_EVERY);
    struct timespec timeout = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
    (void)ppoll(descriptors, sockets->len, &timeout, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers STUN Binding requests on one UDP port. No answer to anything else.
 */
#include "responder/stun_service.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "responder/rate_limit.h"
#include "session/stun_answer.h"

#define LARGEST_REQUEST 1500
/* A flood must not keep the loop from its other work. */
#define BATCH 64
/* A client asks a few times from one address; an office behind one address, a few hundred. A
 * spoofed source gets no more than this either: 50 answers are 3 kB. */
#define SOURCE_PER_SECOND 50
#define SOURCE_BURST 500
/* Of all sources: 10,000 answers are 5 Mbit. */
#define ALL_PER_SECOND 10000
#define ALL_BURST 10000

struct _MpStunService {
    int fd;
    GSource *source;
    MpRateLimit of_sources;
    MpRateLimit of_all;
};

static gboolean may_answer(MpStunService *service, const MpAddress *from)
{
    static const MpAddress everybody = {.family = MP_FAMILY_IPV4};
    MpTime now = mp_clock_now();
    return mp_rate_limit_take(&service->of_sources, from, now) &&
           mp_rate_limit_take(&service->of_all, &everybody, now);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
    (void)condition;
    MpStunService *service = user_data;
    for (guint i = 0; i < BATCH; i++) {
        guint8 request[LARGEST_REQUEST];
        guint8 answer[LARGEST_REQUEST];
        struct sockaddr_storage storage;
        socklen_t size = sizeof storage;
        MpAddress from;
        gssize got = recvfrom(fd, request, sizeof request, MSG_DONTWAIT,
                              (struct sockaddr *)&storage, &size);
        if (got < 0)
            break;
        if (!mp_address_from_sockaddr(&from, (struct sockaddr *)&storage))
            continue;
        gsize length = mp_stun_answer_binding(request, (gsize)got, &from, answer, sizeof answer);
        if (length > 0 && may_answer(service, &from))
            (void)sendto(fd, answer, length, MSG_DONTWAIT, (struct sockaddr *)&storage, size);
    }
    return G_SOURCE_CONTINUE;
}

MpStunService *mp_stun_service_new(const MpAddress *address, GError **error)
{
    struct sockaddr_storage storage;
    socklen_t size = mp_address_to_sockaddr(address, &storage);
    int fd = socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&storage, size) != 0) {
        g_autofree char *text = mp_address_to_string(address);
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "UDP %s for STUN: %s", text,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    MpStunService *service = g_new0(MpStunService, 1);
    service->fd = fd;
    mp_rate_limit_init(&service->of_sources, SOURCE_PER_SECOND, SOURCE_BURST);
    mp_rate_limit_init(&service->of_all, ALL_PER_SECOND, ALL_BURST);
    service->source = g_unix_fd_source_new(fd, G_IO_IN);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(service->source, (GSourceFunc)(void (*)(void))on_readable, service, NULL);
    g_source_attach(service->source, g_main_context_get_thread_default());
    return service;
}

void mp_stun_service_free(MpStunService *service)
{
    if (!service)
        return;
    g_source_destroy(service->source);
    g_source_unref(service->source);
    close(service->fd);
    g_free(service);
}

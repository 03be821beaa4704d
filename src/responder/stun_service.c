/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers STUN Binding requests on one UDP port. No state, and no answer to anything else.
 */
#include "responder/stun_service.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "base/error.h"
#include "session/stun_answer.h"

#define LARGEST_REQUEST 1500
/* A flood must not keep the loop from its other work. */
#define BATCH 64

struct _MpStunService {
    int fd;
    GSource *source;
};

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
    (void)condition;
    (void)user_data;
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
        if (length > 0)
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
    service->source = g_unix_fd_source_new(fd, G_IO_IN);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(service->source, (GSourceFunc)(void (*)(void))on_readable, NULL, NULL);
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

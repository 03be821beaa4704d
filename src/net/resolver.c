/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * getaddrinfo(3) in a thread that may outlive the question.
 */
#include "net/resolver.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Shared by the asker and the thread; whoever leaves last frees it. */
typedef struct {
    char *host;
    int done_fd;  /* eventfd(2), written when all below is set */
    gint is_done; /* atomic: that a descriptor can be read says nothing of memory */
    int result;   /* of getaddrinfo(3) */
    int system_error;
    struct addrinfo *found;
} Question;

static const struct {
    int result;
    MpNetOutcome outcome;
} meanings[] = {
    {EAI_NONAME, MP_NET_REFUSED}, {EAI_NODATA, MP_NET_REFUSED},     {EAI_FAIL, MP_NET_REFUSED},
    {EAI_AGAIN, MP_NET_SILENT},   {EAI_ADDRFAMILY, MP_NET_REFUSED},
};

static void question_clear(gpointer data)
{
    Question *question = data;
    if (question->found)
        freeaddrinfo(question->found);
    close(question->done_fd);
    g_free(question->host);
}

static gpointer ask(gpointer data)
{
    Question *question = data;
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG};
    question->result = getaddrinfo(question->host, NULL, &hints, &question->found);
    question->system_error = errno;
    g_atomic_int_set(&question->is_done, 1);
    (void)eventfd_write(question->done_fd, 1);
    g_atomic_rc_box_release_full(question, question_clear);
    return NULL;
}

static gboolean fail_result(const Question *question, MpNetStatus *status)
{
    if (question->result == EAI_SYSTEM)
        return mp_net_fail_errno(status, question->system_error);
    MpNetOutcome outcome = MP_NET_UNAVAILABLE;
    for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].result == question->result)
            outcome = meanings[i].outcome;
    return mp_net_fail(status, outcome, "%s", gai_strerror(question->result));
}

static GArray *collect(const Question *question, guint16 port, MpNetStatus *status)
{
    if (question->result != 0) {
        fail_result(question, status);
        return NULL;
    }
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    for (const struct addrinfo *entry = question->found; entry; entry = entry->ai_next) {
        MpAddress address;
        if (mp_address_from_sockaddr(&address, entry->ai_addr)) {
            address.port = port;
            g_array_append_val(addresses, address);
        }
    }
    if (addresses->len > 0)
        return addresses;
    mp_net_fail(status, MP_NET_REFUSED, "the name has no IP address");
    g_array_unref(addresses);
    return NULL;
}

GArray *mp_net_resolve(const char *host, guint16 port, const MpNetLimit *limit, MpNetStatus *status)
{
    MpAddress literal;
    if (mp_address_parse(&literal, host, port)) {
        GArray *addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress));
        return g_array_append_val(addresses, literal);
    }

    int done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (done_fd < 0) {
        mp_net_fail_errno(status, errno);
        return NULL;
    }
    Question *question = g_atomic_rc_box_new0(Question);
    question->host = g_strdup(host);
    question->done_fd = done_fd;

    GThread *thread = g_thread_try_new("resolver", ask, g_atomic_rc_box_acquire(question), NULL);
    if (!thread) {
        mp_net_fail(status, MP_NET_UNAVAILABLE, "no thread could be started");
        g_atomic_rc_box_release(question);
        g_atomic_rc_box_release_full(question, question_clear);
        return NULL;
    }
    g_thread_unref(thread);
    GArray *addresses = NULL;
    if (mp_net_wait(done_fd, POLLIN, limit, status) && g_atomic_int_get(&question->is_done))
        addresses = collect(question, port, status);
    g_atomic_rc_box_release_full(question, question_clear);
    return addresses;
}

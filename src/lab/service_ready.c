/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a server is ready.
 */
#include "lab/service_ready.h"

#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/random.h"
#include "lab/nat64.h"

#define ANSWER_WITHIN_MS 5

/* RFC 8489 section 5. */
#define BINDING_REQUEST 0x0001
#define BINDING_RESPONSE 0x0101
#define MAGIC_COOKIE 0x2112A442

/* RFC 1035 section 4.1.1: it is an answer; sections 3.2.2 and 3.2.4: text, of the class CHAOS. */
#define DNS_RESPONSE 0x8000
#define DNS_TXT 16
#define DNS_CHAOS 3

/* A line of /proc/net/tcp: the state of a socket that listens. */
#define TCP_LISTENS 0x0A

static int connect_to(const MpAddress *address, int type)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(address, &storage);
    int fd = socket(storage.ss_family, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&storage, length) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static gboolean accepts(const MpAddress *address)
{
    int fd = connect_to(address, SOCK_STREAM);
    if (fd < 0)
        return FALSE;
    close(fd);
    return TRUE;
}

/* The bytes of the answer, 0 without one. */
static gsize ask(const MpAddress *address, const guint8 *request, gsize request_length,
                 guint8 *answer, gsize answer_size)
{
    int fd = connect_to(address, SOCK_DGRAM);
    if (fd < 0)
        return 0;
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    gboolean is_sent = send(fd, request, request_length, 0) == (gssize)request_length;
    gssize length = is_sent && poll(&readable, 1, ANSWER_WITHIN_MS) == 1
                        ? recv(fd, answer, answer_size, 0)
                        : 0;
    close(fd);
    return (gsize)MAX(length, 0);
}

static gboolean answers_binding(const MpAddress *address)
{
    guint8 transaction[12];
    guint8 request[20];
    guint8 response[512];
    mp_random_bytes(transaction, sizeof transaction);
    MpWriter writer = mp_writer_init(request, sizeof request);
    mp_writer_u16(&writer, BINDING_REQUEST);
    mp_writer_u16(&writer, 0);
    mp_writer_u32(&writer, MAGIC_COOKIE);
    mp_writer_bytes(&writer, transaction, sizeof transaction);

    gsize length = ask(address, request, sizeof request, response, sizeof response);
    MpReader reader = mp_reader_init(response, length);
    return mp_reader_u16(&reader) == BINDING_RESPONSE;
}

gboolean mp_turn_is_ready(const MpFarEnds *far_ends, const MpAddress *address)
{
    return accepts(address) && accepts(&far_ends->turn_tls) && answers_binding(address);
}

gboolean mp_responder_is_ready(const MpFarEnds *far_ends, const MpAddress *address)
{
    (void)address;
    g_autofree char *path = mp_far_ends_path(far_ends, "responder.log");
    g_autofree char *log = NULL;
    if (!g_file_get_contents(path, &log, NULL, NULL))
        return FALSE;
    return g_str_has_prefix(log, "ready") || strstr(log, "\nready");
}

gboolean mp_name_server_is_ready(const MpFarEnds *far_ends, const MpAddress *address)
{
    static const guint8 name[] = "\7version\4bind"; /* its zero is the root */
    (void)far_ends;
    guint8 question[64];
    guint8 response[512];
    MpWriter writer = mp_writer_init(question, sizeof question);
    guint16 id = (guint16)mp_random_u32();
    mp_writer_u16(&writer, id);
    mp_writer_u16(&writer, 0);
    mp_writer_u16(&writer, 1);
    for (guint i = 0; i < 3; i++)
        mp_writer_u16(&writer, 0);
    mp_writer_bytes(&writer, name, sizeof name);
    mp_writer_u16(&writer, DNS_TXT);
    mp_writer_u16(&writer, DNS_CHAOS);

    gsize length = ask(address, question, writer.position, response, sizeof response);
    MpReader reader = mp_reader_init(response, length);
    return mp_reader_u16(&reader) == id && (mp_reader_u16(&reader) & DNS_RESPONSE);
}

gboolean mp_port_is_open(const MpFarEnds *far_ends, const MpAddress *address)
{
    (void)far_ends;
    g_autofree char *table = NULL;
    /* The thread's, because the process may have seen another namespace when /proc was opened. */
    if (!g_file_get_contents("/proc/thread-self/net/tcp", &table, NULL, NULL))
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    for (guint i = 1; lines[0] && lines[i]; i++) {
        /* "  0: 0100007F:0C38 00000000:0000 0A ..." */
        g_auto(GStrv) words = g_strsplit(g_strstrip(lines[i]), " ", 5);
        const char *port = g_strv_length(words) > 3 ? strchr(words[1], ':') : NULL;
        if (port && g_ascii_strtoull(port + 1, NULL, 16) == address->port &&
            g_ascii_strtoull(words[3], NULL, 16) == TCP_LISTENS)
            return TRUE;
    }
    return FALSE;
}

gboolean mp_nat64_is_ready(const MpFarEnds *far_ends, const MpAddress *address)
{
    (void)far_ends;
    (void)address;
    struct ifreq request = {.ifr_name = MP_NAT64_DEVICE};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean is_held = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
                       (request.ifr_flags & IFF_RUNNING);
    if (fd >= 0)
        close(fd);
    return is_held;
}

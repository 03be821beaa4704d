/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A TCP server on loopback.
 */
#include "far_end.h"

#include <sys/socket.h>
#include <unistd.h>

static gpointer serve(gpointer data)
{
    FarEnd *far_end = data;
    int fd = accept(far_end->listener, NULL, NULL);
    if (fd >= 0) {
        far_end->behave(fd);
        close(fd);
    }
    return NULL;
}

int bound_socket(int type, MpAddress *address)
{
    struct sockaddr_storage storage;
    g_assert_true(mp_address_parse(address, "127.0.0.1", 0));
    socklen_t length = mp_address_to_sockaddr(address, &storage);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&storage, length), ==, 0);
    length = sizeof storage;
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&storage, &length), ==, 0);
    mp_address_from_sockaddr(address, (struct sockaddr *)&storage);
    return fd;
}

FarEnd *far_end_new(Behaviour behave)
{
    FarEnd *far_end = g_new0(FarEnd, 1);
    far_end->listener = bound_socket(SOCK_STREAM, &far_end->address);
    g_assert_cmpint(listen(far_end->listener, 1), ==, 0);
    far_end->behave = behave;
    far_end->thread = g_thread_new("far end", serve, far_end);
    return far_end;
}

void far_end_free(FarEnd *far_end)
{
    shutdown(far_end->listener, SHUT_RDWR);
    g_thread_join(far_end->thread);
    close(far_end->listener);
    g_free(far_end);
}
void wait_for_close(int fd)
{
    char buffer[4096];
    while (recv(fd, buffer, sizeof buffer, 0) > 0)
        ;
}

void write_text(int fd, const char *text, gsize length)
{
    g_assert_cmpint(send(fd, text, length, MSG_NOSIGNAL), ==, (gssize)length);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses that come and go, in a network namespace of our own; skipped where there may be none.
 */
#include "net/address_watch.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GIVE_UP_S 5

typedef struct {
    GMainLoop *loop;
    GString *heard;
} Ear;

static void on_address(const MpAddress *address, gboolean is_new, gpointer user_data)
{
    Ear *ear = user_data;
    g_autofree char *text = mp_address_to_ip_string(address);
    g_string_append_printf(ear->heard, "%c%s ", is_new ? '+' : '-', text);
    g_main_loop_quit(ear->loop);
}

static gboolean give_up(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

/* One loopback address in place of the one there; "0.0.0.0" takes it away. */
static void set_address(const char *text)
{
    struct ifreq request = {.ifr_name = "lo"};
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    g_assert_cmpint(inet_pton(AF_INET, text, &address.sin_addr), ==, 1);
    memcpy(&request.ifr_addr, &address, sizeof address);
    g_assert_cmpint(ioctl(fd, SIOCSIFADDR, &request), ==, 0);
    close(fd);
}

static void hear(Ear *ear, const char *expected)
{
    g_string_truncate(ear->heard, 0);
    guint alarm = g_timeout_add_seconds(GIVE_UP_S, give_up, ear->loop);
    while (strlen(ear->heard->str) < strlen(expected)) {
        gsize before = ear->heard->len;
        g_main_loop_run(ear->loop);
        if (ear->heard->len == before)
            break;
    }
    g_assert_cmpstr(ear->heard->str, ==, expected);
    g_source_remove(alarm);
}

static void an_address_comes_and_goes(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 && unshare(CLONE_NEWNET) < 0) {
        g_test_skip("no network namespace");
        return;
    }
    Ear ear = {.loop = g_main_loop_new(NULL, FALSE), .heard = g_string_new(NULL)};
    g_autoptr(MpAddressWatch) watch = mp_address_watch_new(on_address, &ear);
    g_assert_nonnull(watch);

    set_address("192.0.2.1");
    hear(&ear, "+192.0.2.1 ");
    set_address("192.0.2.2");
    hear(&ear, "-192.0.2.1 +192.0.2.2 ");
    set_address("0.0.0.0");
    hear(&ear, "-192.0.2.2 ");
    g_string_free(ear.heard, TRUE);
    g_main_loop_unref(ear.loop);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address-watch/comes-and-goes", an_address_comes_and_goes);
    return g_test_run();
}

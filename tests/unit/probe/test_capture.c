/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What passes through the sockets in a file.
 */
#include "probe/capture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "net/packet_tap.h"
#include "net/udp.h"

#define SECRET "pass:word"

static char *make_path(void)
{
    g_autofree char *directory = g_dir_make_tmp("mediapath-XXXXXX", NULL);
    return g_build_filename(directory, "it.pcapng", NULL);
}

static void remove_path(char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    g_unlink(path);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
    g_free(path);
}

static guint count(const GBytes *file, const char *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data((GBytes *)file, &length);
    guint n = 0;
    for (const char *at = bytes;
         (at = memmem(at, length - (gsize)(at - bytes), text, strlen(text))) != NULL; at++)
        n++;
    return n;
}

static GBytes *read_file(const char *path)
{
    char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    return g_bytes_new_take(text, length);
}

/* Three datagrams between two sockets of ours, one of them with a secret, all of them twice: the
 * receiving socket shows them, too. */
static void talk(void)
{
    MpNetStatus status = {0};
    const MpNetLimit limit = {.deadline = G_MAXINT64};
    const MpAddress loopback = mp_address_literal("127.0.0.1", 9);
    g_autoptr(MpNetTransport) sender = mp_net_udp_open(&loopback, &status);
    g_assert_nonnull(sender);
    mp_capture_name("the step");
    const MpBytes hello = {(const guint8 *)"hello hello", 11};
    g_assert_true(mp_net_transport_send(sender, hello, &limit, &status));
    mp_packet_tap_withhold(TRUE);
    const MpBytes secret = {(const guint8 *)SECRET, strlen(SECRET)};
    /* Nobody is there: the second may be refused. */
    (void)mp_net_transport_send(sender, secret, &limit, &status);
    mp_packet_tap_withhold(FALSE);
    mp_capture_name(NULL);
}

static void test_packets_are_in_the_file(void)
{
    char *path = make_path();
    g_autoptr(GError) error = NULL;
    const MpCaptureConfig config = {.file = path};
    MpCapture *capture = mp_capture_open(&config, &error);
    g_assert_no_error(error);
    talk();
    guint64 n_packets = 0;
    g_assert_true(mp_capture_finish(capture, &n_packets, &error));
    g_assert_no_error(error);
    talk(); /* nobody looks any more */

    g_autoptr(GBytes) file = read_file(path);
    g_assert_cmpuint(n_packets, >=, 1);
    g_assert_cmpuint(count(file, "hello hello"), ==, 1);
    g_assert_cmpuint(count(file, "the step"), ==, 1);
    g_assert_cmpuint(count(file, SECRET), ==, 0);
    remove_path(path);
}

static void show(MpBytes payload, gboolean is_withheld)
{
    int ends[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), ==, 0);
    const MpAddress to = mp_address_literal("192.0.2.1", 3478);
    mp_packet_tap_withhold(is_withheld);
    mp_packet_tap_sent(ends[0], &to, payload);
    mp_packet_tap_withhold(FALSE);
    close(ends[0]);
    close(ends[1]);
}

static void test_secrets_are_left_out(void)
{
    char *path = make_path();
    const MpCaptureConfig config = {.file = path};
    MpCapture *capture = mp_capture_open(&config, NULL);
    const MpBytes payload = {(const guint8 *)SECRET, strlen(SECRET)};
    show(payload, TRUE);
    guint64 n_packets = 0;
    g_assert_true(mp_capture_finish(capture, &n_packets, NULL));
    g_autoptr(GBytes) file = read_file(path);
    g_assert_cmpuint(n_packets, ==, 1);
    g_assert_cmpuint(count(file, SECRET), ==, 0);
    g_assert_cmpuint(count(file, "*********"), ==, 1);
    g_assert_cmpuint(count(file, "held a secret"), ==, 1);
    remove_path(path);
}

/* More than one packet of IP can hold, and more than is written at once. */
static void test_large_payloads_are_cut(void)
{
    char *path = make_path();
    const MpCaptureConfig config = {.file = path};
    MpCapture *capture = mp_capture_open(&config, NULL);
    g_autofree guint8 *bytes = g_malloc0(1000000);
    show((MpBytes){bytes, 1000000}, FALSE);
    guint64 n_packets = 0;
    g_assert_true(mp_capture_finish(capture, &n_packets, NULL));
    g_assert_cmpuint(n_packets, ==, 16);
    remove_path(path);
}

static void test_a_file_that_cannot_be_written(void)
{
    g_autoptr(GError) error = NULL;
    const MpCaptureConfig nowhere = {.file = "/nonexistent/it.pcapng"};
    g_assert_null(mp_capture_open(&nowhere, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "/nonexistent/it.pcapng: "));
}

/* A limit on the size of files stands for the disk. */
static void test_a_full_disk_is_told(void)
{
    char *path = make_path();
    g_assert_true(g_file_set_contents(path, "as before", -1, NULL));
    struct rlimit before;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    const MpCaptureConfig config = {.file = path};
    MpCapture *capture = mp_capture_open(&config, NULL);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    g_autofree guint8 *bytes = g_malloc0(1000000);
    show((MpBytes){bytes, 1000000}, FALSE);
    guint64 n_packets = 0;
    g_autoptr(GError) error = NULL;
    const gboolean is_whole = mp_capture_finish(capture, &n_packets, &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);

    g_assert_false(is_whole);
    g_assert_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE);
    g_autofree char *content = NULL;
    g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, "as before");
    remove_path(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capture/packets_are_in_the_file", test_packets_are_in_the_file);
    g_test_add_func("/capture/secrets_are_left_out", test_secrets_are_left_out);
    g_test_add_func("/capture/large_payloads_are_cut", test_large_payloads_are_cut);
    g_test_add_func("/capture/a_file_that_cannot_be_written", test_a_file_that_cannot_be_written);
    g_test_add_func("/capture/a_full_disk_is_told", test_a_full_disk_is_told);
    return g_test_run();
}

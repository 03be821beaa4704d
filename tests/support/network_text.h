/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network from lines of YAML; its servers stand still.
 */
#pragma once

#include <glib/gstdio.h>

#include "lab/network.h"

/* `parts` are the lines from "site:" on, without the provider. Fails the test where they are wrong.
 */
static inline MpNetwork *network_from(const char *parts)
{
    g_autofree char *text = g_strconcat("schema: mediapath-network/1\n"
                                        "name: test\n"
                                        "sentence: {en: Test., ja: Test.}\n",
                                        parts,
                                        "\nprovider:\n"
                                        "  turn: {state: stopped}\n"
                                        "  responder: {state: stopped}\n",
                                        NULL);
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "mediapath-test-XXXXXX.yaml", NULL);
    int fd = g_mkstemp(path);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(GError) error = NULL;
    MpNetwork *network = mp_network_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_remove(path), ==, 0);
    return network;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of unbound, which drops no privileges here: a lab's user namespace knows no
 * user but root.
 */
#include "lab/unbound.h"

#include "lab/places.h"

static GString *start_config(const char *directory, const char *listen_address, guint16 port,
                             const char *modules)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "server:\n"
                           "  username: \"\"\n"
                           "  chroot: \"\"\n"
                           "  directory: \"%s\"\n"
                           "  pidfile: \"\"\n"
                           "  use-syslog: no\n"
                           "  do-daemonize: no\n"
                           "  num-threads: 1\n"
                           "  ip-freebind: yes\n"
                           "  interface: %s@%u\n"
                           "  access-control: 0.0.0.0/0 allow\n"
                           "  access-control: ::/0 allow\n"
                           "  module-config: \"%s\"\n"
                           "  cache-max-ttl: 0\n"
                           "  cache-max-negative-ttl: 0\n"
                           "  do-not-query-localhost: no\n"
                           /* RFC 6761 lets a resolver answer for .test itself. */
                           "  local-zone: \"test.\" nodefault\n",
                           directory, listen_address, port, modules);
    return text;
}

char *mp_unbound_failing(const char *directory, guint16 port)
{
    GString *text = start_config(directory, "127.0.0.1", port, "iterator");
    /* Everything is to be forwarded, and to nobody. */
    g_string_append(text, "forward-zone:\n"
                          "  name: \".\"\n");
    return g_string_free(text, FALSE);
}

char *mp_unbound_dns64(const char *directory, const char *listen_address, guint16 port)
{
    GString *text = start_config(directory, listen_address, 53, "dns64 iterator");
    g_string_append_printf(text,
                           "  dns64-prefix: " MP_NAT64_PREFIX "\n"
                           "forward-zone:\n"
                           "  name: \".\"\n"
                           "  forward-addr: 127.0.0.1@%u\n",
                           port);
    return g_string_free(text, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of nginx, as one process that drops no privileges: a lab's user namespace
 * knows no user but root.
 */
#include "lab/nginx.h"

#include "lab/far_ends.h"
#include "lab/places.h"

/* nginx alone passes WebSocket on; this module of Debian's speaks it. */
#define WEBSOCKET_MODULE "/usr/lib/nginx/modules/ngx_nchan_module.so"

/* Up to the start of the block "http", in which paths of its own are named one by one. */
static GString *start_config(const char *directory, const char *modules)
{
    static const char *const users[] = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};
    GString *text = g_string_new(modules);
    g_string_append(text, "daemon off;\n"
                          "master_process off;\n"
                          "user root root;\n"
                          "error_log stderr warn;\n");
    g_string_append_printf(text,
                           "pid %s/nginx.pid;\n"
                           "events { worker_connections 256; }\n"
                           "http {\n"
                           "    access_log off;\n"
                           "    default_type text/plain;\n",
                           directory);
    for (guint i = 0; i < G_N_ELEMENTS(users); i++)
        g_string_append_printf(text, "    %s_temp_path %s/nginx-%s;\n", users[i], directory,
                               users[i]);
    return text;
}

static void append_tls(GString *text, const char *directory, const char *address,
                       const char *certificate)
{
    g_string_append_printf(text,
                           "        listen %s:443 ssl default_server;\n"
                           "        ssl_certificate %s/%s.pem;\n"
                           "        ssl_certificate_key %s/%s-key.pem;\n",
                           address, directory, certificate, directory, certificate);
}

/* 444 closes the connection without a word, as a filter does that knows no upgrade. */
char *mp_nginx_web(const char *directory, gboolean drops_websockets)
{
    GString *text = start_config(directory, "load_module " WEBSOCKET_MODULE ";\n");
    g_string_append(text, "    server {\n"
                          "        listen " MP_WEB_ADDRESS ":80 default_server;\n"
                          "        return 301 https://$host$request_uri;\n"
                          "    }\n"
                          "    server {\n");
    append_tls(text, directory, MP_WEB_ADDRESS, "web");
    /* Every connection is a channel of its own, so that a client hears its own echo only. */
    g_string_append_printf(text,
                           "        location / {\n"
                           "            if ($http_upgrade) { %s; }\n",
                           drops_websockets ? "return 444" : "rewrite ^ /websocket last");
    g_string_append(text, "            return 200 \"mediapath lab\\n\";\n"
                          "        }\n"
                          "        location = /websocket {\n"
                          "            internal;\n"
                          "            nchan_pubsub websocket;\n"
                          "            nchan_channel_id $connection;\n"
                          "        }\n"
                          "    }\n"
                          "}\n");
    return g_string_free(text, FALSE);
}

char *mp_nginx_portal(const char *directory)
{
    GString *text = start_config(directory, "");
    g_string_append(text, "    server {\n"
                          "        listen " MP_OFFICE_ADDRESS ":80 default_server;\n");
    append_tls(text, directory, MP_OFFICE_ADDRESS, "portal");
    g_string_append(text, "        return 302 http://" MP_PORTAL_HOST "/login;\n"
                          "    }\n"
                          "    server {\n"
                          "        server_name " MP_PORTAL_HOST ";\n"
                          "        listen " MP_OFFICE_ADDRESS ":80;\n"
                          "        listen " MP_OFFICE_ADDRESS ":443 ssl;\n");
    g_string_append_printf(
        text,
        "        ssl_certificate %s/portal.pem;\n"
        "        ssl_certificate_key %s/portal-key.pem;\n"
        "        location = /login { return 200 \"log in to the guest network\\n\"; }\n"
        "        location / { return 302 http://" MP_PORTAL_HOST "/login; }\n"
        "    }\n"
        "}\n",
        directory, directory);
    return g_string_free(text, FALSE);
}

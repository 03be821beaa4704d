/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of squid, which keeps nothing and, as it comes, opens tunnels to port 443 only.
 */
#include "lab/squid.h"

#include "lab/places.h"

/* What squid hands to its helpers for NTLM and Negotiate comes back as it went: nobody gets in. */
#define DOMAIN_HELPER "/bin/cat"

static void append_login(GString *text, const char *directory, const MpSiteProxy *proxy)
{
    if (proxy->asks_domain_login)
        g_string_append(text, "auth_param negotiate program " DOMAIN_HELPER "\n"
                              "auth_param negotiate children 1 startup=0 idle=1\n"
                              "auth_param ntlm program " DOMAIN_HELPER "\n"
                              "auth_param ntlm children 1 startup=0 idle=1\n");
    else if (proxy->asks_login)
        g_string_append_printf(
            text,
            "auth_param basic program /usr/lib/squid/basic_ncsa_auth %s/squid.users\n"
            "auth_param basic children 1 startup=0 idle=1\n"
            "auth_param basic realm mediapath lab\n",
            directory);
    else
        return;
    g_string_append(text, "acl known proxy_auth REQUIRED\n"
                          "http_access deny !known\n");
}

char *mp_squid_config(const char *directory, const MpSiteProxy *proxy)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "http_port " MP_OFFICE_ADDRESS ":%d\n"
                           "visible_hostname proxy.lab.mediapath.test\n"
                           "dns_nameservers " MP_DNS_ADDRESS "\n"
                           "hosts_file none\n"
                           "pid_filename none\n"
                           "cache_log %s/squid.log\n"
                           "cache_store_log none\n"
                           "access_log none\n"
                           "coredump_dir %s\n"
                           "netdb_filename none\n"
                           "pinger_enable off\n"
                           "cache deny all\n"
                           "cache_mem 1 MB\n"
                           "memory_pools off\n"
                           "logfile_rotate 0\n"
                           "shutdown_lifetime 0 seconds\n"
                           "acl tls_port port 443\n"
                           "acl CONNECT method CONNECT\n",
                           MP_HTTP_PROXY_PORT, directory, directory);
    append_login(text, directory, proxy);
    g_string_append(text, "http_access deny CONNECT !tls_port\n"
                          "http_access allow all\n");
    return g_string_free(text, FALSE);
}

/* Of what basic_ncsa_auth reads, the one that GLib can compute; the password is random and lives
 * as long as the lab. */
char *mp_squid_users(const char *user, const char *password)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, password, -1);
    return g_strdup_printf("%s:%s\n", user, digest);
}

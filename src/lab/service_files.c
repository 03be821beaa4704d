/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files that the servers of a lab and its client read.
 */
#include <string.h>

#include "lab/certificates.h"
#include "lab/places.h"
#include "lab/service.h"
#include "lab/services.h"
#include "lab/squid.h"
#include "lab/web_names.h"

#define RESOLVER(address) "nameserver " address "\noptions timeout:2 attempts:2\n"

static gboolean write_text(const MpFarEnds *far_ends, const char *name, const char *text,
                           GError **error)
{
    g_autofree char *path = mp_far_ends_path(far_ends, name);
    return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

static gboolean issue(const MpAuthority *authority, const MpFarEnds *far_ends, const char *service,
                      const char *const *names, MpValidity validity, GError **error)
{
    g_autofree char *certificate_name = g_strdup_printf("%s.pem", service);
    g_autofree char *key_name = g_strdup_printf("%s-key.pem", service);
    g_autofree char *certificate = mp_far_ends_path(far_ends, certificate_name);
    g_autofree char *key = mp_far_ends_path(far_ends, key_name);
    return mp_authority_issue(authority, names, validity, certificate, key, error);
}

/* How a certificate of the TURN server differs from a good one. */
static gboolean issue_turn(const MpAuthority *trusted, const MpAuthority *foreign,
                           MpLabCertificate kind, const MpFarEnds *far_ends, GError **error)
{
    g_autofree char *address = mp_address_to_ip_string(&far_ends->turn);
    g_autofree char *second = mp_far_ends_is_loopback(far_ends)
                                  ? NULL
                                  : mp_address_to_ip_string(&far_ends->turn_second);
    const char *const names[] = {far_ends->turn_host, MP_SERVICE_HOST, address, second, NULL};
    const char *const other_names[] = {"other.lab.mediapath.test", NULL};
    return issue(kind == MP_CERTIFICATE_UNTRUSTED ? foreign : trusted, far_ends, "turn",
                 kind == MP_CERTIFICATE_OTHER_NAME ? other_names : names,
                 kind == MP_CERTIFICATE_EXPIRED  ? MP_VALIDITY_ENDED_YESTERDAY
                 : kind == MP_CERTIFICATE_FUTURE ? MP_VALIDITY_BEGINS_TOMORROW
                                                 : MP_VALIDITY_NOW,
                 error);
}

static gboolean issue_responder(const MpAuthority *authority, const MpFarEnds *far_ends,
                                GError **error)
{
    g_autofree char *address = mp_address_to_ip_string(&far_ends->responder);
    const char *const names[] = {far_ends->responder_host, address, NULL};
    return issue(authority, far_ends, "responder", names, MP_VALIDITY_NOW, error);
}

static gboolean issue_web(const MpAuthority *authority, const MpFarEnds *far_ends, GError **error)
{
    g_autoptr(MpWebNames) names = mp_web_names_new();
    return issue(authority, far_ends, "web", (const char *const *)names->patterns, MP_VALIDITY_NOW,
                 error);
}

static gboolean issue_portal(const MpAuthority *authority, const MpFarEnds *far_ends,
                             GError **error)
{
    const char *const names[] = {MP_PORTAL_HOST, NULL};
    return issue(authority, far_ends, "portal", names, MP_VALIDITY_NOW, error);
}

/* What the office signs with: machines of its own would trust it, the client does not. */
static gboolean write_office_authority(const MpFarEnds *far_ends, GError **error)
{
    g_autoptr(MpAuthority) office = mp_authority_new("Office TLS inspection", error);
    g_autofree char *certificate = mp_far_ends_path(far_ends, "office-ca.pem");
    g_autofree char *key = mp_far_ends_path(far_ends, "office-ca-key.pem");
    const char *const names[] = {"leaf.office.test", NULL};
    /* Of this one only the key is used: for every certificate that is made on the way. */
    return office && mp_authority_write_certificate(office, certificate, error) &&
           mp_authority_write_key(office, key, error) &&
           issue(office, far_ends, "office-leaf", names, MP_VALIDITY_NOW, error);
}

static gboolean intercepts(const MpSite *site)
{
    return site && site->intercepted_ports->len > 0;
}

static gboolean write_certificates(const MpFarEnds *far_ends, const MpNetwork *network,
                                   GError **error)
{
    g_autoptr(MpAuthority) trusted = mp_authority_new("mediapath lab authority", error);
    g_autoptr(MpAuthority) foreign = mp_authority_new("an authority nobody trusts", error);
    g_autofree char *path = mp_far_ends_path(far_ends, "ca.pem");
    return trusted && foreign && mp_authority_write_certificate(trusted, path, error) &&
           issue_turn(trusted, foreign, network->turn.certificate, far_ends, error) &&
           issue_responder(trusted, far_ends, error) &&
           (!network->web_is_running || issue_web(trusted, far_ends, error)) &&
           (!network->site->has_portal || issue_portal(trusted, far_ends, error)) &&
           (!(intercepts(network->site) || intercepts(network->second_site)) ||
            write_office_authority(far_ends, error));
}

static gboolean write_configs(const MpFarEnds *far_ends, const MpNetwork *network, GError **error)
{
    g_autoptr(GPtrArray) services = mp_service_list(far_ends, network, mp_secret_peek);
    for (guint i = 0; i < services->len; i++) {
        const MpService *service = g_ptr_array_index(services, i);
        if (service->config && !write_text(far_ends, service->config_name, service->config, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean write_proxy_users(const MpFarEnds *far_ends, GError **error)
{
    if (!far_ends->proxy_password)
        return TRUE;
    g_autofree char *users = mp_squid_users(far_ends->proxy_user,
                                            mp_secret_peek(far_ends->proxy_password));
    return write_text(far_ends, "squid.users", users, error);
}

/* Names come from the name servers alone. */
static gboolean write_resolver_files(const MpFarEnds *far_ends, const MpNetwork *network,
                                     GError **error)
{
    gboolean is_ipv6 = network->site->ip == MP_SITE_IPV6_NAT64;
    return write_text(far_ends, "hosts", "127.0.0.1 localhost\n::1 localhost\n", error) &&
           write_text(far_ends, "resolv.conf",
                      is_ipv6 ? RESOLVER(MP_ROUTER_ADDRESS6) : RESOLVER(MP_ROUTER_ADDRESS),
                      error) &&
           write_text(far_ends, "second-resolv.conf", RESOLVER(MP_SECOND_ROUTER_ADDRESS), error) &&
           write_text(far_ends, "internet-resolv.conf", RESOLVER(MP_DNS_ADDRESS), error);
}

static gboolean write_stamp_keys(const MpFarEnds *far_ends, GError **error)
{
    if (!far_ends->stamp_key)
        return TRUE;
    char *text = g_strdup_printf("%u %s\n", far_ends->stamp_key_id,
                                 mp_secret_peek(far_ends->stamp_key));
    gboolean is_written = write_text(far_ends, "stamp-keys", text, error);
    explicit_bzero(text, strlen(text));
    g_free(text);
    return is_written;
}

char *mp_services_write_files(const MpFarEnds *far_ends, const MpNetwork *network, GError **error)
{
    g_autoptr(MpSecret) json = mp_far_ends_to_json(far_ends);
    if (!write_certificates(far_ends, network, error) || !write_configs(far_ends, network, error) ||
        !write_proxy_users(far_ends, error) ||
        !write_text(far_ends, "token", mp_secret_peek(far_ends->responder_token), error) ||
        !write_stamp_keys(far_ends, error) || !write_resolver_files(far_ends, network, error) ||
        !write_text(far_ends, "lab.json", mp_secret_peek(json), error))
        return NULL;
    return mp_far_ends_path(far_ends, "lab.json");
}

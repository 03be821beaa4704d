/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files that the servers of a lab and its client read.
 */
#include <string.h>

#include "lab/certificates.h"
#include "lab/coturn.h"
#include "lab/services.h"

static gboolean write_text(const MpFarEnds *far_ends, const char *name, const char *text,
                           GError **error)
{
    g_autofree char *path = mp_far_ends_path(far_ends, name);
    return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

static gboolean issue(const MpAuthority *authority, const MpFarEnds *far_ends, const char *service,
                      const char *const *names, GError **error)
{
    g_autofree char *certificate_name = g_strdup_printf("%s.pem", service);
    g_autofree char *key_name = g_strdup_printf("%s-key.pem", service);
    g_autofree char *certificate = mp_far_ends_path(far_ends, certificate_name);
    g_autofree char *key = mp_far_ends_path(far_ends, key_name);
    return mp_authority_issue(authority, names, certificate, key, error);
}

static gboolean issue_turn(const MpAuthority *authority, const MpFarEnds *far_ends, GError **error)
{
    g_autofree char *address = mp_address_to_ip_string(&far_ends->turn);
    g_autofree char *second = mp_far_ends_is_loopback(far_ends)
                                  ? NULL
                                  : mp_address_to_ip_string(&far_ends->turn_second);
    const char *const names[] = {far_ends->turn_host, address, second, NULL};
    return issue(authority, far_ends, "turn", names, error);
}

static gboolean issue_responder(const MpAuthority *authority, const MpFarEnds *far_ends,
                                GError **error)
{
    g_autofree char *address = mp_address_to_ip_string(&far_ends->responder);
    const char *const names[] = {far_ends->responder_host, address, NULL};
    return issue(authority, far_ends, "responder", names, error);
}

static gboolean write_certificates(const MpFarEnds *far_ends, const MpNetwork *network,
                                   GError **error)
{
    g_autoptr(MpAuthority) authority = mp_authority_new("mediapath lab authority", error);
    g_autoptr(MpAuthority) foreign = mp_authority_new("an authority nobody trusts", error);
    g_autofree char *path = mp_far_ends_path(far_ends, "ca.pem");
    return authority && foreign && mp_authority_write_certificate(authority, path, error) &&
           issue_turn(network->turn.certificate == MP_CERTIFICATE_UNTRUSTED ? foreign : authority,
                      far_ends, error) &&
           issue_responder(authority, far_ends, error);
}

static gboolean write_coturn_config(const MpFarEnds *far_ends, GError **error)
{
    char *config = mp_coturn_config(far_ends, mp_secret_peek(far_ends->turn_password));
    gboolean is_done = write_text(far_ends, "turnserver.conf", config, error);
    explicit_bzero(config, strlen(config));
    g_free(config);
    return is_done;
}

char *mp_services_write_files(const MpFarEnds *far_ends, const MpNetwork *network, GError **error)
{
    g_autofree char *hosts = mp_far_ends_to_hosts(far_ends);
    g_autoptr(MpSecret) json = mp_far_ends_to_json(far_ends);
    if (!write_certificates(far_ends, network, error) || !write_coturn_config(far_ends, error) ||
        !write_text(far_ends, "token", mp_secret_peek(far_ends->responder_token), error) ||
        !write_text(far_ends, "hosts", hosts, error) ||
        !write_text(far_ends, "resolv.conf", "# The lab has no name server.\n", error) ||
        !write_text(far_ends, "lab.json", mp_secret_peek(json), error))
        return NULL;
    return mp_far_ends_path(far_ends, "lab.json");
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page by which a browser becomes the peer of a call.
 */
#include "responder/call_page.h"

#include <string.h>

#include "responder_resources.h"

#define PLACE "/mediapath/responder/call.html"
#define TYPE "text/html; charset=utf-8"

/* CSP level 3 section 6.7.2.3: an inline element may run where its digest is named. */
static void add_digest(GString *policy, const char *page, const char *tag)
{
    g_autofree char *opening = g_strdup_printf("<%s>", tag);
    g_autofree char *closing = g_strdup_printf("</%s>", tag);
    const char *begin = strstr(page, opening);
    const char *end = begin ? strstr(begin, closing) : NULL;
    g_assert(end);
    begin += strlen(opening);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)begin, end - begin);
    guint8 digest[32];
    gsize length = sizeof digest;
    g_checksum_get_digest(checksum, digest, &length);
    g_autofree char *text = g_base64_encode(digest, length);
    g_string_append_printf(policy, " %s-src 'sha256-%s';", tag, text);
}

/* Nothing but what is in the page, and requests to where it came from. */
static char *policy_of(const char *page)
{
    GString *policy = g_string_new("default-src 'none';");
    add_digest(policy, page, "script");
    add_digest(policy, page, "style");
    g_string_append(policy, " connect-src 'self'; media-src 'self' blob: mediastream:;"
                            " img-src data:; base-uri 'none'; form-action 'none';"
                            " frame-ancestors 'none'");
    return g_string_free(policy, FALSE);
}

void mp_call_page_serve(SoupServerMessage *message)
{
    g_autoptr(GBytes) bytes = g_resource_lookup_data(mp_responder_get_resource(), PLACE,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(bytes);
    gsize length;
    const char *page = g_bytes_get_data(bytes, &length);
    g_autofree char *policy = policy_of(page);
    const char *const headers[][2] = {
        {"Content-Security-Policy", policy},
        {"Cache-Control", "no-cache"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(self), microphone=(self), geolocation=()"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
        soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                     headers[i][0], headers[i][1]);
    soup_server_message_set_response(message, TYPE, SOUP_MEMORY_COPY, page, length);
    soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cross-origin resource sharing.
 */
#include "responder/cross_origin.h"

typedef struct {
    const char *name;
    const char *value;
} Header;

static void add(SoupServerMessage *message, const Header *headers, gsize n)
{
    for (gsize i = 0; i < n; i++)
        soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                     headers[i].name, headers[i].value);
}

void mp_cross_origin_allow(SoupServerMessage *message)
{
    static const Header headers[] = {
        {"Access-Control-Allow-Origin", "*"},
        {"Access-Control-Expose-Headers", "Location, ETag"},
    };
    add(message, headers, G_N_ELEMENTS(headers));
}

void mp_cross_origin_preflight(SoupServerMessage *message)
{
    static const Header headers[] = {
        {"Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE"},
        {"Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match"},
        {"Access-Control-Max-Age", "600"},
    };
    add(message, headers, G_N_ELEMENTS(headers));
    soup_server_message_set_status(message, SOUP_STATUS_NO_CONTENT, NULL);
}

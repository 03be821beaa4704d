/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of sslsplit. It asks the kernel where a redirected connection was going,
 * shows the client that server's certificate as signed by the office, and passes on any protocol
 * inside.
 */
#include "lab/interception.h"

#include <glib.h>

#include "lab/places.h"

char *mp_interception_config(const char *directory, const char *listen_address)
{
    return g_strdup_printf("CACert %s/office-ca.pem\n"
                           "CAKey %s/office-ca-key.pem\n"
                           "LeafKey %s/office-leaf-key.pem\n"
                           "User root\n"
                           "DenyOCSP yes\n"
                           "ProxySpec ssl %s %d\n",
                           directory, directory, directory, listen_address, MP_INTERCEPTION_PORT);
}

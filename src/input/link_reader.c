/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link from YAML.
 */
#include "input/link_reader.h"

MpLink *mp_link_read(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    (void)yaml;
    (void)node;
    (void)error;
    return mp_link_new();
}

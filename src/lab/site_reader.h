/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site, and what a carrier has in common with it, from a network file that its schema accepted.
 */
#pragma once

#include "input/yaml.h"
#include "lab/site.h"

/* NULL with MP_ERROR_INPUT where a value makes no sense. */
MpSite *mp_site_read(const MpYaml *yaml, MpYamlNode *node, GError **error);
/* The same, also where only the first site can have such a thing. */
MpSite *mp_second_site_read(const MpYaml *yaml, MpYamlNode *node, GError **error);

/* From mappings "nat" and "mtu"; NULL gives the defaults: a home router's NAT, 1500 bytes. */
MpNat mp_nat_read(MpYamlNode *node);
MpMtu mp_mtu_read(MpYamlNode *node);

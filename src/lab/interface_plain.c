/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Offloads are turned off by name, as ethtool does.
 */
#include "lab/interface_plain.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define MAX_FEATURES ((gsize)256)
#define N_BLOCKS (MAX_FEATURES / 32)

/* Everything that makes one packet of many, many of one, or leaves a checksum for later. */
static const char *const unwanted[] = {
    "tx-checksum*", "tx-scatter-gather*", "tx-*segmentation", "tx-*segmentation-*",
    "tx-gso-*",     "rx-checksum",        "rx-gro*",          "rx-lro",
    "rx-udp-gro*",
};

typedef union {
    struct ethtool_sset_info header;
    char bytes[sizeof(struct ethtool_sset_info) + sizeof(guint32)];
} FeatureCount;

typedef union {
    struct ethtool_gstrings header;
    char bytes[sizeof(struct ethtool_gstrings) + MAX_FEATURES * ETH_GSTRING_LEN];
} FeatureNames;

typedef union {
    struct ethtool_gfeatures header;
    char bytes[sizeof(struct ethtool_gfeatures) +
               N_BLOCKS * sizeof(struct ethtool_get_features_block)];
} FeatureStates;

typedef union {
    struct ethtool_sfeatures header;
    char bytes[sizeof(struct ethtool_sfeatures) +
               N_BLOCKS * sizeof(struct ethtool_set_features_block)];
} FeatureChange;

static gboolean is_unwanted(const char *feature)
{
    for (guint i = 0; i < G_N_ELEMENTS(unwanted); i++)
        if (g_pattern_match_simple(unwanted[i], feature))
            return TRUE;
    return FALSE;
}

/* Negative on failure; a positive answer to a change means that others had to follow. */
static int ask_driver(int fd, const char *name, gpointer question)
{
    struct ifreq request = {.ifr_data = question};
    g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
    return ioctl(fd, SIOCETHTOOL, &request);
}

static void choose(const FeatureNames *names, const FeatureStates *states, FeatureChange *change)
{
    for (guint i = 0; i < names->header.len; i++) {
        char feature[ETH_GSTRING_LEN + 1] = {0};
        memcpy(feature, names->header.data + (gsize)i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
        const struct ethtool_get_features_block *state = &states->header.features[i / 32];
        guint32 bit = 1U << (i % 32);
        if ((state->available & ~state->never_changed & bit) && is_unwanted(feature))
            change->header.features[i / 32].valid |= bit;
    }
}

/* Newer kernels give names only to who knows how many there are. 0 with errno on failure. */
static guint count_features(int fd, const char *name)
{
    FeatureCount count = {
        .header = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES}};
    if (ask_driver(fd, name, &count) < 0)
        return 0;
    errno = EOPNOTSUPP;
    return count.header.sset_mask && count.header.data[0] <= MAX_FEATURES ? count.header.data[0]
                                                                          : 0;
}

static gboolean turn_off(int fd, const char *name)
{
    guint n_features = count_features(fd, name);
    guint n_blocks = (n_features + 31) / 32;
    FeatureNames names = {
        .header = {.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES, .len = n_features}};
    FeatureStates states = {.header = {.cmd = ETHTOOL_GFEATURES, .size = n_blocks}};
    FeatureChange change = {.header = {.cmd = ETHTOOL_SFEATURES, .size = n_blocks}};
    if (n_features == 0 || ask_driver(fd, name, &names) < 0 || ask_driver(fd, name, &states) < 0)
        return FALSE;
    choose(&names, &states, &change);
    return ask_driver(fd, name, &change) >= 0;
}

gboolean mp_interface_plain(const char *name, GError **error)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean is_done = fd >= 0 && turn_off(fd, name);
    if (!is_done)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                    "offloads of the interface %s cannot be turned off: %s", name,
                    g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_done;
}

gboolean mp_interface_plain_all(GError **error)
{
    gboolean is_done = TRUE;
    struct if_nameindex *all = if_nameindex();
    if (!all) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "interfaces cannot be listed: %s",
                    g_strerror(errno));
        return FALSE;
    }
    for (guint i = 0; all[i].if_index > 0 && is_done; i++)
        is_done = g_str_equal(all[i].if_name, "lo") || mp_interface_plain(all[i].if_name, error);
    if_freenameindex(all);
    return is_done;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as the packets of a result: what is read ascends but within a burst, and a path's model
 * can be made of it, and a link of a whole one; a refusal names its line.
 */
#include "input/packets_reader.h"

#include <mediapath/report.h>

#include "analysis/path_model_fit.h"
#include "model/packet_fate.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void check_order(const GArray *packets)
{
    for (guint i = 1; packets && i < packets->len; i++)
        g_assert(g_array_index(packets, MpPacketFate, i - 1).sent <=
                 g_array_index(packets, MpPacketFate, i).sent + MP_PACKETS_LONGEST_BURST);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpResult) result = mp_result_new();
    MpMeasurement *media = mp_measurement_new("media-udp", "media", NULL, MP_TRANSPORT_UDP);
    g_ptr_array_add(result->measurements, media);
    if (!mp_packets_parse("fuzz", (const char *)data, size, result, &error)) {
        g_assert(g_str_has_prefix(error->message, "fuzz:"));
        g_assert(g_ascii_isdigit(error->message[sizeof "fuzz:" - 1]));
        g_assert(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    check_order(media->packets_up);
    check_order(media->packets_down);
    g_autofree char *text = mp_report_packets(result);
    g_autofree MpPathModel *model = mp_path_model_fit(media);
    g_assert(text);
    if (model && mp_path_model_is_whole(model)) {
        g_autoptr(MpLink) link = mp_link_new();
        mp_path_model_draw(model, 1, link);
    }
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's audio: Opus and NetEq. Files are libwebrtc's (signalapp/webrtc bd635df of
 * 2026-07), below modules/audio_coding.
 */
#include "simulator/chromium_audio.h"

const MpChromiumAudio mp_chromium_audio_2026_07 = {
    /* codecs/opus: 20 ms packets, of a voice at 32 kbit/s; neteq: kOutputSizeMs. */
    .packet_time = MP_MSEC(20),
    .packet_bytes = 80,
    .tick = MP_MSEC(10),
    /* Measured with Chromium 156: of the sound of its fake device, a short tone each second, one
     * packet in twelve carries another. */
    .repair_loss = 0.005,
    .repair_share = 0.08,
    /* neteq/delay_manager: kStartDelayMs and its configuration; neteq/underrun_optimizer:
     * kBucketSizeMs; neteq/decision_logic: kPacketHistorySizeMs. */
    .start_delay = MP_MSEC(80),
    .delay_step = MP_MSEC(20),
    .resample = MP_MSEC(500),
    .quantile = 0.95,
    .forget = 0.983,
    .start_weight = 2,
    .reorder_forget = 0.9993,
    .ms_per_loss_percent = 20,
    .history = MP_SEC(2),
    /* neteq/decision_logic: kTargetLevelWindowMs / 2, kDelayAdjustmentGranularityMs,
     * kMinTimescaleInterval, kPostponeDecodingLevel. */
    .early_margin = MP_MSEC(50),
    .stretch_margin = MP_MSEC(20),
    .stretch_ticks = 5,
    .stretch = MP_MSEC(10),
    .restart_share = 0.5,
    /* Measured with Chromium 156: concealedSamples of an event beside the packets lost in it, and
     * silentConcealedSamples. */
    .long_concealment = MP_MSEC(60),
    .merge = MP_MSEC(5),
    .fade = MP_MSEC(200),
};

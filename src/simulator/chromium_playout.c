/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's video jitter buffer, repair and freeze counter. The files named are those
 * of libwebrtc in July 2026.
 */
#include "simulator/chromium_playout.h"

const MpChromiumPlayout mp_chromium_playout_2026_07 = {
    /* kMaxWaitForFrame, kMaxWaitForKeyFrame, kInactiveDuration: video/video_receive_stream2. */
    .longest_wait = MP_SEC(3),
    .longest_key_wait = MP_MSEC(200),
    .inactive = MP_SEC(5),
    /* modules/video_coding/nack_requester. */
    .nack = {.tick = MP_MSEC(20), .round_trip = MP_MSEC(100), .most = 1000, .most_asked = 100},
    /* modules/rtp_rtcp/source/rtp_packet_history.h; 600 packets: call/rtp_video_sender.cc; 5 ms:
     * rtp_sender.cc; 500 ms: call/rtp_transport_controller_send.cc; half the rate at most:
     * modules/video_coding/fec_controller_default.cc. */
    .history = {.least = MP_SEC(1),
                .round_trips = 3,
                .longest_factor = 3,
                .few_packets = 600,
                .margin = MP_MSEC(5),
                .limiter_window = MP_MSEC(500),
                .overhead_window = MP_SEC(1),
                .most_overhead = 0.5,
                .header = 2},
    /* modules/video_coding/media_opt_util, modules/rtp_rtcp/source/ulpfec_generator.cc,
     * forward_error_correction_internal.cc; which
     * codecs: ShouldDisableRedAndUlpfec of call/rtp_video_sender.cc. The curve runs through its
     * table of 50 rates and 129 losses; 5 of 255 is the error from 1 to 4 Mbps. */
    .protection = {.is_used = {[MP_SIM_VP8] = TRUE, [MP_SIM_VP9] = TRUE},
                   .least_round_trip = MP_MSEC(20),
                   .thin_round_trip = MP_MSEC(200),
                   .thin_bytes = {400, 700, 1000},
                   .thin_pixels = {352 * 288, 640 * 480},
                   .loss_windows = 10,
                   .loss_window = MP_SEC(1),
                   .least_factor = 51,
                   .most_factor = 128,
                   .key_boost = 2,
                   .curve_top = 170,
                   .curve_slope = 0.0044,
                   .curve_exponent = 0.8,
                   .row_kbit = 5,
                   .most_rows = 49,
                   .reference_pixels = 704 * 576,
                   .pixels_exponent = 0.3,
                   .payload = 1460,
                   .most_frames = 6,
                   .most_packets = 48,
                   .most_drawn = 12,
                   .high_factor = 80,
                   .least_packets = 4,
                   .packets_per_frame = 2,
                   .most_excess = 50,
                   .header = 15},
    /* modules/video_coding/timing/jitter_estimator.cc, frame_delay_variation_kalman_filter.cc. */
    .jitter = {.initial_bytes = 500,
               .frames_until_size = 5,
               .average_weight = 0.97,
               .most_weight = 0.9999,
               .initial_size_variance = 100,
               .initial_noise_variance = 4,
               .clamp_deviations = 3.5,
               .outlier_deviations = 15,
               .size_outlier_deviations = 3,
               .congested_factor = -0.25,
               .alpha_most = 400,
               .startup_frames = 30,
               .fps_window = 30,
               .most_fps = 200,
               .noise_deviations = 2.33,
               .noise_offset_ms = 30,
               .least_ms = 1,
               .most_ms = 10000,
               .system_ms = 10,
               .repaired_frames = 3,
               .repaired_timeout = MP_SEC(60),
               .round_trip_share = 0.9,
               .most_round_trip = MP_MSEC(200),
               .scale_from_fps = 5,
               .scale_to_fps = 10,
               .theta = 1 / (512e3 / 8),
               .least_theta = 1e-6,
               .covariance = {1e-4, 1e2},
               .process_noise = {2.5e-10, 1e-10},
               .observation_noise = 300},
    /* modules/video_coding/timing/timestamp_extrapolator. */
    .extrapolator = {.covariance = {1, 1e10},
                     .startup_frames = 2,
                     .reset_timeout = MP_SEC(10),
                     .outlier_startup = 300,
                     .outlier_most = 150,
                     .outlier_weight = 0.999,
                     .outlier_deviations = 2,
                     .initial_variance = 3000 * 3000,
                     .alarm = 60000,
                     .drift = 6600,
                     .clip = 7000},
    /* modules/video_coding/timing/timing.h, video/frame_decode_timing.h,
     * modules/video_coding/frame_helpers.cc. 64 Hz: Chromium's TimerBasedTickProvider. A frame of
     * 480 lines takes 1 to 2 ms to decode. */
    .timing = {.render = MP_MSEC(10),
               .decode = MP_MSEC(2),
               .tick = MP_USEC(15625),
               .most_late = MP_MSEC(5),
               .most = MP_SEC(10)},
    /* video/video_quality_observer2.cc. */
    .freeze = {.window = 30, .least_samples = 5, .factor = 3, .increase_ms = 150},
    /* modules/rtp_rtcp/source/rtcp_sender.cc. The offerer's receive stream is made by the answer,
     * after the mode was agreed, and keeps call/video_receive_stream.h's kCompound
     * (media/engine/webrtc_video_engine.cc). */
    .rtcp = {.interval = MP_SEC(1), .is_offerer_compound = TRUE, .bytes = 100},
};

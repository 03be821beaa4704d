/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's congestion control, pacer and probes, as libwebrtc has them by default.
 * Files are named as in its tree of July 2026 (as of signalapp/webrtc bd635df); what is not named
 * otherwise is in modules/congestion_controller/goog_cc/.
 */
#include "simulator/chromium_congestion.h"

const MpChromiumCongestion mp_chromium_congestion_2026_07 = {
    /* kDefaultStartBitrate, media/engine and call/rtp_bitrate_configurator. */
    .start_bps = 300e3,
    /* The least of video (kDefaultMinVideoBitrateBps, 30 kbit/s) and what audio always has, 32 and
     * 56 bytes of headers every 20 ms: "WebRTC-Bwe-MinAllocAsLowerBound" is on by default. Real
     * calls' availableOutgoingBitrate ends exactly there. */
    .least_bps = 84.4e3,
    .most_bps = 1e9,                 /* send_side_bandwidth_estimation.cc */
    .interval = MP_MSEC(25),         /* api/transport/goog_cc_factory.cc */
    .start = MP_SEC(2),              /* send_side_bandwidth_estimation.cc: kStartPhase */
    .loss_packets = 20,              /* kLimitNumPackets */
    .backoff_round_trip = MP_SEC(3), /* "WebRTC-Bwe-MaxRttLimit" */
    .backoff = 0.8,
    .backoff_interval = MP_SEC(1),
    .backoff_bps = 5e3,

    /* inter_arrival_delta.cc and .h; delay_based_bwe.cc: kSendTimeGroupLength, kStreamTimeOut. */
    .arrival = {.group_ms = 5,
                .burst_gap_ms = 5,
                .longest_burst_ms = 100,
                .clock_step_ms = 3000,
                .most_reordered = 3,
                .silence = MP_SEC(2)},

    /* trendline_estimator.cc. */
    .trend = {.smoothing = 0.9,
              .gain = 4,
              .most_deltas = 60,
              .overuse_ms = 10,
              .threshold = 12.5,
              .least = 6,
              .most = 600,
              .rise_per_ms = 0.0087,
              .fall_per_ms = 0.039,
              .farthest = 15,
              .longest_ms = 100},

    /* modules/remote_bitrate_estimator/aimd_rate_control.cc; link_capacity_estimator.cc. */
    .aimd = {.backoff = 0.85,
             .backoff_bps = 5e3,
             .growth = 1.08,
             .least_growth_bps = 1e3,
             .least_bps_per_s = 4e3,
             .ahead = 1.5,
             .ahead_bps = 10e3,
             .frame_rate = 30,
             .packet_bytes = 1200,
             .response = MP_MSEC(100),
             .round_trip = MP_MSEC(200),
             .least_interval = MP_MSEC(10),
             .most_interval = MP_MSEC(200),
             .capacity_weight = 0.05,
             .capacity_deviations = 3,
             .least_deviation = 0.4,
             .most_deviation = 2.5},

    /* acknowledged_bitrate_estimator_interface.h: RobustThroughputEstimatorSettings, on by default;
     * robust_throughput_estimator.cc: kMaxReorderingTime. */
    .acked_rate = {.least_packets = 10,
                   .window_packets = 20,
                   .window_ms = 1000,
                   .most_packets = 500,
                   .longest_ms = 5000,
                   .reordered_ms = 1000},

    /* loss_based_bwe_v2.cc: CreateConfig. */
    .loss_based = {.observation_ms = 250,
                   .least_observations = 3,
                   .weight = 0.9,
                   .candidates = {1.02, 1.0, 0.95},
                   .inherent_loss = 0.01,
                   .least_inherent_loss = 1e-3,
                   .inherent_loss_offset = 0.05,
                   .inherent_loss_bps = 100e3,
                   .newton_step = 0.75,
                   .instant_offset = 0.05,
                   .instant_bps = 100e3,
                   .rate_bias = 0.0002,
                   .log_bias = 0.02,
                   .bias_loss = 0.2,
                   .bias_smoothing = 0.002,
                   .median_factor = 2,
                   .most_increase = 1.3,
                   .increase_ms = 300,
                   .ramp_up = 1.5,
                   .ramp_up_in_hold = 1.2,
                   .hold_threshold = 1.3,
                   .first_hold_ms = 300,
                   .most_hold_ms = 60000,
                   .hold_factor = 2,
                   .padding_ms = 2000},

    /* probe_controller.cc; probe_bitrate_estimator.cc; goog_cc_network_control.cc:
     * kProbeDropThroughputFraction. The long first probes (100 ms in steps of 20) are of
     * connections that probe without media, which a browser's are not. */
    .probes = {.first = 3,
               .second = 6,
               .further = 2,
               .further_above = 0.7,
               .most_bps = 5e6,
               .most_of_need = 2,
               .result_within = MP_SEC(1),
               .interval = MP_SEC(5),
               .limited = 2,
               .need = 1,
               .second_need = 2,
               .need_of_estimate = 2,
               .least_packets = 5,
               .span = MP_MSEC(15),
               .step = MP_MSEC(2),
               .large_drop = 0.66,
               .drop_timeout = MP_SEC(5),
               .drop_fraction = 0.85,
               .drop_uncertainty = 0.05,
               .limited_ended = MP_SEC(3),
               .received_share = 0.8,
               .most_ratio = 2,
               .unsaturated = 0.9,
               .utilisation = 0.95,
               .longest_ms = 1000,
               .drop_acked = 0.85},

    /* rtc_base/experiments/alr_experiment.cc: the screen's settings, which alr_detector.cc takes
     * for every call; modules/pacing/interval_budget.cc: kWindowMs. */
    .limited = {.usage = 0.8, .start = 0.4, .stop = -0.6, .budget_ms = 500},

    /* rtc_base/experiments/rate_control_settings.cc ("QueueSize:350,MinBitrate:30000,
     * DropFrame:true"); goog_cc_network_control.cc; congestion_window_pushback_controller.cc. */
    .window = {.queue_ms = 350,
               .round_trips = 32,
               .least_bytes = 3000,
               .full = 1,
               .very_full = 1.5,
               .nearly_empty = 0.1,
               .slower = 0.95,
               .much_slower = 0.9,
               .faster = 1.05,
               .least_bps = 30e3},

    /* Factors: video/video_send_stream_impl.cc (kStrictPacingMultiplier), alr_experiment.cc for
     * screens; kDefaultPaceMultiplier (2.5) is of senders without a video stream. modules/pacing/:
     * pacing_controller, bitrate_prober; the timers of task_queue_paced_sender, in whole
     * milliseconds, are here only the probes'. Padding: modules/rtp_rtcp/source/rtp_sender.cc,
     * rtp_packet_history.cc. */
    .pacer = {.camera_factor = 1.1,
              .screen_factor = 1.0,
              .camera_queue = MP_SEC(2),
              .screen_queue = MP_MSEC(2875),
              .burst = MP_MSEC(40),
              .burst_bytes = 63000,
              .most_debt = MP_MSEC(500),
              .padding = MP_MSEC(5),
              .padding_bytes = 224,
              .least_payload = 50,
              .padding_excess = 3,
              .padding_change = 100,
              .probe_early = MP_MSEC(1),
              .probe_timeout = MP_SEC(5),
              .probe_packet = 200},

    /* modules/remote_bitrate_estimator/transport_sequence_number_feedback_generator.cc. */
    .feedback = {.first = MP_MSEC(100),
                 .least = MP_MSEC(50),
                 .most = MP_MSEC(250),
                 .share = 0.05,
                 .bytes = 68},

    /* call/bitrate_allocator.cc: kTransmissionMaxBitrateMultiplier. */
    .most_allocated = 2,
};

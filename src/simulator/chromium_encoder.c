/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's video encoders, their sources and quality scaler.
 *
 * "libwebrtc": signalapp/webrtc bd635df (2026-07). "libvpx": webmproject/libvpx, vp8/encoder.
 * "Measured": libvpx 1.12 with libwebrtc's settings on the pictures of tests/truth/camera.py and
 * call.html; or Chromium 156 on the same in calls whose cell's part is "training".
 */
#include "simulator/chromium_encoder.h"

/* RFC 6386 section 14.1: the step of the DC coefficients, by some of its points. */
#define VP8_STEP                                                                                   \
    {                                                                                              \
        {2, 6}, {10, 13}, {30, 27}, {60, 55}, {90, 84}, {106, 108}, {127, 157},                    \
    }

/* H.264 clause 8.6.1: it doubles every six. */
#define H264_STEP                                                                                  \
    {                                                                                              \
        {0, 0.625}, {51, 228},                                                                     \
    }

/* What a pilot's calls in Chromium 156 had at the rates where VP8 had this. */
#define VP9_LIKE_VP8                                                                               \
    {                                                                                              \
        {8, 2}, {32, 6.3}, {60, 11.8}, {94, 20}, {150, 40}, {205, 80}, {255, 127},                 \
    }

/* VP9 bitstream specification, section 8.6.1, and AV1's 7.12.2 alike, by some of its points. */
#define VP9_STEP                                                                                   \
    {                                                                                              \
        {8, 16}, {48, 52}, {98, 98}, {148, 164}, {198, 364}, {228, 710}, {255, 1828},              \
    }

const MpChromiumEncoder mp_chromium_encoder_2026_07 = {
    /* libwebrtc media/engine: kDefaultMtu less addresses and headers, in packets of real calls. */
    .packet_bytes = 1178,
    /* libwebrtc video/config: kDefaultMinVideoBitrateBps. */
    .least_bps = 30e3,
    /* libwebrtc modules/pacing: kMaxExpectedQueueLength; call/control_handler stops encoding. */
    .longest_backlog = MP_SEC(2),
    /* libwebrtc video/video_stream_encoder: UpdateTargetBitrate. */
    .least_drop_share = 0.01,
    /* libwebrtc video/adaptation: high_encode_usage_threshold_percent. */
    .overuse = 0.85,
    /* libwebrtc video/config/encoder_stream_factory: GetMaxDefaultVideoBitrateKbps. */
    .most = {{320 * 240, 600e3}, {640 * 480, 1700e3}, {960 * 540, 2000e3}, {G_MAXUINT, 2500e3}},
    .screen_most_bps = 1200e3,
    .codecs =
        {
            {
                /* libwebrtc libvpx_vp8_encoder: quantizers 2 to 56 of 63, a screen's from 12; on
                 * the bitstream's scale to 127. kLowVp8QpThreshold, kHighVp8QpThreshold. */
                .least_qp = 2,
                .most_qp = 106,
                .screen_least_qp = 15,
                .low_qp = 29,
                .high_qp = 95,
                .is_rate_trusted = TRUE,
                .screen_share = 1,
                /* libvpx ratectrl: its bits of a macroblock at the finest step. */
                .step = VP8_STEP,
                .guess = 30.6,
                .key_guess = 48,
                .like_vp8 = {{1, 1}, {127, 127}},
                .bits_share = 1,
                .key_share = 1,
                .spread_share = 1,
                .settle = 2,
                .pixel_ns = 13,
            },
            {
                /* libwebrtc libvpx_vp9_encoder: kLowVp9QpThreshold, kHighVp9QpThreshold. */
                .least_qp = 8,
                .most_qp = 224,
                .screen_least_qp = 32,
                .low_qp = 149,
                .high_qp = 205,
                .is_rate_trusted = TRUE,
                .screen_share = 1,
                .step = VP9_STEP,
                .guess = 180,
                .key_guess = 280,
                .like_vp8 = VP9_LIKE_VP8,
                .bits_share = 1,
                .key_share = 1,
                .spread_share = 1,
                .settle = 0.8,
                .pixel_ns = 18,
            },
            {
                /* libwebrtc h264_encoder_impl: kLowH264QpThreshold, kHighH264QpThreshold.
                 * OpenH264's rate control of a camera: 12 to 42; what its
                 * quantizers come to was measured with OpenH264 2.3 as the rest with libvpx. Of a
                 * screen it encodes every other picture: a pilot's calls in Chromium 156. */
                .least_qp = 12,
                .most_qp = 42,
                .screen_least_qp = 26,
                .low_qp = 24,
                .high_qp = 37,
                .screen_share = 0.5,
                .step = H264_STEP,
                .guess = 15,
                .key_guess = 23,
                .like_vp8 = {{12, 2.5},
                             {17.8, 5.5},
                             {20.3, 11.1},
                             {23.9, 27.3},
                             {27.3, 49},
                             {30.3, 73},
                             {42, 127}},
                .bits_share = 1,
                .key_share = 2.5,
                .spread_share = 0.65,
                .settle = 0.8,
                .pixel_ns = 6,
            },
            {
                /* libwebrtc libaom_av1_encoder: kLowQindex, kHighQindex. */
                .least_qp = 10,
                .most_qp = 224,
                .screen_least_qp = 32,
                .low_qp = 145,
                .high_qp = 205,
                .is_rate_trusted = TRUE,
                .screen_share = 1,
                .step = VP9_STEP,
                .guess = 150,
                .key_guess = 230,
                .like_vp8 = VP9_LIKE_VP8,
                .bits_share = 0.8,
                .key_share = 0.8,
                .spread_share = 1,
                .settle = 0.8,
                .pixel_ns = 26,
            },
        },
    .rate =
        {
            /* libwebrtc libvpx_vp8_encoder: rc_buf_initial_sz, rc_buf_optimal_sz, rc_buf_sz,
             * rc_undershoot_pct, rc_overshoot_pct, rc_dropframe_thresh. */
            .buffer_start = MP_MSEC(500),
            .buffer_optimal = MP_MSEC(600),
            .buffer_most = MP_MSEC(1000),
            .undershoot_percent = 100,
            .overshoot_percent = 15,
            .drop_mark = 0.3,
            /* libvpx ratectrl: fitted to its bits of a macroblock; adjustment_limit; frames
             * before ni_av_qi counts; limit_q_cbr_inter. */
            .estimate_power = 1.19,
            .correction_step = 0.75,
            .trusted_frames = 150,
            /* libwebrtc: MaxIntraTarget at 30 frames/s. */
            .key_most_frames = 9,
            .screen_qp_fall = 12,
            .rate_window = MP_SEC(1),
        },
    .adjuster =
        {
            /* libwebrtc video/encoder_bitrate_adjuster: kWindowSize, kMinFramesSinceLayoutChange,
             * kDefaultUtilizationFactor. */
            .window = MP_SEC(3),
            .least_frames = 30,
            .use_at_first = 1.2,
            .most_use = 2,
        },
    .dropper =
        {
            /* libwebrtc modules/video_coding/utility/frame_dropper. */
            .bucket = MP_MSEC(500),
            .most_ahead = MP_SEC(3),
            .far = 1.3,
            .ratio_kept = 0.9,
            .ratio_kept_far = 0.8,
            .longest_drop = MP_SEC(4),
            .large = 3,
            .spread = MP_MSEC(500),
            .least_spread = 5,
            .size_kept = 0.9,
        },
    .scaler =
        {
            /* libwebrtc quality_scaler: kMeasureMs, kSamplePeriodScaleFactor,
             * kMinFramesNeededToScale, 5 s of frames, kFramedropPercentThreshold. */
            .check_every = MP_SEC(2),
            .check_later = 2.5,
            .least_frames = 60,
            .window_frames = 150,
            .drop_percent = 60,
            /* libwebrtc call/adaptation/video_stream_adapter; kDefaultMinPixelsPerFrame. */
            .step_share = 0.6,
            .least_pixels = 320 * 180,
            /* libwebrtc video: kMaxInitialFramedrop, DropDueToSize. */
            .initial_drops = 4,
            .small_bps = 300e3,
            .small_pixels = 320 * 240,
            .middle_bps = 500e3,
            .middle_pixels = 640 * 480,
        },
    .content =
        {
            /* Measured with libvpx on the talking head of camera.py, 4 to 10 s after its start; a
             * tenth less, as it is later in calls. */
            .camera = {{3.6, 0.229},
                       {6.3, 0.165},
                       {11.8, 0.0785},
                       {18.3, 0.0495},
                       {28.6, 0.0300},
                       {50.6, 0.0156},
                       {85, 0.0102},
                       {106, 0.006}},
            .camera_key = {{2, 2.56},
                           {14, 0.90},
                           {27, 0.258},
                           {38, 0.089},
                           {58, 0.0492},
                           {90, 0.0381},
                           {106, 0.0353}},
            /* A coarse picture is what moves, a fine one the noise of the camera as well; the
             * finest are of 1700 kbps and more, where frames are large. Fitted, with H.264's share,
             * to the rates of training cells: 250 to 1200 kbps over queues of 50 ms to 1 s, and
             * 1700 under loss. */
            .camera_spread = {{6, 0.3}, {9, 0.45}, {16, 0.44}, {26, 0.4}, {37, 0.25}, {60, 0.22}},
            .camera_drift = 0.15,
            .camera_drift_time = MP_SEC(1),
            .camera_settle_time = MP_MSEC(600),
            .camera_height = 0.5,
            .camera_rate = 0.35,
            /* Measured: the pages of call.html at 1280x720. */
            .page = {{15, 2.2}, {56, 1.06}, {68, 0.90}, {82, 0.80}, {90, 0.70}, {106, 0.52}},
            .whole =
                {{15, 2.9}, {20, 2.6}, {26, 2.35}, {37, 2.0}, {51, 1.7}, {63, 1.45}, {106, 1.2}},
            .refine = {{15, 0.30}, {34, 0.29}, {82, 0.265}, {94, 0.14}, {106, 0.037}},
            .change = 0.016,
            .scroll_change = 0.010,
            .scroll_refine = 0.6,
            .page_spread = 0.03,
            .slide_every = MP_SEC(5),
            .scroll_every = MP_USEC(444444),
            /* Screens of 60 Hz. Chosen by eye, not fitted, for 18 training calls with pipelines
             * of 12 to 45 ms and without a graphics processor: what drawImage() and the reading of
             * the canvas take, how much longer all of it takes beside a call's own threads, and by
             * how much twins differ. */
            .grid = MP_USEC(16667),
            .pipeline_ms = 8,
            .pipeline_stretch = 1.25,
            .pipeline_spread = 0.12,
            .computer_spread = 0.2,
        },
};

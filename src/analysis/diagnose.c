/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of rules, causes before their consequences.
 */
#include "analysis/diagnose.h"

#include "analysis/listed.h"
#include "analysis/rules.h"

#define ERROR MP_SEVERITY_ERROR
#define WARNING MP_SEVERITY_WARNING
#define SITE MP_OWNER_SITE_NETWORK
#define SERVICE MP_OWNER_SERVICE_OPERATOR
#define TESTER MP_OWNER_TESTER

static const MpRule rules[] = {
    {"path-lossy", ERROR, SITE, mp_rule_path_lossy},
    {"only-proxy-answers", ERROR, SITE, mp_rule_only_proxy_answers},
    {"nothing-answered", ERROR, SITE, mp_rule_nothing_answered},
    {"captive-portal", ERROR, TESTER, mp_rule_captive_portal},
    {"service-not-offered", ERROR, SERVICE, mp_rule_service_not_offered},
    {"name-unresolved", ERROR, SITE, mp_rule_name_unresolved},
    {"name-misdirected", ERROR, SITE, mp_rule_name_misdirected},
    {"udp-blocked", ERROR, SITE, mp_rule_udp_blocked},
    {"tcp-blocked", ERROR, SITE, mp_rule_tcp_blocked},
    {"proxy-down", ERROR, SITE, mp_rule_proxy_down},
    {"proxy-login-unsupported", ERROR, SITE, mp_rule_proxy_login_unsupported},
    {"proxy-login-wanted", ERROR, MP_OWNER_CREDENTIALS, mp_rule_proxy_login_wanted},
    {"proxy-refuses", ERROR, SITE, mp_rule_proxy_refuses},
    {"tcp-by-proxy-only", WARNING, SITE, mp_rule_tcp_by_proxy_only},
    {"turn-server-down", ERROR, SERVICE, mp_rule_server_down},
    {"turn-server-silent", ERROR, SERVICE, mp_rule_server_silent},
    {"dtls-fingerprint-mismatch", ERROR, SERVICE, mp_rule_dtls_fingerprint},
    {"computer-clock-slow", ERROR, MP_OWNER_TESTER, mp_rule_clock_slow},
    {"tls-certificate-expired", ERROR, SERVICE, mp_rule_certificate_expired},
    {"tls-certificate-name", ERROR, SERVICE, mp_rule_certificate_name},
    {"tls-intercepted", ERROR, SITE, mp_rule_tls_intercepted},
    {"udp-3478-blocked", ERROR, SITE, mp_rule_udp_3478_blocked},
    {"turn-tcp-3478-blocked", WARNING, SITE, mp_rule_tcp_3478_blocked},
    {"turn-tls-443-blocked", ERROR, SITE, mp_rule_tls_443_blocked},
    {"udp-prefixes-blocked", ERROR, SITE, mp_rule_udp_prefixes_blocked},
    {"udp-ports-blocked", ERROR, SITE, mp_rule_udp_ports_blocked},
    {"udp-media-ports-blocked", ERROR, SITE, mp_rule_media_ports_blocked},
    {"turn-port-blocked", WARNING, SITE, mp_rule_other_port_blocked},
    {"turn-credentials-rejected", ERROR, MP_OWNER_CREDENTIALS, mp_rule_credentials_rejected},
    {"turn-quota", ERROR, SERVICE, mp_rule_quota},
    {"turn-forbidden", ERROR, SERVICE, mp_rule_forbidden},
    {"turn-redirected", WARNING, SERVICE, mp_rule_redirected},
    {"turn-data-filtered", ERROR, SITE, mp_rule_turn_data_filtered},
    {"relay-data-blocked", ERROR, SERVICE, mp_rule_relay_data_blocked},
    {"turn-protocol-error", ERROR, SERVICE, mp_rule_protocol_error},
    {"responder-down", ERROR, SERVICE, mp_rule_responder_down},
    {"signalling-blocked", ERROR, SITE, mp_rule_signalling_blocked},
    {"responder-refused", ERROR, SERVICE, mp_rule_responder_refused},
    {"ipv6-broken", WARNING, SITE, mp_rule_ipv6_broken},
    {"media-no-family", WARNING, SERVICE, mp_rule_media_no_family},
    {"address-changed", WARNING, TESTER, mp_rule_address_changed},
    {"interface-down", ERROR, TESTER, mp_rule_interface_down},
    {"nat-rebinding", WARNING, SITE, mp_rule_nat_rebinding},
    {"relay-restarted", WARNING, SERVICE, mp_rule_relay_restarted},
    {"relay-gone", ERROR, SERVICE, mp_rule_relay_gone},
    {"far-end-gone", ERROR, SERVICE, mp_rule_far_end_gone},
    {"consent-lost", ERROR, SITE, mp_rule_consent_lost},
    {"one-way-media", ERROR, SITE, mp_rule_one_way_media},
    {"media-cut", ERROR, SITE, mp_rule_media_cut},
    {"mtu-black-hole", ERROR, SITE, mp_rule_mtu_black_hole},
    {"dtls-blocked", ERROR, SITE, mp_rule_dtls_blocked},
    {"large-packets-lost", WARNING, SITE, mp_rule_large_packets_lost},
    {"dtls-failed", ERROR, SITE, mp_rule_dtls_failed},
    {"srtp-blocked", ERROR, SITE, mp_rule_srtp_blocked},
    {"media-blocked", ERROR, SITE, mp_rule_media_blocked},
    {"web-hosts-blocked", ERROR, SITE, mp_rule_web_hosts_blocked},
    {"websocket-blocked", ERROR, SITE, mp_rule_websocket_blocked},
    {"name-answers-differ", WARNING, SITE, mp_rule_name_answers_differ},
    {"name-slow", WARNING, SITE, mp_rule_name_slow},
    {"system-unsupported", ERROR, TESTER, mp_rule_system_unsupported},
    {"browser-unsupported", ERROR, TESTER, mp_rule_browser_unsupported},
    {"marks-lost", WARNING, SITE, mp_rule_marks_lost},
    {"host-limited", WARNING, TESTER, mp_rule_host_limited},
    {"clock-stepped", WARNING, TESTER, mp_rule_clock_stepped},
    {"processor-busy", WARNING, TESTER, mp_rule_processor_busy},
    {"computer-memory-low", WARNING, TESTER, mp_rule_memory_low},
    {"computer-slow-for-background", WARNING, TESTER, mp_rule_slow_for_background},
    {"browser-without-background", WARNING, TESTER, mp_rule_browser_without_background},
    {"udp-policed", WARNING, SITE, mp_rule_udp_policed},
    {"line-below-least", WARNING, SITE, mp_rule_line_below_least},
    {"line-below-recommended", MP_SEVERITY_INFO, SITE, mp_rule_line_below_recommended},
    {"media-loss", WARNING, SITE, mp_rule_media_loss},
    {"media-rate", WARNING, SITE, mp_rule_media_rate},
    {"media-rtt", WARNING, SITE, mp_rule_media_rtt},
    {"media-jitter", WARNING, SITE, mp_rule_media_jitter},
    {"relay-outside-ranges", WARNING, SERVICE, mp_rule_relay_outside_ranges},
};

/* Moves the findings of one severity, in the order of the rules. */
static void take(MpResult *result, GPtrArray *findings, MpSeverity severity)
{
    for (guint i = 0; i < findings->len; i++) {
        MpFinding *finding = findings->pdata[i];
        if (!finding || finding->severity != severity)
            continue;
        findings->pdata[i] = NULL;
        g_ptr_array_add(result->findings, finding);
    }
}

void mp_analysis_diagnose(MpResult *result, const MpProfile *profile)
{
    g_ptr_array_set_size(result->findings, 0);
    g_autoptr(MpDiagnosis) diagnosis = mp_diagnosis_new(result, profile);
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
        rules[i].match(diagnosis, &rules[i]);
    for (guint i = 0; i < diagnosis->findings->len; i++)
        mp_listed_add_rules(profile, result, diagnosis->findings->pdata[i]);

    take(result, diagnosis->findings, MP_SEVERITY_ERROR);
    take(result, diagnosis->findings, MP_SEVERITY_WARNING);
    take(result, diagnosis->findings, MP_SEVERITY_INFO);
}

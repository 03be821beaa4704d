/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules' conditions, one a finding; diagnose.c has their table and order.
 */
#pragma once

#include "analysis/diagnosis.h"

/* rules_reach.c: which servers and ports the network lets through */
void mp_rule_only_proxy_answers(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_nothing_answered(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_udp_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_tcp_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_tcp_by_proxy_only(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_server_down(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_server_silent(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_udp_3478_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_tcp_3478_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_tls_443_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_ports_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_other_port_blocked(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_ports.c: which UDP ports the map shows as closed */
void mp_rule_udp_prefixes_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_udp_ports_blocked(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_path.c: what the path does to packets that get through */
void mp_rule_path_lossy(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_large_packets_lost(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_marks_lost(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_name.c: what the name server made of the servers' names */
void mp_rule_service_not_offered(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_name_unresolved(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_name_misdirected(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_name_slow(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_certificate.c: who answered instead of the servers */
void mp_rule_captive_portal(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_clock_slow(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_certificate_expired(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_certificate_name(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_tls_intercepted(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_web.c: which hosts of the allow-list are kept, and what the proxy says */
void mp_rule_web_hosts_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_websocket_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_proxy_down(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_proxy_login_unsupported(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_proxy_login_wanted(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_proxy_refuses(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_name_answers_differ(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_turn.c: what the servers said */
void mp_rule_credentials_rejected(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_quota(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_forbidden(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_redirected(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_turn_data_filtered(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_relay_data_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_protocol_error(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_relay_outside_ranges(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_media.c: where protected media stopped */
void mp_rule_responder_down(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_signalling_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_responder_refused(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_ipv6_broken(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_no_family(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_consent_lost(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_one_way_media(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_cut(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_mtu_black_hole(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_blocked(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_keys.c: where a connected call stopped before its first media */
void mp_rule_dtls_fingerprint(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_dtls_blocked(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_dtls_failed(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_srtp_blocked(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_changes.c: what changed under a call */
void mp_rule_far_end_gone(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_address_changed(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_interface_down(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_nat_rebinding(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_relay_restarted(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_relay_gone(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_computer.c: what the computer and the browser of the call lack */
void mp_rule_system_unsupported(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_browser_unsupported(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_memory_low(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_slow_for_background(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_browser_without_background(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_processor_busy(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_capacity.c: how much the way that a browser would take carries */
void mp_rule_udp_policed(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_line_below_least(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_line_below_recommended(MpDiagnosis *diagnosis, const MpRule *rule);

/* rules_quality.c: figures past their limits, on the way that a browser would take */
void mp_rule_media_loss(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_jitter(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_rtt(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_media_rate(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_host_limited(MpDiagnosis *diagnosis, const MpRule *rule);
void mp_rule_clock_stepped(MpDiagnosis *diagnosis, const MpRule *rule);

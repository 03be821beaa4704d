/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message catalogue.
 */
#include "base/i18n.h"
#include "report/messages.h"

static const MpMessage messages[] = {
    {"nothing-answered", N_("Nothing answers"),
     N_("Not one of the servers gave any answer[: {server}].[ Nor did {count} hosts of the "
        "requirements.]"),
     N_("Check that this computer is online at all. Then let UDP 3478, UDP 1025-65535, TCP 443 and "
        "TCP 3478 to the listed addresses through[; and TCP 443 to the {count} hosts, by name].")},
    {"only-proxy-answers", N_("Only the proxy answers"),
     N_("Without the proxy not one of the servers gave any answer[: {server}]."),
     N_("Let the listed addresses go out past the proxy: UDP 3478, UDP 1025-65535, TCP 443 and TCP "
        "3478. Through it calls have longer delays and worse video.")},
    {"name-unresolved", N_("A server name is not known"),
     N_("The name in {server} could not be turned into an address[: {detail}][: {reason}]."),
     N_("Check the spelling of the name, and let the name server of this site resolve it.")},
    {"service-not-offered", N_("The service is not offered"),
     N_("The record {service} of the name server says that there is no such service at this "
        "domain."),
     N_("Give the server's own host name and port, or let the owner of the domain correct its SRV "
        "record.")},
    {"web-hosts-blocked", N_("Hosts of the requirements are blocked"),
     N_("{count} of {asked} hosts did not answer over HTTPS[ ({stage}: {outcome})][: {server}]."),
     N_("Let outgoing TCP to port 443 of these hosts through, by name. Rule: {rule}")},
    {"websocket-blocked", N_("WebSocket is blocked"),
     N_("HTTPS works, but the upgrade to WebSocket got no answer on {count} of {asked} hosts[ "
        "({stage}: {outcome})][: {server}]."),
     N_("Let WebSocket (WSS, TCP 443) to these hosts through the proxy or firewall. Rule: "
        "{rule}")},
    {"proxy-down", N_("The proxy cannot be reached"),
     N_("No connection to the proxy could be made[: {outcome}][ ({detail})]."),
     N_("Check the proxy's address in the settings of this computer, and that the proxy runs.")},
    {"proxy-login-unsupported", N_("The proxy wants a login of another kind"),
     N_("This proxy asks for {schemes}, which mediapath does not speak. Browsers on domain "
        "machines do."),
     N_("Measure with a login of the kind Basic or from an address that needs none; for the calls "
        "themselves exempt the listed hosts from the proxy's login.")},
    {"proxy-login-wanted", N_("The proxy wants a login"),
     N_("The proxy {proxy} answered that a user name and password are needed, or that those given "
        "are wrong[: {code}]."),
     N_("Give a valid login with --proxy-user and --proxy-password-file, or exempt the listed "
        "hosts from the proxy's login.")},
    {"proxy-refuses", N_("The proxy refuses the connection"),
     N_("The proxy {proxy} would not connect to {server}[: {code}]."),
     N_("Let the proxy connect to port 443 of the listed hosts and addresses, and to port 3478 for "
        "TURN over TCP.[ Rule: {rule}]")},
    {"name-answers-differ", N_("The name servers do not agree"),
     N_("The name server of this site and the second one answer differently for {count} of {asked} "
        "hosts: {server}."),
     N_("Let the name server of this site resolve the listed names as the rest of the internet "
        "does.")},
    {"tcp-by-proxy-only", N_("Only the proxy leads out"),
     N_("Without the proxy no connection to {server} could be made[ (TCP {ports})]; the proxy "
        "reaches the same host."),
     N_("Let the listed addresses go out past the proxy: UDP 3478, UDP 1025-65535, TCP 443 and TCP "
        "3478. Through it calls have longer delays and worse video.")},
    {"turn-server-down", N_("The server is not running"),
     N_("{server} refused the connection[: {detail}]. The computer is up, but no server listens "
        "there."),
     N_("Start the TURN server, or correct its address and port.")},
    {"turn-server-silent", N_("The server does not answer"),
     N_("{server} gave no answer, while other servers were reached the same way.[ Either the "
        "server "
        "is away, or this site does not let {address} through: from here both look the same.][ "
        "Nobody answered in {range}, one of the listed ranges.][ Over {alive} the same server "
        "answers, so that it is there.]"),
     N_("Let the server's address[, best all of {range},] through here; check that the server "
        "runs, and that the firewall in front of it lets these ports in.")},
    {"turn-port-blocked", N_("A port of the server is blocked"),
     N_("{server} did not answer on this port[ ({ports})], while it works otherwise."),
     N_("Let this port through, or take it out of the settings if the server does not serve it.")},
    {"turn-credentials-rejected", N_("The TURN server rejects the user name or password"),
     N_("{server} is reachable, but answered the credentials with an error[: {code}][ {reason}]."),
     N_("Get a valid user name and password. For time-limited credentials compare the shared "
        "secret, and the clocks of both machines.")},
    {"turn-quota", N_("The TURN server has no room for this user"),
     N_("{server} has reached the limit of this user or of its own capacity[: {code}][ {reason}]."),
     N_("Raise the quota or the capacity of the TURN server, or try again when fewer calls run.")},
    {"turn-forbidden", N_("The TURN server forbids the relay"),
     N_("The rules of {server} do not allow this user or this far end[: {code}][ {reason}]."),
     N_("Allow the address of the media server in the peer rules of the TURN server.")},
    {"turn-redirected", N_("The TURN server sends its clients elsewhere"),
     N_("{server} named another server to use instead[: {alternate_server}]."),
     N_("Use the server that it names, and let it through the firewall as well.")},
    {"turn-protocol-error", N_("The server does not follow the protocol"),
     N_("The answer of {server} is not what the standard allows[ ({stage})][: {code}][ {reason}]"
        "[: {detail}]."),
     N_("Check the version and the settings of the server, and whether another service uses the "
        "port.")},
    {"udp-blocked", N_("UDP is blocked"),
     N_("No UDP packet came back from any server, while TCP works. Calls fall back to TCP or TLS, "
        "with longer delays and worse video."),
     N_("Let outgoing UDP and its answers through to the listed addresses: port 3478 and ports "
        "1025-65535.")},
    {"path-lossy", N_("Too many packets are lost to tell what is blocked"),
     N_("{loss_percent} % or more of the questions or their answers were lost on the way. That "
        "alone can be why these did not answer: {silent}."),
     N_("Look for a weak wireless link, a full or a faulty line. Then check again: until then it "
        "is "
        "not known whether these are open or blocked.")},
    {"large-packets-lost", N_("Large packets are lost in silence"),
     N_("Packets of {asked_bytes} bytes do not get through, and no router says so; {largest_bytes} "
        "bytes do."),
     N_("Let ICMP \"fragmentation needed\" (type 3 code 4; ICMPv6 type 2) through, or set the "
        "tunnel's MSS and MTU so that 1500 bytes pass.")},
    {"marks-lost", N_("The marks of priority (DSCP) are lost"),
     N_("Packets marked for audio and video arrive with another mark or none. Where lines are "
        "full, "
        "calls get no priority."),
     N_("Keep the marks EF, AF41 and CS1 on the way to the listed addresses, where this site gives "
        "calls priority. Nothing breaks without them.")},
    {"udp-prefixes-blocked", N_("Parts of the listed address ranges are blocked"),
     N_("UDP port {port} leaves toward {passed} of {asked} parts of the ranges, but not toward "
        "{count}: {prefixes}."),
     N_("Let UDP out to the whole ranges. Rule: {rule}")},
    {"udp-ports-blocked", N_("UDP ports are blocked"),
     N_("{count}[ of {sampled} sampled] UDP ports toward {server} do not get through: {ports}."),
     N_("Let UDP to these ports out, and its answers in. Rule: {rule}[. Where such a range begins "
        "and ends between the {sampled} sampled ports, \"mediapath ports\" tells: it asks every "
        "port.]")},
    {"udp-media-ports-blocked", N_("The UDP ports of media are blocked"),
     N_("UDP reaches the servers, but media sent straight to the media server did not get "
        "through[ (port {ports})]. Calls take the relay instead."),
     N_("Let outgoing UDP to ports 1025-65535 of the listed addresses through.")},
    {"udp-3478-blocked", N_("UDP port 3478 is blocked"),
     N_("Nothing came back from UDP port 3478, while the servers are reached otherwise."),
     N_("Let outgoing UDP to port 3478 of the listed addresses through.")},
    {"tcp-blocked", N_("TCP to the servers is blocked"),
     N_("No TCP connection to any server could be made, so a call has no fallback when UDP fails."),
     N_("Let outgoing TCP to ports 443 and 3478 of the listed addresses through.")},
    {"turn-tcp-3478-blocked", N_("TURN over TCP port 3478 is blocked"),
     N_("No TCP connection to port 3478 could be made, while the servers are reached otherwise."),
     N_("Let outgoing TCP to port 3478 of the listed addresses through. As long as TURN over TLS "
        "works on port 443, calls are possible.")},
    {"turn-tls-443-blocked", N_("TURN over TLS port 443 is blocked"),
     N_("No TLS connection to port 443 could be made[ ({stage}: {outcome})]. The last way through "
        "a strict firewall is missing."),
     N_("Let outgoing TCP to port 443 of the listed addresses through without inspection: what "
        "runs there is TURN, not HTTPS.")},
    {"captive-portal", N_("A login page stands in the way"),
     N_("Whatever server was asked, the same other one answered in its place[: "
        "{subject}]. So does a network that wants a login first."),
     N_("Open any web page in a browser, log in or accept the terms there, and measure "
        "again.")},
    {"name-misdirected", N_("A server name leads nowhere"),
     N_("The name in {server} leads to {address}, where no public server can be, and "
        "none answered there. Name servers that block a name give such answers."),
     N_("Let the name server of this site resolve the listed names as the rest of the "
        "internet does.")},
    {"name-slow", N_("Names are resolved slowly"),
     N_("The name server took {resolve_ms} ms for the name in {server}. Every new "
        "connection waits for that."),
     N_("Look for an overloaded or distant name server, or for a first one that does "
        "not answer.")},
    {"computer-clock-slow", N_("The clock of this computer is wrong"),
     N_("The certificate that {server} showed begins later than now[ ({not_before})]; by this "
        "computer's clock it is {clock}."),
     N_("Set the clock of this computer by the network's time (NTP). If it is right, the server's "
        "certificate begins in the future: its operator must replace it.")},
    {"tls-certificate-expired", N_("The certificate is not valid today"),
     N_("The certificate that {server} showed is outside its dates[: {verify}][ (valid "
        "until {not_after})]."),
     N_("Renew the certificate of the server; check that the clock of this computer is "
        "right.")},
    {"tls-certificate-name", N_("The certificate is for another name"),
     N_("{server} showed a valid certificate of another name[: {subject}]. Either the "
        "server has the wrong certificate, or another server answered."),
     N_("Install a certificate for this name at the server, or correct the name in the "
        "settings; check that the name leads to the right address.")},
    {"tls-intercepted", N_("The certificate cannot be verified"),
     N_("The certificate that {server} showed does not verify[: {verify}][. Its issuer is "
        "{issuer}]. A firewall or security program may open the encryption on the way[, which "
        "breaks "
        "{rows} of the requirements]."),
     N_("Exempt the listed hosts from TLS inspection. If the server really uses this certificate, "
        "name its issuer with --ca-file.")},
    {"responder-down", N_("The media peer is not running"),
     N_("{server} refused the connection[: {detail}]. The computer is there, but nothing listens "
        "on "
        "this port."),
     N_("Start the responder, or correct its address and port.")},
    {"signalling-blocked", N_("The media server cannot be reached for signalling"),
     N_("HTTPS to {server} failed[: {detail}]. Whether media gets through was not seen."),
     N_("Let HTTPS to this host and port through; check the name, the proxy and the certificate.")},
    {"responder-refused", N_("The responder refuses the session"),
     N_("{server} answered the offer with an error[: {code}][ {reason}][: {detail}]."),
     N_("Check the token and the address of the responder, and whether it is at its session "
        "limit.")},
    {"dtls-fingerprint-mismatch", N_("The far end of media is not the announced one"),
     N_("The certificate of the DTLS handshake and the fingerprint in the session description do "
        "not belong together[: {detail}]. Either media reached another server than the one that "
        "signalling spoke of, or somebody on the way opens the encryption."),
     N_("Hold no confidential call on this way. Check at the service that signalling and media "
        "lead to the same server, and in this network that nothing rewrites or opens media.")},
    {"dtls-blocked", N_("The key exchange of media (DTLS) is kept"),
     N_("ICE's packets pass, but of {packets_sent} DTLS packets[ of up to "
        "{largest_sent_bytes} bytes][ ({direction})] between the same ports not one arrived."),
     N_("Let DTLS through on the UDP ports of media: exempt it from the recognition of "
        "applications (DPI), and let UDP packets of at least 1200 bytes through.")},
    {"dtls-failed", N_("The keys for the media could not be agreed"),
     N_("Connectivity was found, but the DTLS handshake did not finish[: {detail}][. Its "
        "datagrams of up to {largest_received_bytes} bytes came, those of {smallest_missing_bytes} "
        "bytes or more did not][ ({direction})]."),
     N_("Look for a firewall that inspects UDP, and for a tunnel with a small packet size (MTU).")},
    {"srtp-blocked", N_("Protected media does not arrive"),
     N_("ICE and DTLS succeeded, but no SRTP packet came from the far end."),
     N_("Look for a firewall rule that recognises media, or that limits the rate of UDP.")},
    {"media-blocked", N_("Media does not get through"),
     N_("The connection to the media server did not come about[ ({stage}: {outcome})]"
        "[: {detail}]."),
     N_("Let outgoing UDP to ports 1025-65535 of the listed addresses through, and check that the "
        "relay may reach the media server.")},
    {"turn-data-filtered", N_("Something on the way looks into TURN and keeps a part of it"),
     N_("Data goes through the relay {server} in one of its two forms only, not in this one: "
        "{stage}[ ({outcome})]. Calls need both."),
     N_("Look for a firewall or application gateway that looks into STUN or TURN packets, and let "
        "it pass UDP to the relay unseen.")},
    {"relay-data-blocked", N_("The relay takes no data"),
     N_("{server} gave a relay address, but what was asked of the relay then got no answer"
        "[ ({stage})]."),
     N_("Open the relay ports (UDP 49152-65535 unless set otherwise) at the TURN server, and "
        "check its external address.")},
    {"relay-outside-ranges", N_("The relay lies outside the listed addresses"),
     N_("The relay address {relayed_address} is in none of the address ranges of the "
        "requirements."),
     N_("Let this address through as well, or use a TURN server inside the listed ranges.")},
    {"media-loss", N_("Packets are lost"),
     N_("{loss_percent} % of the media packets were lost[ ({direction})][, {burst_length} in a row "
        "on average][. {session}: the profile's limit is {limit} %]."),
     N_("Look for a weak wireless link, a full line, or a queue that drops UDP first. Try a cable, "
        "and give media priority.")},
    {"media-jitter", N_("Packets arrive unevenly"),
     N_("For one packet in twenty the delay varies by {pdv_p95_ms} ms or more[ ({direction})]"
        "[. {session}: the profile's limit is {limit} ms]."),
     N_("Look for other traffic on the same line and for a busy wireless channel; give media "
        "priority.")},
    {"media-rtt", N_("The way to the far end is long"),
     N_("One round trip in twenty takes {rtt_p95_ms} ms or more[. {session}: the profile's limit "
        "is {limit} ms]."),
     N_("Look for a VPN, a proxy or a detour to a distant exit, and let media leave locally.")},
    {"media-rate", N_("The line carries too little video"),
     N_("The best video that got through had {rate_kbps} kbps[ ({tier})][. {session} needs {limit} "
        "kbps]."),
     N_("Free or widen the line; look for a rate limit on UDP or for this application.")},
    {"udp-policed", N_("The network drops UDP above a rate"),
     N_("It lets {policed_kbps} kbps of UDP through[ ({direction})][, after {burst_kb} kB at "
        "once]. What exceeds that is dropped without waiting."),
     N_("Look for a rate limit on UDP at the firewall or the provider, and take media out of it.")},
    {"line-below-least", N_("The line carries less than the least that is asked for"),
     N_("It carries {capacity_kbps} kbps[ ({direction})]; {limit_kbps} kbps or more are "
        "asked for."),
     N_("Free or widen the line, or use another one for calls.")},
    {"line-below-recommended", N_("The line carries less than is recommended"),
     N_("It carries {capacity_kbps} kbps[ ({direction})]; {limit_kbps} kbps or more are "
        "recommended."),
     N_("Calls may do with less. Where they suffer, free or widen the line.")},
    {"media-cut", N_("Media stops during the call"),
     N_("Media came for {stopped_after_s} s and then no more[, {direction}], while it "
        "was still being sent."),
     N_("Look for a firewall that cuts UDP flows after a time or a number of packets, "
        "or takes media for an attack.")},
    {"mtu-black-hole", N_("Large packets vanish"),
     N_("Packets with up to {largest_received_bytes} bytes of media arrived, while "
        "every one with {smallest_missing_bytes} bytes or more was lost[ "
        "({direction})], and nothing told so."),
     N_("Look for a VPN or tunnel with a small packet size (MTU) and for a firewall "
        "that drops ICMP \"packet too big\" or large UDP packets; let packets of at "
        "least 1200 bytes through.")},
    {"ipv6-broken", N_("IPv6 leads nowhere"),
     N_("Over IPv6 there was no answer from {server}[ ({outcome})], over IPv4 there was. Programs "
        "that try IPv6 first wait for nothing."),
     N_("Have IPv6 repaired or switched off, at the router or by the internet provider.")},
    {"media-no-family", N_("The media server and this computer have no IP version in common"),
     N_("One of them has IPv6 only and the other IPv4 only, so that media cannot go straight to "
        "the "
        "media server. Calls take the relay instead."),
     N_("Give the media server addresses of both IP versions, or this network a translation that "
        "computers know of (464XLAT).")},
    {"one-way-media", N_("Media flows one way only"),
     N_("Media was sent both ways, but nothing arrived in one direction[: {direction}]."),
     N_("Look for a firewall that lets packets out but not in on the same ports, or for two "
        "different routes.")},
    {"host-limited", N_("This computer is the limit"),
     N_("The tester itself was disturbed while media ran[: its timing is exact to "
        "{tester_error_ms} "
        "ms only][, {headroom_percent} % of the processor was idle][, {stolen_percent} % of its "
        "time was taken by other virtual machines]. The figures may show the "
        "computer, not the network."),
     N_("Close other programs, use the mains adapter, and measure again.")},
    {"clock-stepped", N_("A clock was set during the call"),
     N_("While media ran, a clock was set[, by {stepped_here_ms} ms at this computer][, by "
        "{stepped_there_ms} ms at the media server]. Times from before and after it cannot be "
        "compared: delays, jitter and rates are left out, losses are right."),
     N_("Measure again. If it happens again, let one program alone keep the time, little by "
        "little.")},
    {"system-unsupported", N_("The operating system is not supported"),
     N_("{system} is not among the systems of the product's table[ \"{table}\"], or is older than "
        "it asks for."),
     N_("Use one of the listed systems in the listed version or a later one.")},
    {"browser-unsupported", N_("The browser is not supported"),
     N_("{browser} is not among the browsers of the product's table[ \"{table}\"]."),
     N_("Use one of the listed browsers in its latest version.")},
    {"browser-without-background", N_("The browser has no virtual background"),
     N_("The product offers its virtual background in other browsers than {browser}."),
     N_("For a virtual background use Google Chrome or Microsoft Edge.")},
    {"computer-memory-low", N_("Memory is short"),
     N_("This computer has less memory than the product asks for[: {memory_available_mb} MB are "
        "available, {memory_available_mb_limit} MB are needed][: {memory_total_mb} MB are "
        "installed, {memory_total_mb_limit} MB are needed]."),
     N_("Close other programs and browser tabs, or use a computer with more memory.")},
    {"computer-slow-for-background", N_("The processor is slow for a virtual background"),
     N_("One background frame in twenty takes {background_frame_p95_ms} ms or more; {limit} ms "
        "leave the call its part of the processor."),
     N_("Call without virtual background, close other programs, use the mains adapter, or use a "
        "faster computer.")},
    {"processor-busy", N_("The processor has little left for a call"),
     N_("{headroom_percent} % of the processor was idle during the check; {limit_percent} % are "
        "needed."),
     N_("Close other programs, use the mains adapter, and measure again.")},
    {"address-changed", N_("This computer's address changed during the call"),
     N_("The address {address}, over which media went, was taken from this computer[. Media was "
        "out for {outage_ms} ms and came back by an ICE restart][. Media did not come back within "
        "{lost_ms} ms]."),
     N_("Do not change between Wi-Fi, cable and VPN during a call. If nobody did, look at the "
        "lease "
        "of the address (DHCP) and at the Wi-Fi's roaming.")},
    {"interface-down", N_("This computer lost its network during the call"),
     N_("No interface of this computer could be used any more[. Media did not come back within "
        "{lost_ms} ms]."),
     N_("Look at the cable and the Wi-Fi. Did the computer go to sleep or flight mode, or does it "
        "save power at the adapter?")},
    {"nat-rebinding", N_("The router gave the call another port or address"),
     N_("From outside, the call came from {from} and then from {to}, so that its answers went "
        "astray[. Media was out for {outage_ms} ms and came back by an ICE restart][. Media did "
        "not come back within {lost_ms} ms]."),
     N_("Look whether the router restarted, changed its line or its outer address, or forgets UDP "
        "flows that are in use (tables too small, timeouts too short).")},
    {"relay-restarted", N_("The TURN server dropped the call"),
     N_("The server ended what it relayed[: {code}, it no longer knows the allocation][. Media was "
        "out for {outage_ms} ms and came back by an ICE restart][. Media did not come back within "
        "{lost_ms} ms]."),
     N_("Look at the TURN server's log: was it restarted, or the call moved to another one? Let it "
        "drain its calls before a restart.")},
    {"relay-gone", N_("The TURN server was gone during the call"),
     N_("Media stopped, and no attempt to have the server relay again succeeded[. Nothing came for "
        "{lost_ms} ms]."),
     N_("Look at the TURN server: does it run? If it does, look for a firewall that began to keep "
        "this computer from it.")},
    {"far-end-gone", N_("The far end left the call"),
     N_("Media stopped, and the far end no longer knows the call[: HTTP {code}][. Nothing came for "
        "{lost_ms} ms]."),
     N_("Look at the responder's log: was it restarted or did it crash? Let it end its calls "
        "before "
        "a restart.")},
    {"consent-lost", N_("The connection was cut during the call"),
     N_("The far end stopped answering[ {consent_lost_ms} ms after the start]."),
     N_("Look for a firewall or router that forgets UDP flows or cuts long ones.")},
};

const MpMessage *mp_message_find(const char *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++)
        if (g_str_equal(messages[i].id, id))
            return &messages[i];
    return NULL;
}

const MpMessage *mp_message_all(gsize *n)
{
    *n = G_N_ELEMENTS(messages);
    return messages;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The style of the heat map's page. Text on every colour reaches WCAG's contrast of 4.5 to 1.
 */
#pragma once

#define MP_HEAT_MAP_STYLE                                                                          \
    ":root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--quiet:#57606a;--line:#d0d7de;"   \
    "--stable:#c6ecd0;--degraded:#ffe3a3;--unstable:#ffc4bd;--unknown:#e3e6ea;--failed:#e2d3f7;"   \
    "--alarm:#b3141f}"                                                                             \
    "@media(prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e8ebee;--quiet:#9aa4ae;"     \
    "--line:#39414a;--stable:#14532d;--degraded:#664d03;--unstable:#7f1d1d;--unknown:#3a4149;"     \
    "--failed:#4c2a80;--alarm:#ff8d86}}"                                                           \
    "*{box-sizing:border-box}"                                                                     \
    "body{margin:2rem auto;padding:0 1rem;max-width:80rem;background:var(--ground);"               \
    "color:var(--text);font:15px/1.5 system-ui,\"Noto Sans CJK JP\",sans-serif}"                   \
    "h1{font-size:1.6rem;margin:0}"                                                                \
    "summary{font-size:1.1rem;font-weight:600;margin:1.6rem 0 .4rem;cursor:pointer}"               \
    ".counts{font-size:1.1rem;margin:.3rem 0 1rem}.foot,.why{color:var(--quiet)}"                  \
    "ul{padding-left:1.2rem}li{margin:.25rem 0}li a{margin:0 .5rem 0 .3rem}"                       \
    "code{font-size:.9em;overflow-wrap:anywhere}a{color:inherit}"                                  \
    ".scroll{overflow-x:auto;margin:1.2rem 0}table{border-collapse:separate;border-spacing:3px}"   \
    "caption{text-align:left;font-weight:600;padding:0 0 .4rem;white-space:nowrap}"                \
    "th{text-align:left;font-weight:600;padding:.3rem .7rem;white-space:nowrap}"                   \
    "thead "                                                                                       \
    "th{color:var(--quiet);vertical-align:bottom}td{padding:0;height:1px;vertical-align:top}"      \
    ".cell{width:12rem;min-height:100%;padding:.35rem .6rem;border-radius:4px;border:2px solid "   \
    "transparent}"                                                                                 \
    ".cell+.cell{margin-top:3px}.cell a{font-weight:600}.cell span{display:block;font-size:.8rem}" \
    ".single .cell{width:26rem}.cell "                                                             \
    ".why{overflow-wrap:anywhere;color:inherit}.finding{font-family:"                              \
    "ui-monospace,monospace}.different,.failed{border-color:var(--alarm)}"                         \
    ".stable{background:var(--stable)}.degraded{background:var(--degraded)}"                       \
    ".unstable{background:var(--unstable)}.unknown{background:var(--unknown)}"                     \
    ".failed{background:var(--failed)}.pending{border:2px dashed var(--line)}"                     \
    ".mark{display:inline-block;padding:.1rem .6rem;margin:0 .4rem .3rem 0;border-radius:4px}"     \
    "a:focus-visible{outline:2px solid currentColor;outline-offset:2px}"                           \
    "@media print{body{max-width:none}.cell{print-color-adjust:exact}}"

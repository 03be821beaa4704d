/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the page of a report looks, by day, by night and on paper. No per cent sign stands in it: it
 * is part of a format.
 */
#pragma once

#define MP_PAGE_STYLE                                                                              \
    ":root{color-scheme:light dark;--ink:#1a1c1e;--dim:#5c6268;--paper:#fff;--card:#f5f6f7;"       \
    "--rule:#d9dcdf;--good:#12753a;--warning:#8a5a00;--bad:#b3261e;--open:#2e9e5b;"                \
    "--closed:#d93a30;--mixed:#e0a100;--unknown:#b8bdc2}"                                          \
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--dim:#a2a8ae;--paper:#15181b;"         \
    "--card:#1e2226;--rule:#363c42;--good:#5fce8c;--warning:#e8b54a;--bad:#ff8f86;"                \
    "--unknown:#5a6168}}"                                                                          \
    "body{margin:0;background:var(--paper);color:var(--ink);"                                      \
    "font:16px/1.5 system-ui,'Noto Sans CJK JP',sans-serif}"                                       \
    "main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem}"                                      \
    "h1{font-size:1.35rem;font-weight:500;margin:.5rem 0 1rem;line-height:1.4}"                    \
    "h2{font-size:1.1rem;margin:0 0 .5rem}h3{font-size:1rem;margin:0 0 .4rem}"                     \
    ".verdict{display:inline-block;padding:.1rem .7rem;border-radius:.4rem;margin-right:.4rem;"    \
    "font-weight:700;border:2px solid currentColor}"                                               \
    "section{margin-bottom:1.6rem}p{margin:.2rem 0}.remark{color:var(--dim)}"                      \
    ".scroll{overflow-x:auto}table{border-collapse:collapse;margin:.3rem 0}"                       \
    "td,th{text-align:left;padding:.25rem 1.2rem .25rem 0;vertical-align:top;"                     \
    "border-bottom:1px solid var(--rule)}th{font-weight:500;color:var(--dim)}"                     \
    ".number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"               \
    ".bold{font-weight:600}.dim{color:var(--dim)}.good{color:var(--good);font-weight:600}"         \
    ".warning{color:var(--warning);font-weight:600}.bad{color:var(--bad);font-weight:600}"         \
    "article{background:var(--card);border-left:.3rem solid;border-radius:.3rem;"                  \
    "padding:.7rem 1rem;margin:.7rem 0}article h3{color:var(--ink)}"                               \
    "article .word{text-transform:uppercase;font-size:.8rem;letter-spacing:.04em}"                 \
    "article.warning .word{color:var(--warning)}article.bad .word{color:var(--bad)}"               \
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0;"               \
    "color:var(--ink);font-weight:400}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}"     \
    "figure{margin:.6rem 0}.strip{display:flex;height:2.2rem;border-radius:.3rem;"                 \
    "overflow:hidden}.strip span{flex-basis:0}"                                                    \
    ".open{background:var(--open)}.closed{background:var(--closed)}"                               \
    ".mixed{background:repeating-linear-gradient(135deg,var(--open) 0 4px,var(--closed) 4px 8px)}" \
    ".unknown{background:var(--unknown)}.ends{display:flex;justify-content:space-between;"         \
    "color:var(--dim);font-size:.85rem}figcaption{color:var(--dim);font-size:.85rem}"              \
    "figcaption i{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;"             \
    "margin-right:.35rem}.legend{margin-right:1rem}"                                               \
    "footer{color:var(--dim);font-size:.85rem;text-align:center;padding:1rem}"                     \
    "@media(max-width:34rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}"                \
    "@media print{section,article{break-inside:avoid}.strip,.verdict,article{"                     \
    "print-color-adjust:exact;-webkit-print-color-adjust:exact}}"

/** The frame of every page: no script, one style sheet whose hash the policy names, light and dark. */
import { createHash } from 'node:crypto'
import { escapeHtml } from '../text/text.ts'
import type { PageLocale } from './page-words.ts'

const style = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1f1f1f;--soft:#5f6368;--line:#dadce0;--card:#f8f9fa;--main:#1a5fd0;--on-main:#fff;--critical:#b3261e;--error:#c5221f;--warning:#8a5300;--info:#1a5fd0}
@media (prefers-color-scheme:dark){:root{--bg:#17181a;--fg:#e8eaed;--soft:#a8adb3;--line:#3c4043;--card:#202124;--main:#8ab4f8;--on-main:#17181a;--critical:#ff8a80;--error:#f28b82;--warning:#fdd663;--info:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:760px;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.25rem;line-height:1.35;margin:8px 0 12px}h2{font-size:1.05rem;margin:28px 0 8px}
a{color:var(--main)}p{margin:8px 0}.soft{color:var(--soft)}.note{padding:10px 12px;border-left:4px solid var(--main);background:var(--card)}
.tag{font-weight:600}.critical{color:var(--critical)}.error{color:var(--error)}.warning{color:var(--warning)}.info{color:var(--info)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:12px 0}dt{color:var(--soft)}dd{margin:0}
form{margin:12px 0}.row{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
button{min-height:44px;padding:8px 16px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--fg);font:inherit;cursor:pointer}
button.first{background:var(--main);border-color:var(--main);color:var(--on-main)}
label{display:block;color:var(--soft)}input{width:100%;max-width:320px;min-height:44px;padding:8px;border:1px solid var(--soft);border-radius:8px;background:var(--bg);color:var(--fg);font:inherit}
ul{list-style:none;margin:0;padding:0}li{padding:8px 0;border-bottom:1px solid var(--line)}
button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--main);outline-offset:2px}
svg{display:block;width:100%}svg text{fill:var(--soft);font-size:12px}svg .axis{stroke:var(--line)}
svg .critical{fill:var(--critical);stroke:var(--critical)}svg .error{fill:var(--error);stroke:var(--error)}svg .warning{fill:var(--warning);stroke:var(--warning)}svg .info{fill:var(--info);stroke:var(--info)}svg rect{stroke-width:2;stroke-linejoin:round}
`.replaceAll('\n', '')

const styleHash = createHash('sha256').update(style).digest('base64')

/** Sent with every answer. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** A whole page; `body` is HTML. */
export function writePage(title: string, locale: PageLocale, body: string): string {
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`
}

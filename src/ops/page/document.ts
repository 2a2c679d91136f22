import type { Severity } from '../status/report.ts';
import { SIGN_WORDS, SIGNS } from './browser/signs.js';
import { type Content, type Html, html } from './html.ts';

/** How often the page loads itself again where no script does better. */
export const RELOAD_SECONDS = 30;

/** Later ones go before earlier ones. */
const STYLES = ['uplot', 'style', 'parts', 'panels', 'pictures', 'lists', 'narrow'] as const;

interface Page {
  readonly title: string;
  /** Whether it is the one that scripts take over. */
  readonly live: boolean;
  /** Beside the name of the program. */
  readonly tools: Content;
  readonly content: Content;
}

/** A whole document. Nothing in it is inline, as the policy wants it. */
export function documentOf({ title, live, tools, content }: Page): string {
  const scripts = html`
<script src="/assets/uplot.js" defer></script>
<script src="/assets/main.js" type="module"></script>
<noscript><meta http-equiv="refresh" content="${RELOAD_SECONDS}"></noscript>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<script src="/assets/theme.js"></script>
${STYLES.map(name => html`<link rel="stylesheet" href="/assets/${name}.css">\n`)}${live && scripts}
</head>
<body>
<a class="skip" href="#content">Skip to the state</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="22" height="22">massive-kdb</a>
${tools}
</header>
<main id="content" tabindex="-1">
${content}
</main>
</body>
</html>
`.text;
}

/** A sign for eyes, and its word for who hears the page. */
export function sign(severity: Severity): Html {
  const [outline, mark] = SIGNS[severity];
  return html`<svg class="sign" viewBox="0 0 20 20" aria-hidden="true"><path class="outline" d="${outline}"/><path class="mark" d="${mark}"/></svg><span class="heard">${SIGN_WORDS[severity]}: </span>`;
}

import type { DaemonStatus } from '../status/report.ts';
import { duration, instant } from './browser/formats.js';
import { documentOf, RELOAD_SECONDS, sign } from './document.ts';
import { feedEssentials, type GapView } from './essentials.ts';
import { html } from './html.ts';

export type { GapView } from './essentials.ts';

/** What the page is rendered from. */
export interface StatusView {
  readonly status: DaemonStatus;
  /** Of each feed, as `GET /gaps` gives them. */
  readonly gaps: Readonly<Record<string, readonly GapView[]>>;
  /** What became of a form that was sent. */
  readonly message?: string;
}

/**
 * The page as it works without scripts: states, numbers, gaps with what can be done about them. Scripts replace what is
 * in `#essentials` by what is live.
 */
export function statusPage({ status, gaps, message }: StatusView): string {
  const { line, version, pid, nodeVersion, startedMs, nowMs, reasons, feeds } = status;
  return documentOf({
    title: `${line.text} – massive-kdb`,
    live: true,
    tools: html`<div class="tools" id="tools"></div>
<form method="post" action="/logout"><button class="plain" type="submit">Log out</button></form>`,
    content: html`<div id="live" hidden></div>
<div id="essentials">
<noscript><p class="note">Scripts are off: this page shows the essentials, and loads itself again every ${RELOAD_SECONDS} seconds.</p></noscript>
${message !== undefined && html`<p class="note" role="status">${message}</p>`}
<section class="banner ${line.severity}" aria-label="State of the daemon">
<h1>${sign(line.severity)}${line.text}</h1>
${reasons.length > 0 && html`<ul class="reasons">${reasons.map(reason => html`<li>${reason}</li>`)}</ul>`}
<p class="quiet">As of ${instant(nowMs, 'UTC')} UTC. Version ${version}, Node ${nodeVersion.replace(/^v/, '')}, process ${pid}, up for ${duration(nowMs - startedMs)}.</p>
</section>
${feeds.map(feed => feedEssentials(feed, gaps[feed.name] ?? [], status))}
</div>`,
  });
}

/** What somebody sees who is not logged in; `problem` says why the last attempt did not do. */
export function loginPage(problem?: string): string {
  return documentOf({
    title: 'Log in – massive-kdb',
    live: false,
    tools: null,
    content: html`<section class="login" aria-labelledby="login">
<h1 id="login">Log in</h1>
<p>The token is in the file <code>status-token</code> of the daemon's state directory, which its user alone can read.</p>
<form method="post" action="/login">
${problem !== undefined && html`<p class="problem" role="alert">${sign('bad')}${problem}</p>`}
<input name="user" autocomplete="username" value="massive-kdb" hidden>
<label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="current-password" spellcheck="false" autofocus>
<button class="strong" type="submit">Log in</button>
</form>
</section>`,
  });
}

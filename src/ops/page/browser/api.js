/** What the page asks the daemon, beside what comes by itself. */

/** An answer that is none; its message is one line for people. */
export class AskError extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 where nothing answered
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const LONGEST_WAIT_MS = 10_000;

/**
 * The path of what one feed can be asked.
 * @param {string} feedName
 * @param {string} rest
 */
export function feedPath(feedName, rest) {
  return `/api/feeds/${encodeURIComponent(feedName)}${rest}`;
}

/**
 * @param {string} path
 * @param {object} [body] makes it a change, and goes along as JSON
 * @returns {Promise<unknown>} throws AskError
 */
export async function ask(path, body) {
  const answer = await send(path, body);
  const content = await answer.json().catch(() => undefined);
  if (answer.ok && content !== undefined) return content;
  throw new AskError(messageOf(content, answer.status), answer.status);
}

/**
 * @param {string} path
 * @param {object | undefined} body
 */
async function send(path, body) {
  try {
    return await fetch(path, {
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
  } catch {
    throw new AskError('The daemon does not answer.', 0);
  }
}

/**
 * @param {unknown} content
 * @param {number} status
 */
function messageOf(content, status) {
  const refusal = /** @type {{ error?: { what?: string, remedy?: string } } | undefined} */ (content)?.error;
  if (refusal?.what) return [sentence(refusal.what), refusal.remedy].filter(Boolean).join(' ');
  if (status === 401) return 'The session has ended; log in again.';
  return `The daemon refused it with status ${status}.`;
}

/**
 * @param {string} text
 */
function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/**
 * Something that is asked again and again, as the seconds of the daemon pass: where it is silent nothing is asked.
 * @template Answer
 */
export class Asked {
  #path;
  #everyMs;
  #show;
  #tell;
  #lastMs = Number.NEGATIVE_INFINITY;
  #asked = 0;
  #isWaiting = false;

  /**
   * @param {{
   *   path: () => string | undefined,
   *   everyMs: number,
   *   show: (answer: Answer) => void,
   *   tell: (problem: string) => void,
   * }} options a path that is undefined asks nothing; an empty problem takes the last one back
   */
  constructor({ path, everyMs, show, tell }) {
    this.#path = path;
    this.#everyMs = everyMs;
    this.#show = show;
    this.#tell = tell;
  }

  /** Asks where it is time. */
  tick() {
    if (!this.#isWaiting && performance.now() - this.#lastMs >= this.#everyMs - 100) void this.now();
  }

  /** Asks at once; an answer to an earlier question is not shown any more. */
  async now() {
    const path = this.#path();
    if (path === undefined) return;
    const number = ++this.#asked;
    this.#isWaiting = true;
    this.#lastMs = performance.now();
    try {
      const answer = /** @type {Answer} */ (await ask(path));
      if (number !== this.#asked) return;
      this.#tell('');
      this.#show(answer);
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      if (number === this.#asked) this.#tell(`${error.message} What is shown is older.`);
    } finally {
      if (number === this.#asked) this.#isWaiting = false;
    }
  }
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import type { ControlRoute } from '../../src/ops/control/server.ts';
import { StatusServer, type StatusServerOptions } from '../../src/ops/http/server.ts';
import type { Pages } from '../../src/ops/http/site.ts';
import { Metrics } from '../../src/ops/metrics/metrics.ts';
import type { DaemonStatus } from '../../src/ops/status/report.ts';
import type { StatusSource } from '../../src/ops/status/source.ts';
import { MovingDaemon } from './moving-status.ts';
import { RecordingLogger } from './recording-logger.ts';
import { TEST_AUTHORITY } from './tls-fixture.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface StatusHarnessOptions extends Partial<StatusServerOptions> {
  readonly clock?: Clock;
}

const FEEDS = [{ name: 'stocks', market: 'stocks', channels: ['A', 'AM'], eventsPerSecond: 9000 }];

/** A status server over feeds that only a test moves, with pages that say no more than what they are. */
export class StatusHarness {
  readonly directory: string;
  readonly logger = new RecordingLogger();
  readonly counters = memoryCounters();
  readonly daemon = new MovingDaemon(FEEDS);
  readonly hidden: string[] = [];
  /** What feed `stocks` answers. */
  feedRoutes: readonly ControlRoute[] = [];
  /** Instead of the daemon's. */
  status: (() => DaemonStatus) | undefined;
  #server: StatusServer | undefined;

  private constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'massive-kdb-status-'));
  }

  static async start({ clock = systemClock, ...options }: StatusHarnessOptions = {}): Promise<StatusHarness> {
    const harness = new StatusHarness();
    const { logger, counters, directory } = harness;
    const metrics = new Metrics({ counters, clock });
    const source: StatusSource = {
      status: () => harness.status?.() ?? harness.daemon.status(),
      configuration: () => ({ settings: [{ path: 'failFast', value: 'false', origin: 'default' }] }),
      routesOf: name => (name === 'stocks' ? harness.feedRoutes : undefined),
    };
    harness.#server = await StatusServer.listen(
      {
        host: '127.0.0.1',
        port: 0,
        tls: null,
        behindProxy: false,
        allowedHosts: [],
        maxStreams: 8,
        stateDirectory: directory,
        liveLimitMs: 30_000,
        ...options,
      },
      {
        clock,
        logger,
        counters,
        hide: secret => void harness.hidden.push(secret.reveal()),
        source,
        pages: PAGES,
        metrics: { type: metrics.type, text: () => metrics.text(source) },
      },
    ).catch((error: unknown) => {
      rmSync(directory, { recursive: true });
      throw error;
    });
    return harness;
  }

  get address(): string {
    return this.#server!.address;
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  get token(): string {
    return readFileSync(join(this.directory, 'status-token'), 'utf8').trim();
  }

  get bearer(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.token}` };
  }

  get origin(): Readonly<Record<string, string>> {
    return { origin: this.address };
  }

  /** How many requests were refused for a reason. */
  refused(reason: string): number {
    return this.counters.counter('status_requests_refused', { reason }).total;
  }

  async ask(path: string, asking: Asking = {}): Promise<Answer> {
    const response = await this.open(path, asking);
    let body = '';
    response.setEncoding('utf8');
    for await (const text of response) body += text;
    return { status: response.statusCode!, headers: response.headers, body };
  }

  /** The answer to a request, its body still to be read. */
  open(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<IncomingMessage> {
    const isTls = this.address.startsWith('https:');
    const options = {
      host: '127.0.0.1',
      port: this.port,
      path,
      method,
      agent: false,
      headers: { host: new URL(this.address).host, ...headers },
      ...(isTls ? { ca: TEST_AUTHORITY, servername: 'localhost' } : {}),
    };
    return new Promise((resolve, reject) => {
      const asking = (isTls ? tlsRequest : request)(options, resolve);
      asking.on('error', reject);
      asking.end(body);
    });
  }

  /** Logs in and returns the cookie. */
  async logIn(token = this.token): Promise<string> {
    const answer = await this.ask('/login', {
      method: 'POST',
      headers: { ...this.origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }).toString(),
    });
    return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  }

  /** A connection with nothing on it. */
  connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
    });
  }

  /** Sends bytes as they are; resolves with all that comes back until the connection ends. */
  async send(bytes: string | Buffer): Promise<string> {
    const socket = await this.connect();
    return new Promise(resolve => {
      let answer = '';
      socket.setEncoding('latin1').on('data', text => {
        answer += text;
      });
      // Who is refused in the middle of a request may be cut off before all of it is sent.
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
      socket.write(bytes);
    });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true });
  }
}

const PAGES: Pages = {
  status: ({ line }, gaps, message) =>
    `<h1>${line.text}</h1>${JSON.stringify(gaps)}${message === undefined ? '' : `<p>${message}</p>`}`,
  login: problem => `<form method="post" action="/login"></form>${problem ?? ''}`,
  files: [{ name: 'style.css', type: 'text/css', path: new URL('./status-harness.ts', import.meta.url) }],
};

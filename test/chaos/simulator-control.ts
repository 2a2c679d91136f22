import { once } from 'node:events';
import WebSocket from 'ws';

interface Connection {
  readonly id: number;
  readonly open: boolean;
  readonly pairs: number;
}

/** The control endpoint of a simulator, and the daemon's connection to it. */
export class SimulatorControl {
  readonly #address: string;
  /** The connection of the witness, which no fault concerns. */
  #witnessId = 0;

  constructor(port: number) {
    this.#address = `http://127.0.0.1:${port}`;
  }

  /** To be called while the witness has the only connection. */
  async rememberWitness(): Promise<void> {
    const [witness] = await this.#connections();
    if (!witness) throw new Error('the witness has no connection');
    this.#witnessId = witness.id;
  }

  /** Whether the daemon is subscribed on an open connection. */
  async daemonListens(): Promise<boolean> {
    return (await this.#daemons()).some(({ pairs }) => pairs > 0);
  }

  /** @returns how many connections or requests it concerned */
  async inject(name: string, parameters: Readonly<Record<string, number | string>>): Promise<number> {
    const global = name.startsWith('http-') || name === 'late' || name === 'refuse-auth';
    const given = Object.entries(parameters).map(([key, value]) => [key, String(value)]);
    if (global) return this.#post(name, given);
    let concerned = 0;
    for (const { id } of await this.#daemons()) {
      concerned += await this.#post(name, [...given, ['connection', String(id)]]);
    }
    return concerned;
  }

  async pause(): Promise<void> {
    await this.#post('pause', []);
  }

  /** How far what is sent lags behind what is due. */
  async behindMs(): Promise<number> {
    return (await this.#truth()).market.behindMs;
  }

  /** The names of its symbols as the stream spells them. */
  async symbols(market: string, count: number): Promise<string[]> {
    const answer = await fetch(`${this.#address}/v3/reference/tickers?market=${market}&limit=${count}`, {
      headers: { authorization: 'Bearer demo' },
    });
    const { results } = (await answer.json()) as {
      results: {
        readonly ticker: string;
        readonly base_currency_symbol?: string;
        readonly currency_symbol?: string;
      }[];
    };
    return results.map(({ ticker, base_currency_symbol: base, currency_symbol: quote }) =>
      base === undefined ? ticker : `${base}-${quote}`,
    );
  }

  async #daemons(): Promise<readonly Connection[]> {
    return (await this.#connections()).filter(({ id, open }) => open && id !== this.#witnessId);
  }

  async #connections(): Promise<readonly Connection[]> {
    return (await this.#truth()).connections;
  }

  async #truth(): Promise<{ connections: readonly Connection[]; market: { behindMs: number } }> {
    const answer = await fetch(`${this.#address}/truth`);
    return (await answer.json()) as { connections: readonly Connection[]; market: { behindMs: number } };
  }

  async #post(name: string, parameters: readonly (readonly string[])[]): Promise<number> {
    const query = new URLSearchParams(parameters as [string, string][]);
    const answer = await fetch(`${this.#address}/control/${name}?${query}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { applied: number }).applied;
  }
}

/**
 * Takes every bar of a market through the whole run, so that the simulator computes and notes them all, also those
 * that are due while the daemon is away.
 */
export class Witness {
  readonly #socket: WebSocket;
  lost: string | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('close', code => {
      this.lost ??= `the witness lost its connection with ${code}`;
    });
    socket.on('error', () => {});
  }

  /** Resolves when the subscriptions to these channels are acknowledged. */
  static async subscribe(port: number, market: string, channels: readonly string[]): Promise<Witness> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${market}`);
    const witness = new Witness(socket);
    await once(socket, 'open');
    const params = channels.map(channel => `${channel}.*`).join(',');
    socket.send(JSON.stringify({ action: 'auth', params: 'witness' }));
    socket.send(JSON.stringify({ action: 'subscribe', params }));
    let missing = channels.length;
    await new Promise<void>((resolve, reject) => {
      socket.once('close', code => reject(new Error(`the simulator closed with ${code}`)));
      socket.on('message', (data: Buffer) => {
        if (missing === 0) return;
        const events = JSON.parse(data.toString()) as { ev: string; message?: string }[];
        missing -= events.filter(
          ({ ev, message }) => ev === 'status' && message?.startsWith('subscribed to'),
        ).length;
        if (missing === 0) resolve();
      });
    });
    return witness;
  }

  close(): void {
    this.lost ??= '';
    this.#socket.terminate();
  }
}

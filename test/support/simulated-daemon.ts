import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { TICKERPLANT_TABLES } from '../../src/tables/definitions.ts';
import { MS_PER_DAY, TABLE_EPOCH_MS } from '../../src/tables/epoch.ts';
import { CommandProcess } from './command-process.ts';
import { FakeTickerplant } from './fake-tickerplant.ts';

const KEY = 'demo';
const SIMULATED = { markets: ['crypto'], symbols: 12, rate: 12, lateShare: 0 } as const;
/** REST is asked for a gap by hand only: it takes more requests than one. */
const GAPS = ['--gaps-settled-after-minutes', '0', '--gaps-requests', '1'];

/** `massive-kdb start` of a market that never closes, between a simulator and a tickerplant, with its status page. */
export class SimulatedDaemon {
  readonly #directory = mkdtempSync(join(tmpdir(), 'massive-kdb-page-'));
  #simulator: Simulator;
  readonly #tickerplant: FakeTickerplant;
  readonly #process: CommandProcess;
  /** Of the page: `http://127.0.0.1:4711`. */
  address = '';

  private constructor(simulator: Simulator, tickerplant: FakeTickerplant, symbols: readonly string[]) {
    this.#simulator = simulator;
    this.#tickerplant = tickerplant;
    const feed = ['--market', 'crypto', '--channels', 'XAS,XA', '--symbols', symbols.join(',')];
    const places = ['--host', simulator.url, '--target', `:${tickerplant.server.target().port}`];
    const rest = ['--history-rest-address', simulator.httpUrl, '--history-rest-tier', 'paid'];
    this.#process = new CommandProcess(
      ['start', ...feed, ...places, ...rest, ...GAPS, '--drain-interval-ms', '200'],
      { MASSIVE_API_KEY: KEY, HOME: this.#directory },
      this.#directory,
    );
  }

  /** Resolves when the page is served. */
  static async start(symbols: readonly string[]): Promise<SimulatedDaemon> {
    const simulator = await startSimulator(SIMULATED);
    const tickerplant = await FakeTickerplant.listen(TICKERPLANT_TABLES);
    tickerplant.currentDate = () => Math.floor((Date.now() - TABLE_EPOCH_MS) / MS_PER_DAY);
    tickerplant.offsetMs = 0;
    const daemon = new SimulatedDaemon(simulator, tickerplant, symbols);
    try {
      daemon.address = await daemon.#announced();
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    return daemon;
  }

  get token(): string {
    return readFileSync(join(this.#directory, '.local/state/massive-kdb/status-token'), 'utf8').trim();
  }

  /** The connection to the simulator breaks off; the simulator stays. */
  drop(): void {
    this.#simulator.inject({ kind: 'drop' });
  }

  /** Nothing answers where the simulator was, until `returnSimulator`. */
  async killSimulator(): Promise<void> {
    await this.#simulator.close();
  }

  async returnSimulator(): Promise<void> {
    this.#simulator = await startSimulator({ ...SIMULATED, port: this.#simulator.port });
  }

  async stop(): Promise<void> {
    this.#process.process.kill('SIGKILL');
    await this.#process.done;
    await this.#simulator.close();
    await this.#tickerplant.server.close();
    rmSync(this.#directory, { recursive: true });
  }

  /** The address as the log says it. */
  #announced(): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = '';
      const hear = (text: string) => {
        said += text;
        const found = /the status page is at (http:\/\/[\d.]+:\d+)\//.exec(said);
        if (found) resolve(found[1]!);
      };
      this.#process.process.stdout?.on('data', hear);
      this.#process.process.stderr?.on('data', hear);
      void this.#process.done.then(() => reject(new Error(`the daemon ended: ${said}`)));
    });
  }
}

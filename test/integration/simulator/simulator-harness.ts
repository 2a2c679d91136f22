import type { SimulatorOptions } from '../../../src/simulator/options.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { AT_MS } from '../../unit/simulator/market-tape.ts';
import { StreamClient } from './stream-client.ts';

/** A simulator whose time moves only when the test says so. */
export class SimulatorHarness {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;

  private constructor(simulator: Simulator, clock: ManualClock, logger: RecordingLogger) {
    this.simulator = simulator;
    this.clock = clock;
    this.logger = logger;
  }

  static async start(options: Partial<SimulatorOptions> = {}): Promise<SimulatorHarness> {
    const clock = new ManualClock(AT_MS);
    const logger = new RecordingLogger();
    const simulator = await startSimulator(
      { symbols: 40, rate: 36, lateShare: 0.1, ...options },
      { clock, logger },
    );
    return new SimulatorHarness(simulator, clock, logger);
  }

  url(cluster = 'stocks'): string {
    return `${this.simulator.url}/${cluster}`;
  }

  /** A client that has authenticated and subscribed, while market time stood still. */
  async subscriber(params: string, cluster = 'stocks', key = 'demo'): Promise<StreamClient> {
    this.simulator.pause();
    const client = await StreamClient.authenticated(this.url(cluster), key);
    await this.subscribe(client, params);
    this.simulator.resume();
    return client;
  }

  /** Subscribes, and lets the service answer. */
  async subscribe(client: StreamClient, params: string): Promise<void> {
    client.send('subscribe', params);
    await client.caughtUp();
    await this.clock.advance(10);
    await client.caughtUp();
  }

  /** Lets time pass, and waits until `client` has what was sent meanwhile. */
  async advance(ms: number, client: StreamClient): Promise<void> {
    await this.clock.advance(ms);
    await client.caughtUp();
  }
}

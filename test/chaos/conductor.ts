import { setTimeout as delay } from 'node:timers/promises';
import type { Clocks } from './clocks.ts';
import { damageSpool } from './damage.ts';
import { type Fault, labelOf, type Plan } from './plan.ts';
import type { SimulatorControl } from './simulator-control.ts';
import type { System } from './system.ts';

/** An interval of the clock of the processes. */
export interface Risk {
  readonly fromMs: number;
  readonly untilMs: number;
}

type Heal = () => void | Promise<void>;

/** Makes happen what a plan has, each at its time, and undoes it. */
export class Conductor {
  readonly #plan: Plan;
  readonly #system: System;
  readonly #control: SimulatorControl;
  readonly #clocks: Clocks;
  readonly #say: (line: string) => void;
  /** In which the daemon may not have listened, or not have stored what it heard; as the processes count. */
  readonly risks: Risk[] = [];
  /** When each way is healed last: an earlier trouble must not end a later one. */
  readonly #troubles = new Map<string, Fault>();

  constructor(
    plan: Plan,
    system: System,
    control: SimulatorControl,
    clocks: Clocks,
    say: (line: string) => void,
  ) {
    this.#plan = plan;
    this.#system = system;
    this.#control = control;
    this.#clocks = clocks;
    this.#say = say;
  }

  /** Resolves when the run is over and everything is healed. */
  async conduct(): Promise<void> {
    const began = performance.now();
    const until = (atMs: number): Promise<void> => delay(Math.max(0, began + atMs - performance.now()));
    const all = this.#plan.faults.map(async ({ atMs, forMs, fault }) => {
      await until(atMs);
      this.#say(`${labelOf(fault)} for ${forMs} ms`);
      const fromMs = this.#clocks.nowMs();
      const heal = await this.#begin(fault);
      await until(atMs + forMs);
      await heal();
      if (concernsListening(fault))
        this.risks.push({ fromMs, untilMs: this.#clocks.nowMs() + lastingMs(fault) });
      if (forMs > 0) this.#say(`${labelOf(fault)} is over`);
    });
    await Promise.all([...all, until(this.#plan.seconds * 1000), until(this.#lastEffectMs())]);
  }

  /** When the last fault of the simulator is over that lasts by the clock of the processes. */
  #lastEffectMs(): number {
    const ends = this.#plan.faults.map(({ atMs, fault }) => {
      return atMs + this.#clocks.realMs(lastingMs(fault));
    });
    return Math.max(0, ...ends);
  }

  async #begin(fault: Fault): Promise<Heal> {
    const { processes, proxies, spoolDirectory } = this.#system;
    switch (fault.kind) {
      case 'kill': {
        await Promise.all(fault.victims.map(victim => processes[victim].kill()));
        return () => {
          for (const victim of fault.victims) processes[victim].release();
        };
      }
      case 'freeze':
        return processes[fault.victim].freeze();
      case 'damage-spool':
        await processes.daemon.kill();
        this.#say(damageSpool(spoolDirectory, fault));
        return () => processes.daemon.release();
      case 'full-disk':
        return this.#system.fillDisk(fault.victim);
      case 'drop':
        proxies[fault.way].drop();
        return () => {};
      case 'reset':
        proxies[fault.way].reset();
        return () => {};
      case 'disturb':
        this.#troubles.set(fault.way, fault);
        await proxies[fault.way].disturb(fault.trouble);
        return async () => {
          if (this.#troubles.get(fault.way) === fault) await proxies[fault.way].heal();
        };
      case 'simulator':
        this.#say(`concerns ${await this.#control.inject(fault.name, fault.parameters)}`);
        return () => {};
      case 'clock-step':
        this.#clocks.step(fault.seconds);
        return () => this.#clocks.step(0);
    }
  }
}

/** How long a fault of the simulator lasts by itself. */
function lastingMs(fault: Fault): number {
  return fault.kind === 'simulator' ? Number(fault.parameters['ms'] ?? 0) : 0;
}

/** Whether bars may have been lost before they were stored, or with what stored them. */
function concernsListening(fault: Fault): boolean {
  switch (fault.kind) {
    case 'kill':
      return fault.victims.includes('daemon');
    case 'freeze':
    case 'full-disk':
      return fault.victim === 'daemon';
    case 'drop':
    case 'reset':
    case 'disturb':
      return fault.way === 'stream';
    case 'simulator':
      return !fault.name.startsWith('http-');
    case 'damage-spool':
    case 'clock-step':
      return true;
  }
}

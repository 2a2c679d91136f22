import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Clocks } from './clocks.ts';
import { CHANNELS } from './command-lines.ts';
import { type Evidence, isClean, judge, type Verdict } from './compare.ts';
import { Conductor } from './conductor.ts';
import { fillGap, gapsOf } from './daemon-control.ts';
import { type Gap, isSettled } from './gaps.ts';
import type { OwnEnd } from './managed-process.ts';
import { hashOf, labelOf, type Plan } from './plan.ts';
import { ask } from './q-query.ts';
import { SimulatorControl, Witness } from './simulator-control.ts';
import { PROCESSES, System, ZONES } from './system.ts';
import { type Row, rowsOfHdb, rowsOfRdb } from './tables.ts';
import { readTruth } from './truth.ts';

const START_LIMIT_MS = 40_000;
/** What starting all processes may take where a midnight is to fall as planned: on this machine, or on a busy one. */
const START_ALLOWANCES_MS = [8000, 16_000, 40_000];
const TOO_SLOW = 'the start took too long for midnight to fall as planned';
const LOOK_MS = 100;
/** How long everything may take to come to rest after the last fault: who was evicted waits for minutes. */
const SETTLE_LIMIT_MS = 420_000;
/** Market time after which nothing more is on its way that was traded before. */
const LAST_BARS_MS = 6000;
/** What it takes to store what was sent, in time of the processes and in ours. */
const STORED_MS = 2000;
/** How long the last bars may take to the tables when nothing more is sent. */
const ARRIVE_LIMIT_MS = 100_000;

/** What came of a run. */
export interface RunResult {
  readonly seed: number;
  readonly schedule: string;
  readonly profile: string;
  readonly faults: readonly string[];
  /** Nothing was lost, wrong, doubled or uncovered, every gap could be filled, and everything came to rest. */
  readonly clean: boolean;
  /** Why the run could not be judged, or did not come to rest. */
  readonly trouble?: string;
  readonly verdict?: Verdict;
  readonly rows: number;
  readonly gaps: readonly Gap[];
  /** Processes that ended without having been killed. */
  readonly ownEnds: readonly OwnEnd[];
  readonly settleMs: number;
  readonly durationMs: number;
}

/** Runs a plan in a directory, which has everything about it afterwards; again where the machine was too slow for it. */
export async function runPlan(plan: Plan, directory: string): Promise<RunResult> {
  for (const startMs of START_ALLOWANCES_MS.slice(0, -1)) {
    const result = await runOnce(plan, directory, startMs);
    if (result.trouble !== TOO_SLOW) return result;
    rmSync(directory, { recursive: true });
  }
  return runOnce(plan, directory, START_ALLOWANCES_MS.at(-1)!);
}

async function runOnce(plan: Plan, directory: string, startMs: number): Promise<RunResult> {
  const began = performance.now();
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'plan.json'), JSON.stringify(plan, undefined, 2));
  const say = (line: string): void =>
    appendFileSync(join(directory, 'conductor.log'), `${new Date().toISOString()} ${line}\n`);
  const clocks = new Clocks(plan, directory, startMs);
  const system = await System.prepare(plan, directory, clocks);
  const run = new Run(plan, system, clocks, say);
  let found: Partial<RunResult> = {};
  try {
    found = await run.run();
  } catch (error) {
    found = { trouble: error instanceof Error ? error.message : String(error) };
    say(`cannot go on: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    run.witness?.close();
    await system.close();
  }
  const ownEnds = PROCESSES.flatMap(name => system.processes[name].ownEnds);
  const result = {
    seed: plan.seed,
    schedule: hashOf(plan),
    profile: plan.profile,
    faults: plan.faults.map(({ fault }) => labelOf(fault)),
    rows: 0,
    gaps: [],
    settleMs: 0,
    ...found,
    clean:
      found.trouble === undefined &&
      found.verdict !== undefined &&
      isClean(found.verdict) &&
      found.verdict.excused === 0,
    ownEnds,
    durationMs: Math.round(performance.now() - began),
  };
  writeFileSync(join(directory, 'result.json'), JSON.stringify(result, undefined, 2));
  return result;
}

class Run {
  witness: Witness | undefined;
  readonly #plan: Plan;
  readonly #system: System;
  readonly #clocks: Clocks;
  readonly #control: SimulatorControl;
  readonly #say: (line: string) => void;

  constructor(plan: Plan, system: System, clocks: Clocks, say: (line: string) => void) {
    this.#plan = plan;
    this.#system = system;
    this.#clocks = clocks;
    this.#say = say;
    this.#control = new SimulatorControl(system.ports.simulator);
  }

  async run(): Promise<Partial<RunResult>> {
    const { processes } = this.#system;
    await this.#start();
    const fromMs = this.#clocks.nowMs();
    await this.#awaitBeginning();
    this.#say('all are up');
    const conductor = new Conductor(this.#plan, this.#system, this.#control, this.#clocks, this.#say);
    await conductor.conduct();
    this.#say('everything is healed');

    const healed = performance.now();
    await this.#control.inject('late', { share: 0 });
    const trouble = await this.#settle();
    await this.#control.pause();
    const untilMs = this.#clocks.nowMs() - LAST_BARS_MS;
    this.#say('nothing more is sent');
    const truth = readTruth(this.#system.truthFile);
    let verdict: Verdict | undefined;
    let rows: readonly Row[] = [];
    let gaps: readonly Gap[] = [];
    const deadline = performance.now() + ARRIVE_LIMIT_MS;
    // The last bars are on their way: each look judges everything anew.
    do {
      if (verdict) await delay(5 * LOOK_MS);
      gaps = await gapsOf(this.#system.controlSocket);
      rows = [...(await rowsOfHdb(this.#system.ports.hdb)), ...(await rowsOfRdb(this.#system.ports.rdb))];
      verdict = judge({
        truth,
        rows,
        gaps,
        channels: CHANNELS[this.#plan.market],
        tradingDate: startMs => this.#tradingDate(startMs),
        risks: this.#risks(conductor),
        clockStepped: this.#plan.profile === 'clock',
        fromMs,
        untilMs,
      });
    } while (!isClean(verdict) && performance.now() < deadline);
    const settleMs = Math.round(performance.now() - healed);
    this.#say(`judged: ${JSON.stringify(verdict)}`);
    await processes.daemon.stop();
    const lost = this.witness?.lost;
    return { verdict, rows: rows.length, gaps, settleMs, ...joined(trouble, lost) };
  }

  async #start(): Promise<void> {
    const { processes, ports } = this.#system;
    const { market, symbols } = this.#plan;
    const announced = processes.simulator.firstLine();
    processes.simulator.start();
    for (const name of ['loader', 'tickerplant', 'hdb', 'rdb'] as const) processes[name].start();
    await announced;
    this.witness = await Witness.subscribe(ports.simulator, market, Object.values(CHANNELS[market]));
    await this.#control.rememberWitness();
    this.#system.configure(await this.#control.symbols(market, symbols));
    const listening = ['loader', 'tickerplant', 'hdb', 'rdb'] as const;
    await Promise.all(listening.map(name => this.#untilAnswers(name)));
    processes.daemon.start();
    await this.#until('the daemon to listen', () => this.#control.daemonListens(), START_LIMIT_MS);
  }

  /** Waits until midnight is as far away as the plan wants. */
  async #awaitBeginning(): Promise<void> {
    const { midnightMs } = this.#clocks;
    if (midnightMs === undefined) return;
    const leftMs = this.#clocks.realMs(midnightMs - this.#clocks.nowMs());
    const waitMs = leftMs - this.#plan.midnightMs;
    this.#say(`midnight in ${leftMs} ms`);
    if (waitMs < 0) throw new Error(TOO_SLOW);
    await delay(waitMs);
  }

  async #untilAnswers(name: 'loader' | 'tickerplant' | 'hdb' | 'rdb'): Promise<void> {
    const answers = async (): Promise<boolean> =>
      (await ask<number>(this.#system.ports[name], '1+1', 2000)) === 2;
    await this.#until(`the ${name} to answer`, answers, START_LIMIT_MS);
  }

  /** @returns what did not come to rest in time */
  async #settle(): Promise<string | undefined> {
    const { processes, controlSocket } = this.#system;
    const asked = new Set<Gap['id']>();
    let waitsFor = '';
    const atRest = async (): Promise<boolean> => {
      waitsFor = PROCESSES.find(name => !processes[name].alive) ?? '';
      if (waitsFor !== '') return false;
      waitsFor = 'the daemon to listen';
      if (!(await this.#control.daemonListens())) return false;
      waitsFor = 'the gaps to be settled';
      const unsettled = (await gapsOf(controlSocket)).filter(gap => !isSettled(gap));
      // What has failed while REST was disturbed waits for a minute and more.
      for (const gap of unsettled) {
        if (gap.state === 'open' && gap.endMs !== undefined && !asked.has(gap.id)) {
          asked.add(gap.id);
          await fillGap(controlSocket, gap);
        }
      }
      waitsFor = `gaps ${unsettled.map(({ id, state }) => `${id} ${state}`).join(', ')}`;
      if (unsettled.length > 0) return false;
      waitsFor = 'the RDB to drop what has ended';
      const owned = await ask<number>(this.#system.ports.rdb, 'count .rdb.owned[]', 2000);
      return owned === 1;
    };
    try {
      // Until then a daemon that is late to notice has not opened its gaps.
      await delay(this.#clocks.realMs(LAST_BARS_MS));
      await this.#until('rest', atRest, SETTLE_LIMIT_MS);
      await delay(this.#clocks.realMs(LAST_BARS_MS));
      await this.#until('rest', atRest, SETTLE_LIMIT_MS);
      return undefined;
    } catch {
      return `did not come to rest within ${SETTLE_LIMIT_MS / 1000} s: waits for ${waitsFor}`;
    }
  }

  /** Asks again and again; an error means not yet. */
  async #until(what: string, holds: () => Promise<boolean>, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      if (await holds().catch(() => false)) return;
      if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
      await delay(LOOK_MS);
    }
  }

  /** Undefined where the daemon says that its disk was too slow for it, fault or not. */
  #risks({ risks }: Conductor): Evidence['risks'] {
    const { faster, drainMs } = this.#plan;
    if (/unprotected/.test(readFileSync(join(this.#system.directory, 'logs', 'daemon.log'), 'utf8')))
      return undefined;
    const marginMs = STORED_MS + drainMs + STORED_MS * faster;
    return risks.map(({ fromMs, untilMs }) => ({ fromMs: fromMs - marginMs, untilMs: untilMs + marginMs }));
  }

  #tradingDate(startMs: number): string {
    return dateIn(ZONES[this.#plan.market], startMs);
  }
}

function joined(...troubles: readonly (string | undefined)[]): { trouble?: string } {
  const told = troubles.filter(trouble => trouble !== undefined && trouble !== '');
  return told.length === 0 ? {} : { trouble: told.join('; ') };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The ISO date at an instant in a zone. */
function dateIn(zone: string, ms: number): string {
  let format = formats.get(zone);
  if (!format) {
    // Canada writes dates as ISO does.
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
    formats.set(zone, format);
  }
  return format.format(ms);
}

import { setTimeout as delay } from 'node:timers/promises';
import { CHANNELS } from '../command-lines.ts';
import { isClean, judge, type Verdict } from '../compare.ts';
import { gapsOf } from '../daemon-control.ts';
import type { Gap } from '../gaps.ts';
import { ask } from '../q-query.ts';
import { SimulatorControl, Witness } from '../simulator-control.ts';
import { type Row, rowsOfHdb, rowsOfRdb } from '../tables.ts';
import { readTruth, versionsOfMinutes } from '../truth.ts';
import type { FastClock } from './fast-clock.ts';
import { type Roll, rollsBetween, tradingDate } from './market-calendar.ts';
import { MemoryRecord } from './memory.ts';
import type { MarketDay } from './options.ts';
import { QueryWatch } from './query-watch.ts';
import { RollWatch } from './roll-watch.ts';
import { PROCESSES, type ProcessName, System } from './system.ts';

/** Real time, as everything below that does not say otherwise. */
const START_LIMIT_MS = 60_000;
const REST_LIMIT_MS = 60_000;
const LOOK_MS = 50;
const MEMORY_EVERY_MS = 500;
/** Between two looks while nothing is about to happen. */
const QUIET_MS = 500;
/** Market time before and after a roll in which it is looked at as often as can be. */
const BEFORE_ROLL_MS = 120_000;
const AFTER_ROLL_MS = 1_200_000;
/** Market time after which nothing more is on its way that was traded before. */
const LAST_BARS_MS = 6000;

/** What a day has shown. */
export interface DayResult {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rolls: readonly Roll[];
  readonly verdict: Verdict;
  readonly rows: number;
  readonly gaps: readonly Gap[];
  readonly queries: number;
  readonly unanswered: number;
  readonly memory: string;
  /** A line for each thing that should not be. */
  readonly problems: readonly string[];
}

/** A date had ended, or was about to, before all processes were there. */
export class LateStartError extends Error {
  constructor() {
    super('the machine was too slow: the processes were not there before the first roll');
  }
}

/** Replays a day in a directory, which has everything about it afterwards. */
export async function runDay(day: MarketDay, directory: string, clock: FastClock): Promise<DayResult> {
  const system = await System.prepare(day, directory, clock);
  const run = new DayRun(day, system, clock);
  try {
    return await run.run();
  } finally {
    run.close();
    await system.close();
  }
}

class DayRun {
  #witness: Witness | undefined;
  readonly #day: MarketDay;
  readonly #system: System;
  readonly #clock: FastClock;
  readonly #control: SimulatorControl;
  readonly #memory = new MemoryRecord();
  readonly #rolls: RollWatch;
  readonly #queries: QueryWatch;
  #isOver = false;

  constructor(day: MarketDay, system: System, clock: FastClock) {
    this.#day = day;
    this.#system = system;
    this.#clock = clock;
    this.#control = new SimulatorControl(system.ports.simulator);
    this.#rolls = new RollWatch(system.ports.tickerplant);
    this.#queries = new QueryWatch(system.ports.gateway, day.market);
  }

  close(): void {
    this.#isOver = true;
    this.#witness?.close();
    this.#rolls.close();
    this.#queries.close();
  }

  async run(): Promise<DayResult> {
    await this.#start();
    const { untilMs, market, speed } = this.#day;
    const missed = rollsBetween(market, this.#day.fromMs, this.#clock.nowMs() + BEFORE_ROLL_MS);
    if (missed.length > 0) throw new LateStartError();
    await this.#clock.until(this.#day.fromMs);
    const fromMs = this.#clock.nowMs();
    const rolls = rollsBetween(market, fromMs, untilMs);
    const watching = [
      this.#often(() => this.#rolls.look(), rolls),
      this.#often(() => this.#queries.look(this.#clock.nowMs()), rolls),
      this.#sampleMemory(),
    ];
    await this.#clock.until(untilMs);
    const problems = await this.#untilDropped();
    this.#isOver = true;
    await Promise.all(watching);
    const gaps = await gapsOf(this.#system.controlSocket);
    const { verdict, rows } = await this.#judge(fromMs, gaps);
    problems.push(
      ...verdict.examples,
      ...gaps.map(gap => `a gap that none should be: ${JSON.stringify(gap)}`),
      ...this.#rolls.problems(rolls, speed),
      ...this.#queries.problems(versionsOfMinutes(this.#system.truthFile)),
      ...(this.#memory.isFlat ? [] : [`the daemon's memory grows: ${this.#memory}`]),
      ...(this.#witness?.lost === undefined ? [] : [this.#witness.lost]),
      ...PROCESSES.flatMap(name => this.#system.processes[name].ownEnds).map(
        ({ process, code, lastLine }) => `the ${process} ended with ${code}: ${lastLine}`,
      ),
    );
    const { queries, unanswered } = this.#queries;
    return {
      fromMs,
      untilMs,
      rolls,
      verdict,
      rows,
      gaps,
      queries,
      unanswered,
      memory: `${this.#memory}`,
      problems,
    };
  }

  async #start(): Promise<void> {
    const { processes, ports } = this.#system;
    const announced = processes.simulator.firstLine();
    for (const name of ['simulator', 'loader', 'tickerplant'] as const) processes[name].start();
    await announced;
    this.#witness = await Witness.subscribe(
      ports.simulator,
      this.#day.market,
      Object.values(CHANNELS[this.#day.market]),
    );
    await this.#control.rememberWitness();
    await Promise.all((['loader', 'tickerplant'] as const).map(name => this.#untilAnswers(name)));
    for (const name of ['hdb', 'rdb'] as const) processes[name].start();
    await Promise.all((['hdb', 'rdb'] as const).map(name => this.#untilAnswers(name)));
    for (const name of ['gateway', 'daemon'] as const) processes[name].start();
    await this.#untilAnswers('gateway');
    await this.#until('the daemon to listen', () => this.#control.daemonListens(), START_LIMIT_MS);
  }

  /** Looks until the day is over; all the time where a roll is near, and now and then otherwise. */
  async #often(look: () => Promise<void>, rolls: readonly Roll[]): Promise<void> {
    while (!this.#isOver) {
      await look();
      const nowMs = this.#clock.nowMs();
      const isNear = rolls.some(({ atMs }) => nowMs > atMs - BEFORE_ROLL_MS && nowMs < atMs + AFTER_ROLL_MS);
      await delay(isNear ? LOOK_MS : QUIET_MS);
    }
  }

  async #sampleMemory(): Promise<void> {
    while (!this.#isOver) {
      const { alive, pid } = this.#system.processes.daemon;
      if (alive && pid !== undefined) this.#memory.look(pid);
      await delay(MEMORY_EVERY_MS);
    }
  }

  /** Waits, while the stream goes on, until what has ended is in the database. @returns that it is not */
  async #untilDropped(): Promise<string[]> {
    const isDropped = async (): Promise<boolean> =>
      (await ask<number>(this.#system.ports.rdb, 'count .rdb.owned[]', 2000)) === 1;
    try {
      await this.#until('the RDB to drop what has ended', isDropped, REST_LIMIT_MS);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  /**
   * Ends the stream and compares bar by bar. The last ones are on their way: each look judges everything anew, until all
   * are there or the time is over.
   */
  async #judge(fromMs: number, gaps: readonly Gap[]): Promise<{ verdict: Verdict; rows: number }> {
    const { truthFile } = this.#system;
    const { market } = this.#day;
    await this.#control.inject('late', { share: 0 });
    await delay(this.#clock.realMs(LAST_BARS_MS));
    await this.#control.pause();
    const untilMs = this.#clock.nowMs() - LAST_BARS_MS;
    const truth = readTruth(truthFile);
    const deadline = performance.now() + REST_LIMIT_MS;
    for (;;) {
      const rows = await this.#rows(deadline);
      const verdict = judge({
        truth,
        rows,
        gaps,
        risks: undefined,
        channels: CHANNELS[market],
        tradingDate: startMs => tradingDate(market, startMs),
        fromMs,
        untilMs,
      });
      if (isClean(verdict) || performance.now() > deadline) return { verdict, rows: rows.length };
      await delay(QUIET_MS);
    }
  }

  /** Everything that HDB and RDB have. A process that had no time for a handshake is asked again. */
  async #rows(deadline: number): Promise<Row[]> {
    const { hdb, rdb } = this.#system.ports;
    for (;;) {
      try {
        return [...(await rowsOfHdb(hdb)), ...(await rowsOfRdb(rdb))];
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(QUIET_MS);
      }
    }
  }

  async #untilAnswers(name: Exclude<ProcessName, 'daemon' | 'simulator'>): Promise<void> {
    const answers = async (): Promise<boolean> =>
      (await ask<number>(this.#system.ports[name], '1+1', 2000)) === 2;
    await this.#until(`the ${name} to answer`, answers, START_LIMIT_MS);
  }

  /** Asks again and again; an error means not yet. */
  async #until(what: string, holds: () => Promise<boolean>, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
      await delay(LOOK_MS);
    }
  }
}

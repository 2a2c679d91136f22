import { Dice } from './dice.ts';
import {
  type Fault,
  type Plan,
  type PlannedFault,
  type Profile,
  VICTIMS,
  type Victim,
  type Way,
} from './plan.ts';
import type { Trouble } from './proxy.ts';

/** Before the first fault everything has come up; after the last one there is some quiet. */
const FIRST_MS = 1500;
const QUIET_MS = 1000;
const FASTER = 4;

export interface DrawOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Whether clocks can be changed on this machine; without, profiles that need it become plain ones. */
  readonly clocks: boolean;
}

/** Draws what happens in a run: the same options, the same plan. */
export function drawPlan({ seed, seconds, clocks }: DrawOptions): Plan {
  const dice = new Dice(seed);
  const drawn = dice.weighted<Profile>([
    [5, 'plain'],
    [2, 'clock'],
    [2, 'midnight'],
    [1, 'new-york'],
    [2, 'fast'],
  ]);
  const profile = clocks ? drawn : 'still';
  const lengthMs = seconds * 1000;
  const midnightMs = Math.round(lengthMs * (0.35 + 0.3 * dice.next()));
  const plan = {
    seed,
    profile,
    market: profile === 'new-york' ? ('stocks' as const) : ('crypto' as const),
    faster: drawFaster(dice, profile),
    seconds,
    symbols: 24,
    rate: 20,
    late: dice.one([0, 0.05, 0.2]),
    drainMs: dice.one([250, 1000]),
    midnightMs,
  };
  const faults: PlannedFault[] = [];
  const count = dice.between(3, Math.max(4, Math.round(seconds / 3)));
  for (let i = 0; i < count; i++) faults.push(drawFault(dice, profile, lengthMs));
  if (profile === 'midnight' || profile === 'new-york') faults.push(...drawRoll(dice, profile, midnightMs));
  if (profile === 'clock') faults.push(drawClockStep(dice, lengthMs));
  if (profile === 'fast') faults.push(drawSilence(dice, lengthMs));
  faults.sort((one, other) => one.atMs - other.atMs);
  return { ...plan, faults };
}

/** Mostly faster: a gap is filled when its minute is over. The clock that is stepped runs as ours does. */
function drawFaster(dice: Dice, profile: Profile): number {
  if (profile === 'clock') return 1;
  if (profile === 'still') return 1;
  return profile === 'fast' ? FASTER : dice.one([1, FASTER, FASTER]);
}

/** Something at the end of the day, mostly that the tickerplant is not there. */
function drawRoll(dice: Dice, profile: Profile, midnightMs: number): PlannedFault[] {
  const victims = dice.weighted<readonly Victim[]>([
    [5, ['tickerplant']],
    [2, ['tickerplant', profile === 'new-york' ? 'rdb' : 'daemon']],
    [1, ['rdb']],
    [1, ['loader']],
    [1, []],
  ]);
  if (victims.length === 0) return [];
  const atMs = midnightMs - dice.between(200, 1800);
  return [{ atMs, forMs: midnightMs - atMs + dice.between(100, 4000), fault: { kind: 'kill', victims } }];
}

function drawClockStep(dice: Dice, lengthMs: number): PlannedFault {
  const seconds = dice.one([-7200, -120, -5, 5, 120, 1000]);
  return { ...drawTime(dice, lengthMs, 500, 6000), fault: { kind: 'clock-step', seconds } };
}

/** As long as makes a connection stale. */
function drawSilence(dice: Dice, lengthMs: number): PlannedFault {
  const ms = dice.between(75_000, 100_000);
  const atMs = dice.between(FIRST_MS, Math.max(FIRST_MS, Math.round(lengthMs / 4)));
  return { atMs, forMs: 0, fault: { kind: 'simulator', name: 'silence', parameters: { ms } } };
}

function drawFault(dice: Dice, profile: Profile, lengthMs: number): PlannedFault {
  // Nobody misses bars at night in New York, when the market is closed: there the stream stays whole.
  const streamMayBreak = profile !== 'new-york';
  const kind = dice.weighted<string>([
    [6, 'kill'],
    [2, 'kill-both'],
    [3, 'freeze'],
    [streamMayBreak ? 2 : 0, 'damage-spool'],
    [3, 'full-disk'],
    [5, 'way'],
    [streamMayBreak ? 4 : 0, 'simulator'],
    [streamMayBreak ? 1 : 0, 'http'],
  ]);
  const victims: readonly Victim[] = streamMayBreak ? VICTIMS : ['tickerplant', 'rdb', 'loader'];
  switch (kind) {
    case 'kill':
      return {
        ...drawTime(dice, lengthMs, 50, 4000),
        fault: { kind: 'kill', victims: [dice.one(victims)] },
      };
    case 'kill-both':
      return {
        ...drawTime(dice, lengthMs, 50, 4000),
        fault: { kind: 'kill', victims: streamMayBreak ? ['daemon', 'tickerplant'] : ['tickerplant', 'rdb'] },
      };
    case 'freeze':
      return { ...drawTime(dice, lengthMs, 200, 5000), fault: { kind: 'freeze', victim: dice.one(victims) } };
    case 'damage-spool':
      return {
        ...drawTime(dice, lengthMs, 50, 2000),
        fault: {
          kind: 'damage-spool',
          how: dice.one(['garbage', 'truncate', 'flip'] as const),
          bytes: dice.between(1, 400),
        },
      };
    case 'full-disk':
      return {
        ...drawTime(dice, lengthMs, 300, 5000),
        fault: {
          kind: 'full-disk',
          victim: streamMayBreak ? dice.one(['daemon', 'tickerplant']) : 'tickerplant',
        },
      };
    case 'way':
      return { ...drawTime(dice, lengthMs, 200, 5000), fault: drawWay(dice, streamMayBreak) };
    case 'simulator':
      return { ...drawTime(dice, lengthMs, 0, 0), fault: drawSimulatorFault(dice) };
    default:
      return {
        ...drawTime(dice, lengthMs, 0, 0),
        fault: {
          kind: 'simulator',
          name: 'http-error',
          parameters: { on: 'rest', status: dice.one([429, 500, 503]), count: dice.between(1, 10) },
        },
      };
  }
}

function drawTime(
  dice: Dice,
  lengthMs: number,
  leastMs: number,
  mostMs: number,
): { readonly atMs: number; readonly forMs: number } {
  const latestMs = Math.max(FIRST_MS, lengthMs - QUIET_MS);
  const atMs = dice.between(FIRST_MS, latestMs);
  return { atMs, forMs: Math.min(dice.between(leastMs, mostMs), lengthMs - atMs) };
}

function drawWay(dice: Dice, streamMayBreak: boolean): Fault {
  const ways: readonly (readonly [number, Way])[] = [
    [streamMayBreak ? 3 : 0, 'stream'],
    [streamMayBreak ? 1 : 0, 'rest'],
    [4, 'daemon-tickerplant'],
    [2, 'rdb-tickerplant'],
  ];
  const way = dice.weighted(ways);
  const how = dice.one([
    'drop',
    'reset',
    'delay',
    'throttle',
    'stall-up',
    'stall-down',
    'half-open',
    'refuse',
  ] as const);
  if (how === 'drop' || how === 'reset') return { kind: how, way };
  return { kind: 'disturb', way, trouble: drawTrouble(dice, how) };
}

function drawTrouble(dice: Dice, how: Trouble['how']): Trouble {
  switch (how) {
    case 'delay':
      return { how, ms: dice.between(20, 1500) };
    case 'throttle':
      return { how, bytesPerSecond: dice.between(500, 20_000) };
    default:
      return { how };
  }
}

function drawSimulatorFault(dice: Dice): Fault {
  const name = dice.one([
    'drop',
    'evict',
    'stall',
    'bad-frame',
    'bad-event',
    'duplicate',
    'slow-acks',
  ] as const);
  const parameters: Record<string, number> = {};
  if (name === 'stall' || name === 'slow-acks') parameters['ms'] = dice.between(300, 4000);
  if (name === 'duplicate') parameters['count'] = dice.between(1, 20);
  return { kind: 'simulator', name, parameters };
}

/** The names of .z: clocks here, the rest with the host. */
import { dictionary, list, longAtom, numberAtom, symbols } from '../values/make.ts';
import { daysOfTimestamp } from '../values/temporal.ts';
import { NS_PER_DAY, NS_PER_MS } from '../values/types.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

export function isDotz(name: string): boolean {
  return name.startsWith('.z.');
}

export function getDotz(name: string, interpreter: Interpreter): Value | undefined {
  const letter = name.slice(3);
  if (letter.length === 1 && 'pndtz'.includes(letter.toLowerCase())) return clock(letter, interpreter);
  if (letter === 's') throw new QError('.z.s');
  if (letter === 'b') return dependencies(interpreter);
  return interpreter.host.dotz(name);
}

/** By global the views that read it. */
function dependencies({ globals }: Interpreter): Value {
  const { dependents } = globals.views;
  return dictionary(
    symbols([...dependents.keys()]),
    list([...dependents.values()].map(names => symbols([...names]))),
  );
}

export function setDotz(name: string, value: Value, interpreter: Interpreter): void {
  interpreter.host.setDotz(name, value);
}

/** Small letters are UTC, capitals local time. */
function clock(letter: string, { host }: Interpreter): Value {
  const utcNs = host.nowNs();
  const ns = letter === letter.toLowerCase() ? utcNs : utcNs + host.localOffsetNs(utcNs);
  const days = daysOfTimestamp(ns);
  const ofDay = ns - BigInt(days) * NS_PER_DAY;
  switch (letter.toLowerCase()) {
    case 'p':
      return longAtom(12, ns);
    case 'n':
      return longAtom(16, ofDay);
    case 'd':
      return numberAtom(14, days);
    case 't':
      return numberAtom(19, Number(ofDay / NS_PER_MS));
    case 'z':
      return numberAtom(15, Number(ns / NS_PER_MS) / 86_400_000);
    default:
      return list([]);
  }
}

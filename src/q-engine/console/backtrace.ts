/** Calls in progress as kdb+ prints them: each with its number and text, a caret under the place it has reached. */
import type { Call } from '../values/calls.ts';

/** What is shown of one call. */
export interface Frame {
  /** Its number, from 0 for the outermost call. */
  readonly index: number;
  /** The name under which a function was defined; one inside of another has that one's name with @. */
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** The offset of the caret in the text; -1 for none. */
  readonly at: number;
}

/** The frames of calls that are given from the outermost on, the innermost frame first. */
export function framesOf(calls: readonly Call[]): Frame[] {
  return calls.map(frameOf).reverse();
}

function frameOf({ activation, at }: Call, index: number): Frame {
  switch (activation.kind) {
    case 'named':
      return { index, name: '', path: '', line: 0, text: `(${activation.name})`, at: -1 };
    case 'text': {
      const { source, place } = activation;
      return { index, name: '', path: place?.path ?? '', line: place?.line ?? 0, text: source, at };
    }
    case 'lambda': {
      const { source, origin } = activation;
      const place = origin?.place;
      return {
        index,
        name: origin?.name ?? '',
        path: place?.path ?? '',
        line: place?.line ?? 0,
        text: source,
        at,
      };
    }
  }
}

/** One frame, its lines ended; the caret has a line of its own, empty where there is none. */
export function frameText({ index, name, path, line, text, at }: Frame): string {
  const place = path === '' ? '' : `${path}:${line}: `;
  const head = `  [${index}]  ${place}${name === '' ? '' : `${name}:`}`;
  if (at < 0) return `${head}${text}\n\n`;
  const end = text.indexOf('\n', at);
  const upToCaret = end < 0 ? text : text.slice(0, end);
  const before = text.slice(0, at);
  const column = before.includes('\n') ? at - before.lastIndexOf('\n') - 1 : head.length + at;
  const rest = end < 0 ? '' : `${text.slice(end + 1)}\n`;
  return `${head}${upToCaret}\n${' '.repeat(column)}^\n${rest}`;
}

export function backtraceText(frames: readonly Frame[]): string {
  return frames.map(frameText).join('');
}

import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../base/errors.ts';
import { ConfigurationError } from './errors.ts';
import type { SettingPath } from './origin.ts';
import { Origins } from './origin.ts';

/** What a configuration file says, and where it says it. */
export interface ConfigurationFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the name of each setting stands, and each item of a list. */
  readonly origins: Origins;
}

/**
 * Reads the text of a YAML 1.2 configuration file. A section without content (`logging:`) is left out.
 *
 * @throws ConfigurationError with file, line and column of each place that is not YAML
 */
export function parseConfigurationFile(file: string, content: string): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos: [offset], message }) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}: this is not YAML: ${messageOf(message)}`;
    });
    // One slip may be told once for each level that it is in.
    throw new ConfigurationError([...new Set(problems)]);
  }
  const origins = new Origins();
  const values = read(document.contents, [], { file, lines, document, origins });
  if (values === null) return { values: {}, origins };
  if (!isRecord(values)) {
    throw new ConfigurationError([`${file}:1:1: the file is not a list of settings, such as "logging:"`]);
  }
  return { values, origins };
}

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
  readonly origins: Origins;
}

function read(node: unknown, path: SettingPath, reading: Reading): unknown {
  if (isAlias(node)) return read(node.resolve(reading.document), path, reading);
  if (isMap(node)) {
    const values: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const here = [...path, name];
      mark(key, here, reading);
      values[name] = read(value, here, reading);
    }
    return values;
  }
  if (isSeq(node)) {
    return node.items.map((item, index) => {
      const here = [...path, index];
      mark(item, here, reading);
      return read(item, here, reading);
    });
  }
  return isScalar(node) ? node.value : null;
}

function mark(node: unknown, path: SettingPath, { file, lines, origins }: Reading): void {
  const range = (node as Partial<Node> | null)?.range;
  if (!range) return;
  const { line, col } = lines.linePos(range[0]);
  origins.set(path, { kind: 'file', file, line, column: col });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

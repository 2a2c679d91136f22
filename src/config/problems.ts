import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { type Origin, type Origins, pathText, type SettingPath } from './origin.ts';
import { allowedText, schemaAt } from './settings.ts';
import { secretName } from './values.ts';

/** What is wrong with a setting. */
export interface Problem {
  readonly path: SettingPath;
  readonly origin: Origin;
  /** Follows the name of the setting: `is "stock"; allowed: ...`. */
  readonly text: string;
}

/**
 * One line, with the place in front: `massive-kdb.yaml:3:5: feeds[0].market is "stock"; ...`, or with the variable
 * or the flag in the place of the setting: `--market is "stock"; ...`.
 */
export function problemLine({ path, origin, text }: Problem): string {
  switch (origin.kind) {
    case 'default':
      return `${pathText(path)} ${text}`;
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}: ${pathText(path)} ${text}`;
    case 'environment':
      return `${origin.variable} ${text}`;
    case 'flag':
      return `--${origin.flag} ${text}`;
  }
}

/** As one reads a file, from its top; what was given elsewhere comes after it. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const place = ({ origin }: Problem) =>
    origin.kind === 'file' ? [origin.line, origin.column] : [Infinity, 0];
  return [...problems].sort((a, b) => {
    const [lineA, columnA] = place(a) as [number, number];
    const [lineB, columnB] = place(b) as [number, number];
    return lineA === lineB ? columnA - columnB : lineA < lineB ? -1 : 1;
  });
}

/** What validation found, setting by setting. A missing setting that was only misspelt is one problem, not two. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  values: unknown,
  origins: Origins,
): Problem[] {
  const misspelt = new Set<string>();
  const unknown = issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => unknownSetting(key, issue.path as SettingPath, origins, misspelt))
      : [],
  );
  const wrong = issues
    .filter(issue => issue.code !== 'unrecognized_keys' && !misspelt.has(pathText(issue.path as SettingPath)))
    .map(issue => wrongValue(issue.path as SettingPath, valueAt(values, issue.path as SettingPath), origins));
  return [...unknown, ...wrong];
}

function unknownSetting(key: string, section: SettingPath, origins: Origins, misspelt: Set<string>): Problem {
  const path = [...section, key];
  const known = Object.keys((schemaAt(section) as z.ZodObject).shape);
  const meant = nearest(key, known);
  if (meant) misspelt.add(pathText([...section, meant]));
  const hint = meant ? `did you mean ${meant}?` : `allowed here: ${known.join(', ')}`;
  return { path, origin: origins.of(path), text: `is not a setting; ${hint}` };
}

function wrongValue(path: SettingPath, value: unknown, origins: Origins): Problem {
  const schema = schemaAt(path);
  const origin = origins.of(path);
  const allowed = schema ? allowedText(schema) : 'a value';
  if (value === undefined || value === null) {
    // A setting that was left out is missing from what stands around it, so it has to be named beside the place.
    const named =
      origin.kind === 'environment' || origin.kind === 'flag'
        ? `needs ${flagOf(path)} beside it`
        : 'is missing';
    return { path, origin, text: `${named}; allowed: ${allowed}` };
  }
  if (schema === secretName)
    return { path, origin, text: `is not a name (it is not shown here); give ${allowed}` };
  return { path, origin, text: `is ${shownValue(value)}; allowed: ${allowed}${suggestion(value, schema)}` };
}

function flagOf(path: SettingPath): string {
  return `--${String(path.at(-1))}`;
}

function suggestion(value: unknown, schema: z.ZodType | undefined): string {
  if (typeof value !== 'string' || schema?.def.type !== 'enum') return '';
  const meant = nearest(value, (schema as z.ZodEnum).options.map(String));
  return meant ? `; did you mean ${meant}?` : '';
}

const SHOWN_LENGTH = 60;

/** A value as JSON, shortened; what may hold a password is not shown. */
function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  if (/@|key=|token=|password/i.test(text)) return 'not usable (it may hold a secret and is not shown)';
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}

function valueAt(values: unknown, path: SettingPath): unknown {
  let value = values;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return value;
}

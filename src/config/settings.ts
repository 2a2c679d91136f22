import { z } from 'zod';
import type { SettingPath } from './origin.ts';
import { configurationSchema } from './schema.ts';

/** A setting outside the lists of sections: it has an environment variable and a flag of its own. */
export interface SimpleSetting {
  readonly path: readonly string[];
  readonly environment: string;
  readonly flag: string;
  readonly schema: z.ZodType;
}

/** What a value looks like once the ways to leave it out are taken off. */
export function bare(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional
  ) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema;
}

/** The schema of a setting; undefined where the path leads nowhere. */
export function schemaAt(path: SettingPath): z.ZodType | undefined {
  let schema: z.ZodType | undefined = configurationSchema;
  for (const step of path) {
    const around: z.ZodType = bare(schema);
    if (around instanceof z.ZodObject) schema = (around.shape as Record<string, z.ZodType>)[step];
    else if (around instanceof z.ZodArray && typeof step === 'number') schema = around.element as z.ZodType;
    else return undefined;
    if (!schema) return undefined;
  }
  return bare(schema);
}

/** What is allowed for a setting, in words. */
export function allowedText(schema: z.ZodType): string {
  if (schema instanceof z.ZodObject) return `a section with ${Object.keys(schema.shape).join(', ')}`;
  return schema.description ?? 'a value';
}

/** Every simple setting, in the order of the schema. */
export const SIMPLE_SETTINGS: readonly SimpleSetting[] = simpleSettings(configurationSchema, []);

function simpleSettings(section: z.ZodObject, path: readonly string[]): SimpleSetting[] {
  return Object.entries(section.shape as Record<string, z.ZodType>).flatMap(([name, inner]) => {
    const schema = bare(inner);
    const here = [...path, name];
    if (schema instanceof z.ZodObject) return simpleSettings(schema, here);
    if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject) return [];
    return [{ path: here, environment: environmentName(here), flag: flagName(here), schema }];
  });
}

/** `['drain', 'intervalMs']` is given as MASSIVE_KDB_DRAIN_INTERVAL_MS. */
export function environmentName(path: readonly string[]): string {
  return `MASSIVE_KDB_${words(path).join('_').toUpperCase()}`;
}

/** `['drain', 'intervalMs']` is given as --drain-interval-ms. */
export function flagName(path: readonly string[]): string {
  return words(path).join('-');
}

function words(path: readonly string[]): string[] {
  return path.flatMap(name => name.split(/(?=[A-Z])/).map(word => word.toLowerCase()));
}

/**
 * The value that a text from the environment or a flag stands for, by the kind of its setting. A text that is none
 * stays a text, for validation to refuse it.
 */
export function valueOfText(given: string, schema: z.ZodType): unknown {
  const trimmed = given.trim();
  if (schema instanceof z.ZodNumber) return /^-?\d+$/.test(trimmed) ? Number(trimmed) : given;
  if (schema instanceof z.ZodBoolean) return trimmed === 'true' ? true : trimmed === 'false' ? false : given;
  if (schema instanceof z.ZodArray) {
    return trimmed
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '');
  }
  return trimmed;
}

import { messageOf } from '../base/errors.ts';
import { SecretError } from './errors.ts';
import { type Origins, originText, pathText, type SettingPath } from './origin.ts';
import type { Configuration } from './schema.ts';
import { findSecret, type SecretSources } from './secrets.ts';
import { schemaAt } from './settings.ts';
import { secretName } from './values.ts';

/** One setting as it is in force. */
export interface EffectiveSetting {
  /** `feeds[0].market` */
  readonly setting: string;
  /** As JSON. For the name of a secret also whether it is given, never its value. */
  readonly value: string;
  /** `default`, `massive-kdb.yaml:3`, a variable or a flag. */
  readonly origin: string;
}

/** Every setting of a configuration, in the order of the schema. */
export function effectiveSettings(
  configuration: Configuration,
  origins: Origins,
  secrets: SecretSources,
): readonly EffectiveSetting[] {
  const settings: EffectiveSetting[] = [];
  const add = (path: SettingPath, value: unknown) => {
    const inner = childrenOf(value);
    if (inner) {
      for (const [step, child] of inner) add([...path, step], child);
      return;
    }
    const secret = typeof value === 'string' && schemaAt(path) === secretName;
    settings.push({
      setting: pathText(path),
      value: secret ? `${JSON.stringify(value)} ${secretState(value, secrets)}` : JSON.stringify(value),
      origin: originText(origins.exactly(path)),
    });
  };
  add([], configuration);
  return settings;
}

/** Lists of texts are values; lists of sections, and sections, are looked into. */
function childrenOf(value: unknown): [string | number, unknown][] | undefined {
  if (Array.isArray(value)) {
    return value.some(item => typeof item === 'object')
      ? value.map((item, index) => [index, item])
      : undefined;
  }
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

function secretState(name: string, sources: SecretSources): string {
  try {
    const secret = findSecret(name, null, sources);
    return secret ? `(${secret} from ${secret.source})` : '(not given)';
  } catch (error) {
    if (error instanceof SecretError) return `(${messageOf(error.problems.join('; '))})`;
    throw error;
  }
}

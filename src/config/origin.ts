/** Where the value of a setting came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** The way to a setting from the top of the configuration: `['feeds', 0, 'market']`. */
export type SettingPath = readonly (string | number)[];

/** `feeds[0].market` */
export function pathText(path: SettingPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** `massive-kdb.yaml:12`, `MASSIVE_KDB_LOGGING_LEVEL`, `--logging-level` or `default`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
      return origin.variable;
    case 'flag':
      return `--${origin.flag}`;
  }
}

interface Known {
  readonly path: SettingPath;
  readonly origin: Origin;
}

/** Origins by setting. A setting without its own has that of the nearest setting around it. */
export class Origins {
  #byPath = new Map<string, Known>();

  set(path: SettingPath, origin: Origin): void {
    this.#byPath.set(pathText(path), { path, origin });
  }

  /** Where exactly this setting was given; by default if nowhere. */
  exactly(path: SettingPath): Origin {
    return this.#byPath.get(pathText(path))?.origin ?? { kind: 'default' };
  }

  /** Where this setting, or else the nearest one around it, was given. */
  of(path: SettingPath): Origin {
    for (let length = path.length; length > 0; length--) {
      const known = this.#byPath.get(pathText(path.slice(0, length)));
      if (known) return known.origin;
    }
    return { kind: 'default' };
  }

  /** Forgets the setting and everything in it, because another layer replaces it. */
  forget(path: SettingPath): void {
    this.#rebuild(known => (startsWith(known.path, path) ? undefined : known));
  }

  /** Follows a list of which only the items with these indices stay. */
  keep(list: string, indices: readonly number[]): void {
    this.#rebuild(known => {
      const [name, index, ...rest] = known.path;
      if (name !== list || typeof index !== 'number') return known;
      const moved = indices.indexOf(index);
      return moved < 0 ? undefined : { path: [list, moved, ...rest], origin: known.origin };
    });
  }

  #rebuild(change: (known: Known) => Known | undefined): void {
    const before = this.#byPath;
    this.#byPath = new Map();
    for (const known of before.values()) {
      const changed = change(known);
      if (changed) this.set(changed.path, changed.origin);
    }
  }
}

function startsWith(path: SettingPath, start: SettingPath): boolean {
  return start.every((step, index) => path[index] === step);
}

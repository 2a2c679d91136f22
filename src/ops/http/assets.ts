import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Reply } from './responses.ts';

/** A file that a browser may have. */
export interface AssetFile {
  /** As in `/assets/NAME`. */
  readonly name: string;
  /** The content type. */
  readonly type: string;
  readonly path: string | URL;
}

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly tag: string;
}

/** The files of the page, read once: a request finds one of these by its name, and never looks at the disk. */
export class Assets {
  readonly #byName: ReadonlyMap<string, Asset>;

  /** @throws what the system says where one cannot be read */
  constructor(files: readonly AssetFile[]) {
    this.#byName = new Map(
      files.map(({ name, type, path }) => {
        const body = readFileSync(path);
        const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
        return [name, { type, body, tag }];
      }),
    );
  }

  /** @param knownTag what an If-None-Match header says */
  answer(name: string, knownTag: string | undefined): Reply | undefined {
    const asset = this.#byName.get(name);
    if (!asset) return undefined;
    const { type, body, tag } = asset;
    const headers = { etag: tag, 'cache-control': 'no-cache' };
    return knownTag === tag ? { status: 304, type, body: '', headers } : { status: 200, type, body, headers };
  }
}

import { readFileSync } from 'node:fs';

/** What package.json says of this release. */
export interface PackageFacts {
  readonly version: string;
  /** The least version of Node.js that runs it, as 20.19. */
  readonly leastNode: string;
}

export function packageFacts(): PackageFacts {
  const file = new URL('../../package.json', import.meta.url);
  const { version, engines } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly version: string;
    readonly engines: { readonly node: string };
  };
  return { version, leastNode: engines.node.replace(/^>=/, '') };
}

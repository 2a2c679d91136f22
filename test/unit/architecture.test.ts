import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What each folder of src may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  tables: ['base'],
  config: ['base', 'tables'],
  massive: ['base', 'tables', 'config'],
  kdb: ['base', 'tables', 'config'],
  realtime: ['base', 'tables', 'config', 'massive', 'kdb'],
  historical: ['base', 'tables', 'config', 'massive', 'kdb'],
  ops: ['base', 'tables', 'config', 'massive', 'kdb'],
  cli: [
    'base',
    'tables',
    'config',
    'massive',
    'kdb',
    'realtime',
    'historical',
    'ops',
    'q-engine',
    'simulator',
  ],
  'q-engine': [],
  simulator: ['base'],
};

/** Packages that have one place, or few, where they are bound. */
const PACKAGE_IN: Readonly<Record<string, readonly string[]>> = {
  '@rgrove/parse-xml': ['massive'],
  aws4: ['massive'],
  'node-q': ['kdb'],
  'prom-client': ['ops'],
  winston: ['ops'],
  ws: ['massive', 'simulator'],
  yaml: ['config'],
  yargs: ['cli'],
};

const LONGEST_FILE = 400;

interface SourceFile {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

const sources = filesIn('src').filter(({ path }) => path.endsWith('.ts'));

describe('architecture - imports', () => {
  it('run one way, and every folder of src has its place', () => {
    const wrong = sources.flatMap(source =>
      importsOf(source)
        .filter(specifier => specifier.startsWith('.'))
        .map(specifier => ({ from: folderOf(source.path), to: folderOf(resolved(source, specifier)) }))
        .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
        .map(({ to }) => `${source.path} imports ${to}`),
    );
    expect(wrong).to.deep.equal([]);
    expect(readdirSync(join(ROOT, 'src')).filter(folder => !(folder in MAY_IMPORT))).to.deep.equal([]);
  });

  it('bind each package where it belongs', () => {
    const wrong = sources.flatMap(source =>
      importsOf(source)
        .filter(specifier => PACKAGE_IN[specifier] && !PACKAGE_IN[specifier].includes(folderOf(source.path)))
        .map(specifier => `${source.path} imports ${specifier}`),
    );
    expect(wrong).to.deep.equal([]);
  });
});

describe('architecture - start of a command', () => {
  it('the list of commands loads none of them, and query neither logger, pipeline nor configuration', () => {
    expect(packagesLoadedBy('src/cli/main.ts')).to.deep.equal(['yargs']);
    expect(packagesLoadedBy('src/cli/query.ts')).to.deep.equal(['node-q']);
  });
});

describe('architecture - files', () => {
  it('are short enough to be read at once', () => {
    const long = [...filesIn('src').filter(({ path }) => /\.(ts|js|css)$/.test(path)), ...filesIn('test')]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LONGEST_FILE)
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(long).to.deep.equal([]);
  });

  it('say what type each value has', () => {
    const untyped = sources
      .filter(({ text }) => /(?::|\bas|<|,|\|)\s*any\b\s*(?=[,;)>=[\]|{]|$)/m.test(withoutComments(text)))
      .map(({ path }) => path);
    expect(untyped).to.deep.equal([]);
  });

  it('name nothing outside of the project, but for tests that compare with recorded files', () => {
    const outside = ['..', 'shared'].join('/');
    const folders = ['src', 'q', 'config', 'scripts', 'test'].flatMap(folder => filesIn(folder));
    const top = readdirSync(ROOT, { withFileTypes: true })
      .filter(entry => entry.isFile() && /\.(md|json|ya?ml)$/.test(entry.name))
      .map(({ name }) => ({ path: name, text: readFileSync(join(ROOT, name), 'utf8') }));
    const wrong = [...folders, ...top]
      .filter(({ text }) => text.includes(outside))
      .filter(({ path, text }) => !path.startsWith('test/') || !/shared\/(golden|samples)/.test(text))
      .map(({ path }) => path);
    expect(wrong).to.deep.equal([]);
  });
});

function filesIn(folder: string): SourceFile[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(ROOT, file).split(sep).join('/'), text: readFileSync(file, 'utf8') };
    });
}

/** `src/kdb/ipc/decode.ts` is in `kdb`. */
function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function importsOf({ text }: SourceFile): string[] {
  const statements =
    /^(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(statements)].map(([, from, bare, dynamic]) => (from ?? bare ?? dynamic)!);
}

/** Packages that are loaded with a file, by it and by what it imports other than types. */
function packagesLoadedBy(path: string, seen = new Set<string>()): string[] {
  seen.add(path);
  const source = sources.find(candidate => candidate.path === path);
  const text = source?.text.replace(/^(?:import|export) type\b[^;]*;/gm, '').replace(/\bimport\(/g, '') ?? '';
  const packages = importsOf({ path, text }).flatMap(specifier => {
    if (!specifier.startsWith('.')) return specifier.startsWith('node:') ? [] : [specifier];
    const file = resolved({ path, text }, specifier);
    return seen.has(file) ? [] : packagesLoadedBy(file, seen);
  });
  return [...new Set(packages)].sort();
}

/** The file that an import names, from the root of the project. */
function resolved({ path }: SourceFile, specifier: string): string {
  return join(dirname(path), specifier).split(sep).join('/');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

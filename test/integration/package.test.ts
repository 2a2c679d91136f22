import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What the package is made of, and of which it is built. */
const SOURCES = ['src', 'q', 'config', 'docs', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE'];
const INSTALL_MS = 300_000;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** As a stranger has it: packed from a clean checkout, installed from the registry into an empty folder. */
describe('package', () => {
  let directory: string;
  let files: readonly string[];
  let installed: string;

  before(async function () {
    this.timeout(INSTALL_MS);
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-package-'));
    const checkout = join(directory, 'checkout');
    mkdirSync(checkout);
    for (const source of [...SOURCES, ...DOCUMENTS]) {
      cpSync(join(ROOT, source), join(checkout, source), { recursive: true });
    }
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(checkout, 'node_modules'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', directory], checkout);
    expect(packed.code, packed.stderr).to.equal(0);
    const [report] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as readonly {
      readonly filename: string;
      readonly files: readonly { readonly path: string }[];
    }[];
    files = report!.files.map(({ path }) => path);

    const empty = join(directory, 'empty');
    mkdirSync(empty);
    const line = [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      join(directory, report!.filename),
    ];
    const { code, stderr } = await run('npm', line, empty);
    expect(code, stderr).to.equal(0);
    installed = join(empty, 'node_modules/massive-kdb');
  });
  after(function () {
    // Everything that is installed there is looked through for secrets before it goes.
    this.timeout(INSTALL_MS);
    rmSync(directory, { recursive: true, force: true });
  });

  function run(command: string, line: readonly string[], cwd: string): Promise<Outcome> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(MASSIVE|KDB|npm)_|^Q$/i.test(name));
    const child = spawn(command, line, {
      cwd,
      env: { ...Object.fromEntries(inherited), XDG_STATE_HOME: join(directory, 'state') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', text => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', text => (stderr += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', code => resolve({ code, stdout, stderr }));
    });
  }

  const massiveKdb = (...line: readonly string[]): Promise<Outcome> =>
    run('npx', ['--no-install', 'massive-kdb', ...line], join(directory, 'empty'));

  it('holds the program, the q scripts, the files of the page and what there is to read; nothing else', () => {
    const expected = [
      /^dist\/.*\.js$/,
      /^src\/ops\/page\/browser\/[^/]+\.(js|css|svg)$/,
      /^q\/[a-z]+\.q$/,
      /^config\//,
      /^docs\/[^/]+\.(md|png)$/,
      /^docs\//,
      /^package\.json$/,
      ...DOCUMENTS.map(name => new RegExp(`^${name}$`)),
    ];
    expect(files.filter(file => !expected.some(pattern => pattern.test(file)))).to.deep.equal([]);
    for (const pattern of expected)
      expect(
        files.some(file => pattern.test(file)),
        `${pattern}`,
      ).to.equal(true);
  });

  it('finds the files of the page and of its charts where it is installed', async () => {
    const module = pathToFileURL(join(installed, 'dist/ops/page/files.js')).href;
    const { BROWSER_FILES } = (await import(module)) as {
      readonly BROWSER_FILES: readonly { readonly path: string }[];
    };
    expect(BROWSER_FILES.length).to.be.greaterThan(5);
    for (const { path } of BROWSER_FILES) expect(existsSync(path), path).to.equal(true);
  });

  it('runs: version, help, a configuration to start from', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await massiveKdb('--version')).to.deep.include({ code: 0, stdout: `${version}\n` });
    const help = await massiveKdb('--help');
    expect(help.code, help.stderr).to.equal(0);
    expect(help.stdout).to.include('massive-kdb start');
    const sample = await massiveKdb('config', 'sample');
    expect(sample.code, sample.stderr).to.equal(0);
    expect(parse(sample.stdout)).to.include.keys('feeds', 'targets', 'spool', 'status');
  });

  it('runs the demo, which loses nothing', async () => {
    const { code, stdout, stderr } = await massiveKdb('demo', '--for', '5s', '--json');
    expect(code, stderr + stdout).to.equal(0);
    const summary = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
      readonly complete: boolean;
      readonly sent: number;
      readonly delivered: number;
    };
    expect(summary.complete).to.equal(true);
    expect(summary.delivered).to.equal(summary.sent);
    const ours = stderr.split('\n').filter(line => line !== '' && !line.startsWith('npm '));
    expect(ours).to.deep.equal([]);
  });
});

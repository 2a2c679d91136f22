import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { parsedLine } from '../../support/parsed-line.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const IMAGE = '/opt/massive-kdb/';

interface Service {
  readonly command: readonly string[];
  readonly build: string;
  readonly read_only: boolean;
  readonly stop_grace_period: string;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly profiles?: readonly string[];
  readonly network_mode?: string;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
/** Instructions with their continued lines. */
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter(line => line.trim() !== '');
const compose = parse(read('compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};

describe('Dockerfile', () => {
  it('copies what is there, and what .dockerignore lets through', () => {
    const admitted = read('.dockerignore')
      .split('\n')
      .filter(line => line.startsWith('!'))
      .map(line => line.slice(1));
    const copied = instructions
      .filter(line => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap(line => line.split(/\s+/).slice(1, -1));
    expect(copied).to.include('src').and.include('package-lock.json');
    for (const source of copied) {
      expect(existsSync(join(ROOT, source)), source).to.equal(true);
      expect(admitted).to.include(source);
    }
  });

  it('copies everything that the package holds, but for what the build makes', () => {
    const { files } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
    const copied = instructions.filter(line => line.startsWith('COPY ')).join(' ');
    for (const file of files.filter(one => one !== 'dist' && !one.startsWith('!'))) {
      expect(copied).to.include(file.split('/')[0]!);
    }
  });

  it('runs as a user without rights, stops by SIGTERM, and asks a script that is in the image whether it lives', () => {
    expect(instructions).to.include('USER node').and.include('STOPSIGNAL SIGTERM');
    const health = instructions.find(line => line.startsWith('HEALTHCHECK'))!;
    const path = /"(\/opt\/[^"]+)"/.exec(health)![1]!;
    expect(existsSync(path.replace(IMAGE, ROOT))).to.equal(true);
    expect(instructions.filter(line => /^(ENV|ARG)\b.*(KEY|SECRET|PASSWORD|TOKEN)/.test(line))).to.deep.equal(
      [],
    );
  });

  it('builds on a Node that the package takes', () => {
    const bases = instructions.filter(line => line.startsWith('FROM ')).map(line => line.split(' ')[1]);
    expect(bases).to.have.lengthOf(2);
    expect(new Set(bases).size).to.equal(1);
    expect(bases[0]).to.match(/^node:20-/);
  });
});

describe('the check whether a container lives', () => {
  const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-alive-'));
  after(() => rmSync(directory, { recursive: true }));

  async function check(): Promise<{ readonly code: number | null; readonly said: string }> {
    const child = spawn(process.execPath, [join(ROOT, 'config/docker/alive.mjs')], {
      env: { MASSIVE_KDB_STATE_DIRECTORY: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', text => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said: said.trim() };
  }

  it('asks where the daemon says that its status is', async () => {
    expect((await check()).said).to.match(/does not say where/);
    let status = 200;
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.headers.host} ${request.url}`);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // As with status.host 0.0.0.0, a name by which the daemon answers nobody.
    const address = `http://0.0.0.0:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(directory, 'status-address.json'), JSON.stringify({ address, pid: 1 }));
    expect(await check()).to.deep.equal({ code: 0, said: '/health/live answers 200' });
    status = 503;
    expect(await check()).to.deep.equal({ code: 1, said: '/health/live answers 503' });
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect((await check()).code).to.equal(1);
    expect(asked).to.deep.equal(['localhost /health/live', 'localhost /health/live']);
  });
});

describe('compose.yaml', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    it(`${name}: its command and its check are commands of massive-kdb with files that are there`, async () => {
      for (const line of [service.command, service.healthcheck?.test?.slice(2)]) {
        if (line === undefined) continue;
        expect(await parsedLine(line), line.join(' ')).to.be.an('object');
        for (const word of line.filter(one => one.startsWith(IMAGE))) {
          expect(existsSync(word.replace(IMAGE, ROOT)), word).to.equal(true);
        }
      }
    });

    it(`${name}: what it refers to is declared, and it stops within longer than the feed takes`, () => {
      const { volumes = [], secrets = [], depends_on = [], network_mode = '' } = service;
      for (const source of volumes.map(volume => volume.split(':')[0]!)) {
        if (!source.startsWith('.')) expect(compose.volumes).to.have.property(source);
      }
      for (const secret of secrets) expect(compose.secrets).to.have.property(secret);
      const others = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
      if (network_mode.startsWith('service:')) others.push(network_mode.slice(8));
      for (const other of others) expect(compose.services).to.have.property(other);
      expect(service.read_only).to.equal(true);
      expect(Number.parseInt(service.stop_grace_period, 10)).to.be.greaterThan(20);
    });
  }

  it('starts the trial by its profile only, and gives the feed its key as a secret', () => {
    for (const [name, { profiles }] of Object.entries(compose.services)) {
      expect(profiles, name).to.deep.equal(name.startsWith('trial-') ? ['trial'] : undefined);
    }
    const { environment, secrets } = compose.services['feed']!;
    expect(secrets).to.deep.equal(['MASSIVE_API_KEY']);
    expect(environment).to.deep.equal({ MASSIVE_API_KEY_FILE: '/run/secrets/MASSIVE_API_KEY' });
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Engine } from '../../../../src/q-engine/engine.ts';
import { lockFile } from '../../../../src/q-engine/files/file-lock.ts';
import { textOf } from '../../../../src/q-engine/values/make.ts';
import { type ByteVector, QError } from '../../../../src/q-engine/values/value.ts';
import { DirectoryHost } from '../../../support/q-directory-host.ts';
import { MemoryHost } from '../../../support/q-engine-host.ts';

/** Fails with the write of the given number, as if the process had been killed before it. */
class DyingHost extends MemoryHost {
  writesLeft = Number.POSITIVE_INFINITY;
  writes = 0;

  override writeFile(path: string, bytes: Uint8Array): void {
    this.#count();
    super.writeFile(path, bytes);
  }
  override writeFileAt(path: string, offset: number, bytes: Uint8Array): void {
    this.#count();
    super.writeFileAt(path, offset, bytes);
  }
  override appendFile(path: string, bytes: Uint8Array): void {
    this.#count();
    super.appendFile(path, bytes);
  }
  #count(): void {
    if (this.writes === this.writesLeft) throw new Error('killed');
    this.writes++;
  }
}

const literal = (engine: Engine, text: string): string =>
  textOf(engine.evaluateText(`-3!${text}`) as ByteVector);

const TABLE =
  '([]s:`a`b`a;n:1 2 3;w:("xy";"";enlist"z");f:(1 2f;0#0n;enlist 3f);p:3#2020.01.01D00:00:00.000000001)';
const ROWS = '([]s:`b`c;n:4 5;w:("uvw";enlist"q");f:(4 5f;6 7 8f);p:2#2020.01.02D00)';

const READ = '(update value s from get`:db/t/)';

describe('files - append to a splayed table', () => {
  let host: DyingHost;
  let engine: Engine;

  beforeEach(() => {
    host = new DyingHost();
    engine = new Engine(host);
    engine.evaluateText(`\`:db/t/ set .Q.en[\`:db] ${TABLE}`);
  });

  const append = () => engine.evaluateText(`\`:db/t/ upsert .Q.en[\`:db] ${ROWS}`);
  const names = ['s', 'n', 'w', 'f', 'p'];

  it('the items that were there stay as they are, byte by byte', () => {
    const before = new Map([...host.files].map(([path, bytes]) => [path, Uint8Array.from(bytes)]));
    append();
    for (const [path, old] of before) {
      const now = host.files.get(path)!;
      const isVector = names.some(name => path === `db/t/${name}`);
      const headerAt = path === 'db/t/s' ? 4080 : 0;
      const same = Uint8Array.from(now.subarray(0, old.length));
      // Only the count in the header changes.
      if (isVector) same.set(old.subarray(headerAt + 8, headerAt + 16), headerAt + 8);
      expect(Buffer.from(same).equals(old), path).to.equal(true);
      if (path !== 'db/t/.d') expect(now.length, path).to.be.greaterThan(old.length);
    }
    expect(literal(engine, READ)).to.equal(literal(engine, `${TABLE},${ROWS}`));
  });

  it('appends no column anew, whatever its length', () => {
    engine.evaluateText('`:v set til 100000');
    const written: number[] = [];
    host.writeFile = () => expect.fail('written anew');
    const writeAt = host.writeFileAt.bind(host);
    host.writeFileAt = (path, offset, bytes) => {
      written.push(bytes.length);
      writeAt(path, offset, bytes);
    };
    engine.evaluateText('`:v upsert 7 8');
    expect(written).to.deep.equal([16, 8]);
    expect(literal(engine, '-3#get`:v')).to.equal('99999 7 8');
  });

  it('a writer that is killed leaves the table as it was or with all rows, and the next one appends right', () => {
    const whole = new DyingHost();
    const other = new Engine(whole);
    other.evaluateText(`\`:db/t/ set .Q.en[\`:db] ${TABLE}`);
    const begun = whole.writes;
    other.evaluateText(`\`:db/t/ upsert .Q.en[\`:db] ${ROWS}`);
    const steps = whole.writes - begun;
    const after = literal(other, READ);
    expect(steps).to.be.greaterThan(2 * names.length);
    for (let killedAt = 0; killedAt < steps; killedAt++) {
      const dying = new DyingHost();
      const writer = new Engine(dying);
      writer.evaluateText(`\`:db/t/ set .Q.en[\`:db] ${TABLE}`);
      const before = literal(writer, READ);
      dying.writesLeft = dying.writes + killedAt;
      expect(() => writer.evaluateText(`\`:db/t/ upsert .Q.en[\`:db] ${ROWS}`)).to.throw('killed');
      dying.writesLeft = Number.POSITIVE_INFINITY;
      const reader = new Engine(dying);
      reader.evaluateText('sym:get`:db/sym');
      expect(literal(reader, READ), `killed at ${killedAt}`).to.equal(before);
      reader.evaluateText(`\`:db/t/ upsert .Q.en[\`:db] ${ROWS}`);
      expect(literal(reader, READ), `killed at ${killedAt}`).to.equal(after);
    }
  });

  it('a column with an attribute is written anew and keeps only what still holds', () => {
    engine.evaluateText('`n xasc `:db/t/; @[`:db/t/;`n;`s#]');
    append();
    expect(literal(engine, 'exec n from `:db/t/')).to.contain('1 2 3 4 5');
  });

  it('symbols that are not enumerated, and other types, are refused before anything is written', () => {
    const { writes } = host;
    expect(() => engine.evaluateText('`:db/t/ upsert update n:`x from 1#get`:db/t/')).to.throw(
      QError,
      'type',
    );
    engine.evaluateText('`:v set 1 2');
    expect(() => engine.evaluateText('`:v upsert 1.5')).to.throw(QError, 'type');
    expect(host.writes).to.equal(writes + 1);
  });

  it('a last symbol that was cut off is no symbol, and the next one does not become part of it', () => {
    const sym = host.files.get('db/sym')!;
    host.files.set('db/sym', Buffer.concat([sym, Buffer.from('br')]));
    append();
    expect(literal(engine, 'get`:db/sym')).to.equal('`a`b`c');
  });
});

describe('files - on disk', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-append-'));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('an append leaves the file in its place', () => {
    const host = new DirectoryHost(directory);
    const engine = new Engine(host);
    engine.evaluateText('`:t/ set ([]a:til 1000;b:string til 1000)');
    const place = statSync(join(directory, 't/a')).ino;
    const before = readFileSync(join(directory, 't/a')).subarray(16);
    engine.evaluateText('`:t/ upsert ([]a:7 8;b:("x";"yz"))'.replace('"x"', 'enlist"x"'));
    const after = readFileSync(join(directory, 't/a'));
    expect(statSync(join(directory, 't/a')).ino).to.equal(place);
    expect(after.subarray(16, 16 + before.length).equals(before)).to.equal(true);
    expect(after.length).to.equal(16 + 1002 * 8);
    expect(literal(engine, 'last get`:t/')).to.equal('`a`b!(8;"yz")');
  });

  it('a lock is held by one, and taken over from a process that is no more', () => {
    const path = join(directory, 'new/sym');
    const release = lockFile(path);
    expect(readFileSync(`${path}.lock$`, 'utf8')).to.equal(String(process.pid));
    release();
    writeFileSync(`${path}.lock$`, '4194305');
    lockFile(path)();
    expect(() => statSync(`${path}.lock$`)).to.throw('ENOENT');
  });
});

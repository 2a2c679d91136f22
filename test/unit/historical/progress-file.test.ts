import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makePlan } from '../../../src/historical/plan.ts';
import { ProgressFile, readBackfills } from '../../../src/historical/progress-file.ts';
import { SymbolSelection } from '../../../src/historical/symbol-selection.ts';
import type { UnitGroup } from '../../../src/historical/unit.ts';
import { dateDaysOf, isoDateOf } from '../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { FakeFlatSource, sourcesOf } from '../../support/backfill-harness.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const PID = 4711;

describe('backfill - progress file', () => {
  let directory: string;
  let clock: ManualClock;
  let logger: RecordingLogger;
  const opened: ProgressFile[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'progress-'));
    clock = new ManualClock();
    logger = new RecordingLogger();
  });

  afterEach(() => {
    for (const file of opened.splice(0)) file.end();
    rmSync(directory, { recursive: true });
  });

  async function progress(days: number, before = 0) {
    const first = dateDaysOf('2026-01-02');
    const dates = Array.from({ length: days }, (_, day) => isoDateOf(first + day));
    const plan = await makePlan(
      {
        market: 'crypto',
        table: 'agg1m',
        symbols: SymbolSelection.all,
        fromDate: first,
        untilDate: first + days - 1,
        source: 'flat',
      },
      sourcesOf(new FakeFlatSource(dates), undefined),
      new SessionCalendar('crypto'),
      new AbortController().signal,
    );
    const left = plan.groups.flatMap(({ units }) => units).slice(before);
    const file = new ProgressFile(plan, left, { stateDirectory: directory, clock, logger, pid: PID });
    opened.push(file);
    return { file, groups: plan.groups.slice(before) };
  }

  function read(isRunning = true) {
    return readBackfills(directory, { isRunning: async () => isRunning, nowMs: () => clock.wallMs() });
  }

  function stage(file: ProgressFile, { units: [unit] }: UnitGroup, rows: number): void {
    file.unitStarted(unit!);
    file.rows(unit!, rows);
    file.unitStaged(unit!, rows);
  }

  it('says of each date how far it is, how fast it goes and what time is left', async () => {
    const { file, groups } = await progress(5, 1);
    const [one, two, three, four] = groups as [UnitGroup, UnitGroup, UnitGroup, UnitGroup];
    stage(file, one, 3000);
    file.mergeStarted(one);
    file.groupPublished(one, 1);
    stage(file, two, 1000);
    file.mergeStarted(two);
    file.unitStarted(three.units[0]!);
    file.unitFailed(three.units[0]!);
    file.unitStarted(four.units[0]!);
    file.rows(four.units[0]!, 10);
    await clock.advance(2000);

    const [status, ...others] = await read();
    expect(others).to.deep.equal([]);
    expect(status).to.deep.include({ pid: PID, market: 'crypto', table: 'agg1m' });
    expect(status).to.deep.include({ rows: 4010, rowsPerSecond: 2005, remainingMs: 667 });
    expect(status!.units).to.deep.equal({ total: 4, finished: 1, failed: 1 });
    expect(status!.dates).to.deep.equal([
      { name: '2026-01-03', state: 'published', rows: 3000 },
      { name: '2026-01-04', state: 'merging', rows: 1000 },
      { name: '2026-01-05', state: 'failed', rows: 0 },
      { name: '2026-01-06', state: 'fetching', rows: 10 },
    ]);
    expect(status!.changedMs - status!.startedMs).to.equal(2000);
  });

  it('is written once a second, readable by its user only, and is gone at the end', async () => {
    const { file, groups } = await progress(1);
    stage(file, groups[0]!, 5);
    expect((await read())[0]).to.include({ rows: 0, remainingMs: null });
    await clock.advance(1000);
    expect((await read())[0]).to.include({ rows: 5 });
    const path = join(directory, 'backfill', `progress-${PID}.json`);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    file.end();
    expect(existsSync(path)).to.equal(false);
    expect(clock.pending).to.equal(0);
    expect(await read()).to.deep.equal([]);
  });

  it('of many dates it shows those around the ones in work', async () => {
    const { file, groups } = await progress(200);
    for (const group of groups.slice(0, 100)) file.groupPublished(group, 1);
    await clock.advance(1000);
    const names = (await read())[0]!.dates.map(({ name }) => name);
    expect(names).to.have.length(60);
    expect(names[10]).to.equal(groups[100]!.name);
    for (const group of groups.slice(100)) file.groupPublished(group, 1);
    await clock.advance(1000);
    expect((await read())[0]!.dates.at(-1)!.name).to.equal(groups.at(-1)!.name);
  });

  it('what a killed process left is not shown: removed without the process, ignored when another has its pid', async () => {
    await progress(1);
    clock.skip(59_999);
    expect(await read()).to.have.length(1);
    clock.skip(1);
    expect(await read()).to.deep.equal([]);
    expect(await read(false)).to.deep.equal([]);
    expect(existsSync(join(directory, 'backfill', `progress-${PID}.json`))).to.equal(false);
  });

  it('no directory, and a file that is none, are no backfills', async () => {
    expect(await read()).to.deep.equal([]);
    await progress(1);
    writeFileSync(join(directory, 'backfill', `progress-${PID}.json`), '{"pid":');
    expect(await read()).to.deep.equal([]);
  });

  it('a disk that stalls while it is read holds up nobody else', async () => {
    const path = join(directory, 'backfill', `progress-${PID}.json`);
    mkdirSync(join(directory, 'backfill'));
    execFileSync('mkfifo', [path]);
    const reading = read();
    await settled();
    // Opening it waits for who reads it: not in this thread.
    await writeFile(path, '{}');
    expect(await reading).to.deep.equal([]);
  });

  it('a disk that does not take it costs a warning, once', async () => {
    writeFileSync(join(directory, 'backfill'), '');
    await progress(1);
    await clock.advance(3000);
    expect(logger.lines.filter(({ level }) => level === 'warn')).to.have.length(1);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RefusedBatches, systemRefusedBatchFiles } from '../../../src/realtime/refused-batches.ts';
import { batchOf } from '../../support/publisher-harness.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

describe('refused batches', () => {
  let directory: string;
  let logger: RecordingLogger;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'refused-'));
    logger = new RecordingLogger();
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function refusedBatches(maxBytes = 1024 * 1024): RefusedBatches {
    return new RefusedBatches(directory, maxBytes, systemRefusedBatchFiles, logger, 1000);
  }

  function kept(): string[] {
    return readdirSync(join(directory, 'batches')).sort();
  }

  it('keep each batch, also where two feeds of one target number theirs alike', () => {
    const refused = refusedBatches();
    refused.keep('local', batchOf(1), "'type");
    refused.keep('local', batchOf(1), "'type");
    expect(kept()).deep.equal(['local-agg1s-2026-10-02-1000-1.log', 'local-agg1s-2026-10-02-1000-2.log']);
    expect(logger.messages('error').join()).contain('local refuses 1 rows of agg1s');
  });

  it('leave a file alone that is not theirs, and say that a batch could not be kept', () => {
    refusedBatches().keep('local', batchOf(1), "'type");
    const [name] = kept();
    const path = join(directory, 'batches', name!);
    writeFileSync(path, 'of somebody else');
    refusedBatches().keep('local', batchOf(1), "'type");
    expect(readFileSync(path, 'utf8')).equal('of somebody else');
    expect(logger.messages('error').at(-1)).contain('could not be kept');
  });

  it('keep no more than their limit, and say so', () => {
    const refused = refusedBatches(batchOf(1).columns.length + 100);
    refused.keep('local', batchOf(1), "'type");
    refused.keep('local', batchOf(2), "'type");
    expect(kept()).to.have.length(1);
    expect(logger.messages('error').at(-1)).contain('was not kept');
  });

  it('never stop the feed: a directory that cannot be made is an error in the log', () => {
    writeFileSync(join(directory, 'batches'), 'a file in the way');
    refusedBatches().keep('local', batchOf(1), "'type");
    expect(logger.messages('error').join()).contain('could not be kept');
  });
});

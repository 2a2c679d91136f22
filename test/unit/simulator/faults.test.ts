import { expect } from 'chai';
import { parseScheduledFault } from '../../../src/simulator/faults.ts';
import { checkOptions, DEFAULT_OPTIONS } from '../../../src/simulator/options.ts';
import { SimulatorOptionError } from '../../../src/simulator/options-error.ts';

describe('simulator settings', () => {
  it('faults - are read with their moment and parameters', () => {
    expect(parseScheduledFault('drop@10')).to.deep.equal({
      fault: { kind: 'drop' },
      seconds: 10,
      repeated: false,
    });
    expect(parseScheduledFault('stall~2.5s,ms=3000')).to.deep.equal({
      fault: { kind: 'stall', forMs: 3000 },
      seconds: 2.5,
      repeated: true,
    });
    expect(parseScheduledFault('late@0,share=0.25').fault).to.deep.equal({ kind: 'late', share: 0.25 });
  });

  it('faults - that cannot be read are refused with what was given', () => {
    const wrong = [
      'drop',
      'bang@1',
      'stall@1,ms=x',
      'stall@1,ms=-1',
      'stall@1,count=2',
      'late@1,share=2',
      'drop~0',
    ];
    for (const text of wrong) expect(() => parseScheduledFault(text), text).to.throw(SimulatorOptionError);
  });

  it('options - that cannot be satisfied are refused, and say what is possible', () => {
    const wrong = [
      { symbols: 0 },
      { symbols: 200_001 },
      { rate: 0 },
      { speed: 0 },
      { lateShare: 1.5 },
      { eventsPerFrame: 0 },
      { port: 70_000 },
      { markets: [] },
      { seed: 0.5 },
    ];
    for (const options of wrong) {
      expect(() => checkOptions({ ...DEFAULT_OPTIONS, ...options }), JSON.stringify(options)).to.throw(
        SimulatorOptionError,
      );
    }
    expect(() => checkOptions({ ...DEFAULT_OPTIONS, symbols: 12_000, rate: 100_000 })).to.throw(
      /at most 121\d\d\S* bars per second; received 100000\. Ask for fewer, or raise symbols or speed/,
    );
  });
});

import { expect } from 'chai';
import { CommandLineError, parseCommandLine } from '../../../../src/q-engine/process/command-line.ts';

describe('process - command line', () => {
  it('options of one letter are the process\u2019s, the rest is the script\u2019s', () => {
    const line = parseCommandLine(['tick.q', 'sym', '.', '-p', '5010', '-t', '1000', '-tp', ':5010', '-q']);
    expect(line.file).to.equal('tick.q');
    expect(line.scriptArguments).to.deep.equal(['sym', '.', '-tp', ':5010']);
    expect(line.listen).to.deep.equal({ host: undefined, ports: [5010] });
    expect(line.timerMs).to.equal(1000);
    expect(line.quiet).to.equal(true);
  });

  it('without a file the first option is an option', () => {
    const line = parseCommandLine([
      '-p',
      '127.0.0.1:0',
      '-T',
      '5',
      '-o',
      '-5',
      '-P',
      '12',
      '-c',
      '40',
      '200',
    ]);
    expect(line.file).to.equal(undefined);
    expect(line.listen).to.deep.equal({ host: '127.0.0.1', ports: [0] });
    expect([line.limitSeconds, line.utcOffset, line.precision]).to.deep.equal([5, -5, 12]);
    expect(line.consoleSize).to.deep.equal({ rows: 40, columns: 200 });
  });

  it('-w limits the memory', () => {
    expect(parseCommandLine(['-w', '500']).workspaceMegabytes).to.equal(500);
    expect(parseCommandLine([]).workspaceMegabytes).to.equal(0);
  });

  it('-u restricts clients, alone or with a file of passwords', () => {
    expect(parseCommandLine(['-u', '1'])).to.include({ restrictClients: true, passwordFile: undefined });
    expect(parseCommandLine(['-u', 'users'])).to.include({ restrictClients: true, passwordFile: 'users' });
    expect(parseCommandLine(['-U', 'users'])).to.include({ restrictClients: false, passwordFile: 'users' });
  });

  it('-b blocks what clients would write', () => {
    expect(parseCommandLine(['-b', '-p', '0'])).to.include({ blocksWrites: true, restrictClients: false });
    expect(parseCommandLine([])).to.include({ blocksWrites: false });
  });

  it('what is wrong or not supported ends the start', () => {
    for (const args of [['-p'], ['-p', 'x'], ['-t', 'soon'], ['-E', '1'], ['-c', '1', 'x']]) {
      expect(() => parseCommandLine(args), args.join(' ')).to.throw(CommandLineError);
    }
    expect(parseCommandLine(['-s', '4', 'x']).withoutEffect).to.deep.equal(['-s 4']);
  });
});

import { expect } from 'chai';
import { SymbolLimitError, SymbolTable } from '../../../src/tables/symbol-table.ts';

describe('symbol table', () => {
  it('gives the same id for the same bytes and different ids for names that differ in case', () => {
    const symbols = new SymbolTable();
    const first = symbols.internText('BApA');
    expect(symbols.internText('BAPA')).not.equal(first);
    expect(symbols.internText('BApA')).equal(first);
    expect(symbols.nameOf(first)).equal('BApA');
  });

  it('keeps the empty name as id 0', () => {
    const symbols = new SymbolTable();
    expect(symbols.internText('')).equal(0);
    expect(symbols.nameOf(0)).equal('');
  });

  it('keeps every name through growth of all its parts', () => {
    const symbols = new SymbolTable();
    const names = Array.from({ length: 100_000 }, (_, i) => `O:SPY251219C${String(i).padStart(8, '0')}`);
    const ids = names.map(name => symbols.internText(name));
    expect(new Set(ids).size).equal(names.length);
    ids.forEach((id, i) => {
      if (symbols.nameOf(id) !== names[i])
        expect.fail(`id ${id} names ${symbols.nameOf(id)}, not ${names[i]}`);
    });
    expect(names.map(name => symbols.internText(name))).deep.equal(ids);
  });

  it('finds a name without taking it', () => {
    const symbols = new SymbolTable();
    const names = Array.from({ length: 20_000 }, (_, i) => `O:SPY251219C${i}`);
    const ids = names.map(name => symbols.internText(name));
    expect(names.map(name => symbols.find(name))).deep.equal(ids);
    const { count, longestBytes } = symbols;
    for (const name of ['NEVER', 'O:SPY251219C', 'x'.repeat(5_000), 'O:SPY251219C1\0'])
      expect(symbols.find(name)).equal(undefined);
    expect(symbols.find('')).equal(0);
    expect(symbols).include({ count, longestBytes });
  });

  it('refuses a name beyond its limit and takes names again once cleared', () => {
    const symbols = new SymbolTable(3);
    symbols.internText('A');
    symbols.internText('B');
    expect(() => symbols.internText('C')).throw(SymbolLimitError);
    expect(symbols.internText('A')).equal(1);
    symbols.clear();
    expect(symbols.nameOf(symbols.internText('C'))).equal('C');
  });
});

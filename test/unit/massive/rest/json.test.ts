import { expect } from 'chai';
import { numberIn, parseJson, textIn } from '../../../../src/massive/rest/json.ts';

describe('REST JSON', () => {
  it('whole numbers that a double may round - become texts of their digits', () => {
    const text =
      '{"window_start":1790892000000000001,"a":[-9007199254740993, 1790892000000000001],"t":1790892000000,"v":0.1234567890123456789,"w":1234567890123456.5,"x":1234567890123456e2}';
    expect(parseJson(text)).to.deep.equal({
      window_start: '1790892000000000001',
      a: ['-9007199254740993', '1790892000000000001'],
      t: 1790892000000,
      v: 0.12345678901234568,
      w: 1234567890123456.5,
      x: 1234567890123456e2,
    });
  });

  it('digits within texts - stay as they are', () => {
    const values = ['1234567890123456789', 'a "1234567890123456789" b', 'c:\\', ',1234567890123456789,'];
    const object = Object.fromEntries(values.map(value => [value, value]));
    expect(parseJson(JSON.stringify(object))).to.deep.equal(object);
  });

  it('what is no JSON - is an error, with and without long numbers', () => {
    for (const text of ['', '<html>1234567890123456789</html>', '{"a":1234567890123456789']) {
      expect(() => parseJson(text)).to.throw(SyntaxError);
    }
  });

  it('fields - are numbers or texts, or not there', () => {
    const object = { a: 1.5, b: '2.5', c: '', d: 'x', e: null, f: [1] };
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => numberIn(object, name))).to.deep.equal([
      1.5,
      2.5,
      ...Array.from({ length: 5 }, () => undefined),
    ]);
    expect(['a', 'b', 'c'].map(name => textIn(object, name))).to.deep.equal([undefined, '2.5', undefined]);
  });
});

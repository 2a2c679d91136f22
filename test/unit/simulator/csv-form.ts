/** Which characters a field of a flat file has, by name; from what was really published. */
type Form = Readonly<Record<string, RegExp>>;

const TICKER = /^[A-Za-z0-9:.-]+$/;
const INTEGER = /^\d+$/;
const SIX_DECIMALS = /^\d+\.\d{6}$/;
/** Always with a point, never with a superfluous zero. */
const FLOAT = /^-?\d+\.(0|\d*[1-9])$/;
/** Nanoseconds. */
const NS = /^1\d{9}0{9}$/;

function usual(volume: RegExp, price: RegExp): Form {
  return {
    ticker: TICKER,
    volume,
    open: price,
    close: price,
    high: price,
    low: price,
    window_start: NS,
    transactions: INTEGER,
  };
}

const FUTURES_FORM: Form = {
  ticker: TICKER,
  exchange: INTEGER,
  session_end_date: /^\d{4}-\d{2}-\d{2}$/,
  window_start: NS,
  open: FLOAT,
  high: FLOAT,
  low: FLOAT,
  close: FLOAT,
  volume: INTEGER,
  dollar_volume: /^-?\d+(\.\d{1,2})?$/,
  transactions: INTEGER,
};

/** Forms by market; those of stocks changed with fractional volumes. */
export const CSV_FORMS = {
  stocks: usual(SIX_DECIMALS, SIX_DECIMALS),
  wholeStocks: usual(INTEGER, FLOAT),
  options: usual(INTEGER, FLOAT),
  indices: { ticker: TICKER, open: FLOAT, close: FLOAT, high: FLOAT, low: FLOAT, window_start: NS },
  forex: usual(INTEGER, FLOAT),
  crypto: usual(FLOAT, FLOAT),
  futures: FUTURES_FORM,
  futuresSession: { ...FUTURES_FORM, settlement_price: FLOAT },
} as const satisfies Readonly<Record<string, Form>>;

/** What is wrong with a file's lines, its header first. */
export function csvProblems(lines: readonly string[], form: Form): string[] {
  const [header, ...rows] = lines;
  const names = Object.keys(form);
  const problems = header === names.join(',') ? [] : [`header ${header}`];
  for (const row of rows) {
    const fields = row.split(',');
    if (fields.length !== names.length) problems.push(`fields of ${row}`);
    for (const [at, name] of names.entries()) {
      if (!form[name]!.test(fields[at] ?? '')) problems.push(`${name} of ${row}`);
    }
  }
  return problems;
}

/** Rows that were really published. */
export const LITERAL_ROWS: readonly (readonly [form: keyof typeof CSV_FORMS, row: string])[] = [
  ['options', 'O:A260618C00100000,3,16.2,16.2,16.2,16.2,1779458460000000000,1'],
  ['options', 'O:A250718C00120000,12,3.75,3.96,4.28,3.75,1752206400000000000,9'],
  ['stocks', 'AAPL,33278552.153126,333.260000,333.690000,334.540000,330.610000,1790913600000000000,628334'],
  ['stocks', 'BCATrw,89401.000000,0.005500,0.007500,0.007500,0.005000,1790913600000000000,101'],
  ['wholeStocks', 'AAPL,3895,202.0,201.82,202.0,201.65,1744792980000000000,116'],
  ['wholeStocks', 'A,6082,114.04,113.965,114.05,113.4901,1747057020000000000,119'],
];

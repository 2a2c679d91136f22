import type { WireEvent } from './market-tape.ts';

/** How a value of a field must look. */
type Form = 'text' | 'integer' | 'number' | 'exact volume' | 'true' | 'ms';

interface Fields {
  readonly always: Readonly<Record<string, Form>>;
  readonly sometimes: Readonly<Record<string, Form>>;
}

const PRICES = { o: 'number', c: 'number', h: 'number', l: 'number' } as const;
const WINDOW = { s: 'ms', e: 'ms' } as const;

/** Massive's reference of the aggregate events, field by field: written from the reference, not from the simulator. */
export const REFERENCE: Readonly<Record<string, Fields>> = {
  stocks: {
    always: { ev: 'text', sym: 'text', v: 'integer', av: 'integer', ...PRICES, ...WINDOW },
    sometimes: {
      op: 'number',
      vw: 'number',
      a: 'number',
      z: 'number',
      dv: 'exact volume',
      dav: 'exact volume',
      otc: 'true',
    },
  },
  options: {
    always: { ev: 'text', sym: 'text', v: 'integer', av: 'integer', ...PRICES, ...WINDOW },
    sometimes: {
      op: 'number',
      vw: 'number',
      a: 'number',
      z: 'number',
      dv: 'exact volume',
      dav: 'exact volume',
    },
  },
  indices: { always: { ev: 'text', sym: 'text', ...PRICES, ...WINDOW }, sometimes: { op: 'number' } },
  forex: { always: { ev: 'text', pair: 'text', v: 'integer', ...PRICES, ...WINDOW }, sometimes: {} },
  crypto: {
    always: { ev: 'text', pair: 'text', v: 'number', ...PRICES, ...WINDOW },
    sometimes: { vw: 'number', z: 'number' },
  },
  futures: {
    always: { ev: 'text', sym: 'text', v: 'integer', dv: 'number', n: 'integer', ...PRICES, ...WINDOW },
    sometimes: {},
  },
};

/** What the service really sent, or its reference shows. */
export const LITERAL_EVENTS: readonly (readonly [market: string, event: string])[] = [
  [
    'stocks',
    '{"ev":"A","sym":"AAPL","v":80,"av":144673,"vw":296.32,"o":296.32,"c":296.32,"h":296.32,"l":296.32,"a":296.6776,"z":80,"s":1782124955000,"e":1782124956000,"dv":"80.0","dav":"144673.243177"}',
  ],
  [
    'stocks',
    '{"ev":"AM","sym":"GTE","v":4110,"av":9470157,"op":0.4372,"vw":0.4488,"o":0.4488,"c":0.4486,"h":0.4489,"l":0.4486,"a":0.4352,"z":685,"s":1610144640000,"e":1610144700000}',
  ],
  [
    'options',
    '{"ev":"AM","sym":"O:ONEM220121C00025000","v":2,"av":8,"op":2.2,"vw":2.05,"o":2.05,"c":2.05,"h":2.05,"l":2.05,"a":2.1312,"z":2,"s":1632419640000,"e":1632419700000}',
  ],
  [
    'crypto',
    '{"ev":"XA","pair":"BCD-USD","v":951.6112,"vw":0.7756,"z":73,"o":0.772,"c":0.784,"h":0.784,"l":0.771,"s":1610463240000,"e":1610463300000}',
  ],
];

/** What is wrong with an event of a market by the reference; empty when nothing is. */
export function formProblems(market: string, event: WireEvent): string[] {
  const { always, sometimes } = REFERENCE[market]!;
  const missing = Object.keys(always).filter(name => !(name in event));
  const wrong = Object.entries(event).filter(([name, value]) => {
    const form = always[name] ?? sometimes[name];
    return form === undefined || !hasForm(value, form);
  });
  return [
    ...missing.map(name => `${name} is missing`),
    ...wrong.map(([name, value]) => `${name} is ${value}`),
  ];
}

function hasForm(value: unknown, form: Form): boolean {
  switch (form) {
    case 'text':
      return typeof value === 'string' && value !== '';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'exact volume':
      return typeof value === 'string' && /^\d+\.(0|\d{6})$/.test(value);
    case 'true':
      return value === true;
    case 'ms':
      return Number.isSafeInteger(value) && String(value).length === 13 && (value as number) % 1000 === 0;
  }
}

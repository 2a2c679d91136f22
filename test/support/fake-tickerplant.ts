import { type QValue, symbolVector, textOf } from '../../src/kdb/ipc/values.ts';
import { tickerplantColumns } from '../../src/kdb/tables/convention.ts';
import type { Convention } from '../../src/tables/conventions.ts';
import type { TableDefinition } from '../../src/tables/definitions.ts';
import { type QPeer, QServer, type QServerOptions, type Reply } from './q-server.ts';

/** A call of the tickerplant's function. */
export interface Update {
  readonly functionName: string;
  readonly table: string;
  readonly columns: QValue;
  readonly async: boolean;
  /** Of a call of `.fh.upd`. */
  readonly numbered?: { readonly source: string; readonly sequence: number };
  readonly peer: QPeer;
}

const TYPE_LETTERS = { timespan: 'n', timestamp: 'p', symbol: 's', float: 'f', long: 'j' } as const;

const DONE: Reply = { value: { kind: 'primitive', type: 101, code: 0 } };

/**
 * A tickerplant as a publisher sees it: its questions are answered from the fields below, which a test changes at
 * will, and what `onUpdate` says is the answer to each call.
 */
export class FakeTickerplant {
  readonly server: QServer;
  readonly updates: Update[] = [];
  /** Letters of `meta` by column, for each table. */
  tables: Map<string, Record<string, string>>;
  /** Days since 2000-01-01. */
  date = 9771;
  /** Its date when it is asked: one that rolls, where a test takes its time from the system. */
  currentDate = () => this.date;
  offsetMs = -4 * 3_600_000;
  logHandle: bigint | undefined = 5n;
  chaserReply: Reply = {
    value: { kind: 'vector', type: 'char', attribute: 'none', values: new Uint8Array() },
  };
  onUpdate: (update: Update, count: number) => Reply = () => DONE;
  /** Replies to questions by their text, before the fields are asked. */
  readonly replies = new Map<string, Reply>();
  /** Whether it has `.fh.upd`. */
  isNumbering = false;

  static async listen(
    definitions: readonly TableDefinition[],
    convention: Convention = 'kdb-tick',
    options: Omit<QServerOptions, 'reply'> = {},
  ): Promise<FakeTickerplant> {
    return new FakeTickerplant(await QServer.listen(options), definitions, convention);
  }

  private constructor(server: QServer, definitions: readonly TableDefinition[], convention: Convention) {
    this.server = server;
    this.tables = new Map(
      definitions.map(definition => [
        definition.name,
        Object.fromEntries(
          tickerplantColumns(definition, convention).map(({ name, type }) => [name, TYPE_LETTERS[type]]),
        ),
      ]),
    );
    server.reply = ({ type, value, peer }) => {
      const text = textOf(value);
      return text === undefined ? this.#update(value, type === 'async', peer) : this.#question(text);
    };
  }

  #update(value: QValue, async: boolean, peer: QPeer): Reply {
    if (value.kind !== 'list') return { signal: 'type' };
    const [functionName, ...rest] = value.items;
    const [table, columns] = rest.slice(-2);
    const update = {
      functionName: textOf(functionName!)!,
      table: textOf(table!)!,
      columns: columns!,
      async,
      peer,
      ...(rest.length === 4 && { numbered: numberOf(rest[0]!, rest[1]!) }),
    };
    this.updates.push(update);
    return this.onUpdate(update, this.updates.length);
  }

  #question(text: string): Reply {
    const reply = this.replies.get(text);
    if (reply) return reply;
    if (text === '') return this.chaserReply;
    if (text === '.u.d' || text === '.eodtime.d')
      return { value: { kind: 'atom', type: 'date', value: this.currentDate() } };
    if (text === '.u.l' || text.startsWith('count ')) {
      if (this.logHandle === undefined) return { signal: '.u.l' };
      return { value: { kind: 'atom', type: 'long', value: this.logHandle } };
    }
    if (text === '.z.P-.z.p') {
      return { value: { kind: 'atom', type: 'timespan', value: BigInt(this.offsetMs) * 1_000_000n } };
    }
    if (text.includes('.fh.upd')) {
      return { value: { kind: 'atom', type: 'boolean', value: this.isNumbering } };
    }
    const name = text.replace(/^meta /, '');
    const columns = this.tables.get(name);
    return columns ? { value: metaOf(columns) } : { signal: name };
  }
}

function numberOf(source: QValue, sequence: QValue): { readonly source: string; readonly sequence: number } {
  if (sequence.kind !== 'atom' || sequence.type !== 'long') throw new TypeError('the number is no long');
  return { source: textOf(source)!, sequence: Number(sequence.value) };
}

/** What q's `meta` gives for columns of these types. */
function metaOf(columns: Record<string, string>): QValue {
  const names = Object.keys(columns);
  const letters = Buffer.from(Object.values(columns).join(''));
  const none = symbolVector(names.map(() => ''));
  return {
    kind: 'dict',
    sorted: false,
    keys: { kind: 'table', attribute: 'none', columns: [{ name: 'c', values: symbolVector(names) }] },
    values: {
      kind: 'table',
      attribute: 'none',
      columns: [
        { name: 't', values: { kind: 'vector', type: 'char', attribute: 'none', values: letters } },
        { name: 'f', values: none },
        { name: 'a', values: none },
      ],
    },
  };
}

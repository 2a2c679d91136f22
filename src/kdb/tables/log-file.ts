/** What a kdb+ log begins with: the mark of a serialised object, and an empty general list. */
export const LOG_HEADER: Uint8Array = Uint8Array.of(0xff, 0x01, 0, 0, 0, 0, 0, 0);

const GENERAL_LIST_OF_THREE = Uint8Array.of(0, 0, 3, 0, 0, 0);
const SYMBOL_ATOM = 0xf5;

/** (a list of two)(the identity)(a vector of chars without attribute), and then its length. */
const NOTE_HEAD = Uint8Array.of(0, 0, 2, 0, 0, 0, 0x65, 0, 0x0a, 0);
const LENGTH_BYTES = 4;

/**
 * A batch as a kdb+ log, ``(`upd;table;columns)``: `-11!` replays it wherever `upd` is defined. `columns` is what
 * `encodeColumns` made. The layout is that of a tickerplant's log: header, then the bodies of the messages without length
 * or checksum. Before the batch stands a note, ``(::;"...")``, which `-11!` evaluates as the identity: nothing happens.
 */
export function logFileOf(table: string, columns: Uint8Array, note: string): Uint8Array {
  const text = Buffer.from(note, 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32LE(text.length);
  return Buffer.concat([LOG_HEADER, NOTE_HEAD, length, text, logMessageHead(table), columns]);
}

/** What `logFileOf` put into a file, with or without a note; undefined where it is something else. */
export function readLogFile(
  file: Buffer,
): { readonly table: string; readonly columns: Uint8Array; readonly note: string } | undefined {
  if (!startsWith(file, 0, LOG_HEADER)) return undefined;
  let at = LOG_HEADER.length;
  let note = '';
  if (startsWith(file, at, NOTE_HEAD) && file.length >= at + NOTE_HEAD.length + LENGTH_BYTES) {
    const begin = at + NOTE_HEAD.length + LENGTH_BYTES;
    at = begin + file.readInt32LE(begin - LENGTH_BYTES);
    note = file.toString('utf8', begin, at);
  }
  const head = logMessageHead('').subarray(0, -1);
  if (!startsWith(file, at, head)) return undefined;
  const tableEnd = file.indexOf(0, at + head.length);
  if (tableEnd < 0) return undefined;
  return {
    table: file.toString('utf8', at + head.length, tableEnd),
    columns: file.subarray(tableEnd + 1),
    note,
  };
}

/** What stands before the columns in a message of a log. */
export function logMessageHead(table: string): Uint8Array {
  return Buffer.concat([GENERAL_LIST_OF_THREE, symbolAtom('upd'), symbolAtom(table)]);
}

function startsWith(bytes: Buffer, at: number, beginning: Uint8Array): boolean {
  return bytes.subarray(at, at + beginning.length).equals(beginning);
}

function symbolAtom(name: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(SYMBOL_ATOM), Buffer.from(`${name}\0`, 'utf8')]);
}

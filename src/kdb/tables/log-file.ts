/** What a kdb+ log begins with: the mark of a serialised object, and an empty general list. */
export const LOG_HEADER: Uint8Array = Uint8Array.of(0xff, 0x01, 0, 0, 0, 0, 0, 0);

const GENERAL_LIST_OF_THREE = Uint8Array.of(0, 0, 3, 0, 0, 0);
const SYMBOL_ATOM = 0xf5;

/**
 * A batch as a kdb+ log of one message, ``(`upd;table;columns)``: `-11!` replays it wherever `upd` is defined.
 * `columns` is what `encodeColumns` made. The layout is that of a tickerplant's log: header, then the bodies of the
 * messages without length or checksum.
 */
export function logFileOf(table: string, columns: Uint8Array): Uint8Array {
  return Buffer.concat([LOG_HEADER, logMessageHead(table), columns]);
}

/** What stands before the columns in a message of a log. */
export function logMessageHead(table: string): Uint8Array {
  return Buffer.concat([GENERAL_LIST_OF_THREE, symbolAtom('upd'), symbolAtom(table)]);
}

function symbolAtom(name: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(SYMBOL_ATOM), Buffer.from(`${name}\0`, 'utf8')]);
}

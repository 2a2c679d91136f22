/** A field, quoted or not, and what follows it. A quote within quotes is doubled. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/** The fields of one row of CSV (RFC 4180), without its line end; undefined where its quotes do not close. */
export function csvFields(row: string): string[] | undefined {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(row);
    if (!match) return undefined;
    const [, quoted, plain, separator] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (separator === '') return fields;
  }
}

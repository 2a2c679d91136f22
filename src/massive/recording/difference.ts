import type { FieldProfile, ObjectProfile, TimeUnit, ValueKind } from './profile.ts';

export type RecordedPart = 'stream' | 'rest' | 'flat';

/** Something that is not as expected, with one example. */
export interface Difference {
  readonly part: RecordedPart;
  /** The event, the endpoint or the dataset. */
  readonly where: string;
  readonly field: string | null;
  readonly kind:
    | 'unknown'
    | 'missing'
    | 'type'
    | 'unit'
    | 'order'
    | 'status'
    | 'delay'
    | 'rejected'
    | 'format';
  /** `misread`: rows are lost or wrong for it. `tolerated`: massive-kdb reads what it needs all the same. */
  readonly severity: 'misread' | 'tolerated';
  readonly text: string;
  readonly count: number;
  readonly example: string;
}

export interface Expectation {
  readonly part: RecordedPart;
  readonly where: string;
  /** The fields that are read, and whether a row is nothing without them. */
  readonly read: ReadonlyMap<string, 'needed' | 'optional'>;
  /** Fields that come and go for reasons that have nothing to do with the format. */
  readonly changing?: readonly string[];
}

/** So many objects must lack a field before that says something. */
const ENOUGH_OBJECTS = 20;

/** A field that so few of the expected objects have may be missing by chance. */
const USUAL_SHARE = 0.5;

/** How objects of one kind differ from the expected ones, field by field. */
export function profileDifferences(
  recorded: ObjectProfile,
  expected: ObjectProfile,
  expectation: Expectation,
): Difference[] {
  if (recorded.objects === 0) return [];
  return [
    // Where there is nothing to compare with, nothing is unknown.
    ...(expected.objects === 0 ? [] : unknownFields(recorded, expected, expectation)),
    ...missingFields(recorded, expected, expectation),
    ...[...recorded.fields].flatMap(([name, field]) => {
      const other = expected.fields.get(name);
      return other ? valueDifferences(name, field, other, expectation) : [];
    }),
    ...orderDifferences(recorded, expected, expectation),
  ];
}

function unknownFields(
  recorded: ObjectProfile,
  expected: ObjectProfile,
  { part, where, read, changing = [] }: Expectation,
): Difference[] {
  return [...recorded.fields]
    .filter(([name]) => !expected.fields.has(name) && !read.has(name) && !changing.includes(name))
    .map(([name, { count, kinds }]) => ({
      ...{ part, where, field: name, kind: 'unknown', severity: 'tolerated', count },
      text: `field ${name} (${[...kinds.keys()].join(', ')}) is not known, and is not stored`,
      example: firstExample(kinds),
    }));
}

function missingFields(
  recorded: ObjectProfile,
  expected: ObjectProfile,
  { part, where, read, changing = [] }: Expectation,
): Difference[] {
  const missing = [...read]
    .filter(([name, need]) => need === 'needed' && recorded.shareOf(name) < 1)
    .map(([name]) => name);
  const unseen =
    recorded.objects < ENOUGH_OBJECTS
      ? []
      : [...expected.fields.keys()].filter(
          name =>
            !recorded.fields.has(name) && !changing.includes(name) && expected.shareOf(name) > USUAL_SHARE,
        );
  return [...new Set([...missing, ...unseen])].map(name => {
    const absent = recorded.objects - (recorded.fields.get(name)?.count ?? 0);
    return {
      ...{ part, where, field: name, kind: 'missing', count: absent },
      severity: missing.includes(name) ? 'misread' : 'tolerated',
      text: `field ${name} is missing in ${absent} of ${recorded.objects}`,
      example: firstExample([...recorded.fields.values()][0]?.kinds ?? new Map()),
    };
  });
}

function valueDifferences(
  name: string,
  recorded: FieldProfile,
  expected: FieldProfile,
  { part, where, read }: Expectation,
): Difference[] {
  const severity = read.has(name) ? 'misread' : 'tolerated';
  const differences: Difference[] = [];
  const expectedKinds = [...expected.kinds.keys()];
  for (const [kind, { count, example }] of recorded.kinds) {
    if (isExpectedKind(kind, expectedKinds)) continue;
    const text = `field ${name} is a ${kind}, expected a ${expectedKinds.join(' or ')}`;
    // A number is read as a number, whether it stands in a text or not; null is a value that is not there.
    const isRead = kind === 'null' || (isNumeric(kind) && expectedKinds.some(isNumeric));
    differences.push({
      ...{ part, where, field: name, kind: 'type', count, text, example },
      severity: isRead ? 'tolerated' : severity,
    });
  }
  const unit = timeUnitOf(expected);
  if (!unit) return differences;
  for (const [other, { count, example }] of recorded.units) {
    if (other === unit) continue;
    const text = `field ${name} is ${other === 'none' ? 'no time' : `in ${other}`}, expected a time in ${unit}`;
    differences.push({ ...{ part, where, field: name, kind: 'unit', severity, count, text, example } });
  }
  return differences;
}

function isExpectedKind(kind: ValueKind, expected: readonly ValueKind[]): boolean {
  // A text may look like a number now and then.
  return expected.includes(kind) || (kind === 'number in a text' && expected.includes('text'));
}

function isNumeric(kind: ValueKind): boolean {
  return kind === 'number' || kind === 'number in a text';
}

/** The one unit of a field that holds times; undefined where it holds other numbers. */
function timeUnitOf({ units }: FieldProfile): TimeUnit | undefined {
  const [unit, ...others] = units.keys();
  return unit !== undefined && unit !== 'none' && others.length === 0 ? unit : undefined;
}

/** Neighbours of the expected order that stand the other way round. */
function orderDifferences(
  recorded: ObjectProfile,
  expected: ObjectProfile,
  { part, where }: Expectation,
): Difference[] {
  const names = [...expected.fields.keys()].filter(name => recorded.fields.has(name));
  return names.slice(1).flatMap((second, index): Difference[] => {
    const first = names[index]!;
    const example = recorded.exampleOfOrder(second, first);
    if (example === undefined || expected.exampleOfOrder(second, first) !== undefined) return [];
    const text = `field ${second} stands before ${first}`;
    return [{ part, where, field: second, kind: 'order', severity: 'tolerated', text, count: 1, example }];
  });
}

function firstExample(kinds: ReadonlyMap<ValueKind, { readonly example: string }>): string {
  return [...kinds.values()][0]?.example ?? '';
}

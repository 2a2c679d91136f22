/** One measured figure beside another. */
export interface Figure {
  readonly name: string;
  /** What we cost, in `unit`. */
  readonly ours: number;
  /** What the other side costs in the same run; null where the goal stands alone. */
  readonly other: number | null;
  /** ours / other; null without another side. */
  readonly ratio: number | null;
  /** What must hold, in words: `<= 0.35`. */
  readonly goal: string;
  readonly met: boolean;
  readonly unit: string;
  /** What else is worth knowing, such as the share of the load generator. */
  readonly note?: string;
}

/** A benchmark: one or several figures from one run. */
export interface Benchmark {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

/** A figure whose goal is a ratio to the other side. */
export function ratioFigure(
  name: string,
  sides: { readonly ours: number; readonly other: number; readonly unit: string },
  mostRatio: number,
  note?: string,
): Figure {
  const ratio = sides.ours / sides.other;
  return {
    name,
    ...sides,
    ratio,
    goal: `ratio <= ${mostRatio}`,
    met: ratio <= mostRatio,
    ...(note ? { note } : {}),
  };
}

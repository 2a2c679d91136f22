/** The words of the language that the parser must know. */

/** Keywords that stand between their two arguments. */
export const INFIX: ReadonlySet<string> = new Set(
  `and asof bin binr cor cov cross cut div dsave each ema except fby ij ijf in insert inter lj ljf like lsq
  mavg mcount mdev mmax mmin mmu mod msum or over peach pj prior rotate scan scov set ss sublist sv uj ujf
  union upsert vs wavg within wsum xasc xbar xcol xcols xdesc xexp xgroup xkey xlog xprev xrank`
    .split(/\s+/)
    .filter(word => word !== ''),
);

/** Words that open a query. Of those that end a part of one only `where` is a keyword elsewhere. */
export const QUERY_VERBS: ReadonlySet<string> = new Set(['select', 'exec', 'update', 'delete']);
export const CONTROL_WORDS: ReadonlySet<string> = new Set(['if', 'do', 'while']);

/** Keywords that are not infix. */
const PREFIX = `abs acos aj aj0 ajf ajf0 all any asc asin atan attr avg avgs ceiling cols cos count deltas
  desc dev differ distinct ej enlist eval exit exp fills first fkeys flip floor get getenv group gtime hclose
  hcount hdel hopen hsym iasc idesc inv key keys last load log lower ltime ltrim max maxs md5 med meta min mins
  neg next not null parse prd prds prev rand rank ratios raze read0 read1 reciprocal reval reverse rload rsave
  rtrim save sdev setenv show signum sin sqrt ssr string sum sums svar system tables tan til trim type ungroup
  upper value var view views where wj wj1`;

/** Keywords that kdb+ does not define in .q but in itself; the words of .Q.res. */
export const NATIVE: ReadonlySet<string> = new Set(
  `abs acos asin atan avg bin binr cor cos cov delete dev div do enlist exec exit exp getenv hopen if in insert
  last like log max min prd select setenv sin sqrt ss sum tan update var wavg while within wsum xexp`.split(
    /\s+/,
  ),
);

/** Names that cannot be assigned. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...INFIX,
  ...QUERY_VERBS,
  ...CONTROL_WORDS,
  ...PREFIX.split(/\s+/).filter(word => word !== ''),
]);

/**
 * Whether a name cannot be set, with `:` or (global) with `::`: a definition with `::` may take the name of a keyword
 * that is a function written in q.
 */
export function isReserved(name: string, global: boolean): boolean {
  return RESERVED.has(name) && (!global || NATIVE.has(name));
}

/** Every source has these; a table must have them as they were last. */
export const SHARED_NUMBERS = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;

/** Only the live stream has these: of a bar that came last from elsewhere they cannot be compared. */
export const STREAM_NUMBERS = ['avgsize', 'dayvol', 'dayvwap', 'dayopen'] as const;

export const NUMBERS = [...SHARED_NUMBERS, ...STREAM_NUMBERS] as const;

/** In the order of NUMBERS; NaN is missing. */
export type Numbers = readonly number[];

/** Numbers by name as JSON has them: null or absent is missing. */
export type Tolerated = { readonly [name in (typeof NUMBERS)[number]]?: number | null };

/** What keeps the disk from taking rows. */
export type DiskTrouble = 'stalled' | 'full' | 'failed';

/**
 * What becomes of the rows of a feed if its process dies. `sinceMs` is wall-clock time, ms since 1970.
 * - `protected`: every batch is on disk before it is sent.
 * - `unprotected`: the disk does not take them; they go to the tickerplants from memory.
 * - `suspended`: neither the disk nor any tickerplant takes them and memory is full: the session is closed on purpose
 *   until one of them does again.
 */
export type Protection =
  | { readonly name: 'protected' }
  | {
      readonly name: 'unprotected';
      readonly reason: DiskTrouble;
      readonly detail: string;
      readonly sinceMs: number;
    }
  | {
      readonly name: 'suspended';
      readonly reason: DiskTrouble;
      readonly detail: string;
      readonly sinceMs: number;
    };

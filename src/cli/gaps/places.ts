import { readdirSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { askControl } from '../../ops/control/client.ts';
import { GapBook } from '../../realtime/gaps/book.ts';
import { BookFile } from '../../realtime/gaps/book-file.ts';
import { GapDesk } from '../../realtime/gaps/desk.ts';
import type { Gap } from '../../realtime/gaps/gap.ts';
import { systemStateFiles } from '../../realtime/gaps/state-files.ts';
import { MARKETS } from '../../tables/markets.ts';
import { bookPath, controlPath } from '../start/gaps.ts';
import type { GapList } from './routes.ts';

const BOOK_NAME = /^gaps-(?<name>[a-z-]+)\.json$/;

/** Where the gaps of one feed are: at the daemon that runs it, or in its book where none does. */
export interface GapPlace {
  list(): Promise<readonly Gap[]>;
  fill(id: string): Promise<Gap>;
  verify(id: string): Promise<Gap>;
  forget(id: string, reason: string): Promise<Gap>;
}

/** The feeds of which there is a gap book, by name. Throws what the system says, but for a directory that is missing. */
export function feedsWithGaps(stateDirectory: string): string[] {
  try {
    return readdirSync(stateDirectory)
      .map(file => BOOK_NAME.exec(file)?.groups?.['name'])
      .filter(name => name !== undefined)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The feed that a gap belongs to: `stocks` of `stocks-12`. */
export function feedOfGap(id: string): string {
  return id.replace(/-\d+$/, '');
}

/** @throws GapBookError, ControlError */
export async function gapPlace(stateDirectory: string, name: string, logger: Logger): Promise<GapPlace> {
  const socket = controlPath(stateDirectory, name);
  if ((await askControl(socket, 'GET', '/gaps')) !== undefined) return daemonPlace(socket);
  const market = MARKETS.find(known => name.startsWith(known)) ?? 'stocks';
  const file = new BookFile(bookPath(stateDirectory, name), systemStateFiles);
  const book = new GapBook({ market, name }, { clock: systemClock, logger, file });
  const desk = new GapDesk(book);
  // A daemon goes on with its book in memory; here what is not on disk is not done.
  const saved = (gap: Gap): Gap => {
    if (book.saveError) throw book.saveError;
    return gap;
  };
  return {
    list: async () => desk.list(),
    fill: async id => saved(desk.fill(id)),
    verify: async id => saved(desk.verify(id)),
    forget: async (id, reason) => saved(desk.forget(id, reason)),
  };
}

function daemonPlace(socket: string): GapPlace {
  const ask = async (id: string, wish: string, body?: unknown) =>
    (await askControl(socket, 'POST', `/gaps/${encodeURIComponent(id)}/${wish}`, body)) as Gap;
  return {
    list: async () => ((await askControl(socket, 'GET', '/gaps')) as GapList).gaps,
    fill: id => ask(id, 'fill'),
    verify: id => ask(id, 'verify'),
    forget: (id, reason) => ask(id, 'forget', { reason }),
  };
}

import { messageOf } from '../../base/errors.ts';
import type { Configuration } from '../../config/schema.ts';
import { type ControlRoute, ControlServer, type StreamRoute } from '../../ops/control/server.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import { controlPath, feedName } from './gaps.ts';

/** Where each feed of a process answers commands. */
export interface OpenedControls {
  close(): Promise<void>;
}

/** Opens a socket for each feed. Where one cannot be made, its feed goes on without, and the log says so. */
export async function openControls(
  { feeds, state }: Configuration,
  routesOf: (name: string) => readonly (ControlRoute | StreamRoute)[],
  logger: ProcessLogger,
): Promise<OpenedControls> {
  const servers = await Promise.all(
    feeds.map(feedName).map(async name => {
      try {
        return await ControlServer.listen(controlPath(state.directory, name), routesOf(name), logger);
      } catch (error) {
        logger.warn(messageOf(error));
        return undefined;
      }
    }),
  );
  return {
    close: async () => {
      await Promise.all(servers.map(server => server?.close()));
    },
  };
}

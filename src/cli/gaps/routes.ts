import type { ControlRoute } from '../../ops/control/server.ts';
import type { GapDesk } from '../../realtime/gaps/desk.ts';
import type { Gap } from '../../realtime/gaps/gap.ts';

/** The answer to `GET /gaps`. */
export interface GapList {
  readonly gaps: readonly Gap[];
}

/** What a daemon can be asked about the gaps of a feed: `GET /gaps`, `POST /gaps/ID/fill`, `/verify`, `/forget`. */
export function gapRoutes(desk: GapDesk): readonly ControlRoute[] {
  return [
    { method: 'GET', path: /^\/gaps$/, answer: () => ({ gaps: desk.list() }) satisfies GapList },
    { method: 'POST', path: /^\/gaps\/(?<id>[^/]+)\/fill$/, answer: ({ id }) => desk.fill(id!) },
    { method: 'POST', path: /^\/gaps\/(?<id>[^/]+)\/verify$/, answer: ({ id }) => desk.verify(id!) },
    {
      method: 'POST',
      path: /^\/gaps\/(?<id>[^/]+)\/forget$/,
      answer: ({ id }, body) => desk.forget(id!, reasonIn(body)),
    },
  ];
}

function reasonIn(body: unknown): string {
  const reason = (body as { readonly reason?: unknown } | null | undefined)?.reason;
  return typeof reason === 'string' ? reason : '';
}

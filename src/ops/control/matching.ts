import { EndingError, type MassiveKdbError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { ControlMethod, ControlRefusal } from './server.ts';

/** What a request finds among routes. */
export type Found<Route> =
  | { readonly kind: 'route'; readonly route: Route; readonly groups: Readonly<Record<string, string>> }
  | { readonly kind: 'no-path' }
  | { readonly kind: 'no-method' };

/** The route for a method and a path, with the groups of the path, decoded. */
export function findRoute<Route extends { readonly method: ControlMethod; readonly path: RegExp }>(
  routes: readonly Route[],
  method: string | undefined,
  path: string,
): Found<Route> {
  const known = routes.filter(route => route.path.test(path));
  const route = known.find(candidate => candidate.method === method);
  if (!route) return { kind: known.length > 0 ? 'no-method' : 'no-path' };
  const groups = route.path.exec(path)?.groups ?? {};
  const decodedGroups = Object.entries(groups).map(([name, value]) => [name, decoded(value)]);
  return { kind: 'route', route, groups: Object.fromEntries(decodedGroups) };
}

/** What the one who asks is told of an error. */
export function refusalOf(error: MassiveKdbError): ControlRefusal {
  const { what, remedy } = error.details;
  const exitCode = error instanceof EndingError ? error.exitCode : ExitCode.failed;
  return { error: { code: error.code, what, remedy, exitCode } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

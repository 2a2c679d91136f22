import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { GAP_CAUSES } from '../../../src/realtime/gaps/gap.ts';

const ROOT = new URL('../../../', import.meta.url);

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The words of a union of types, as the source spells it. */
function wordsIn(path: string, type: string): string[] {
  const [, body] = new RegExp(`export type ${type} =([\\s\\S]*?);\\n\\n`).exec(`${textOf(path)}\n\n`) ?? [];
  return [...body!.matchAll(/(?:name: |\| |^ *)'([a-z-]+)'/gm)].map(([, word]) => word!);
}

const guide = textOf('docs/operating.md');

describe('guide for operators', () => {
  it('has every state', () => {
    const states = [
      ...wordsIn('src/massive/session-state.ts', 'SessionState'),
      ...wordsIn('src/massive/ending.ts', 'Phase'),
      ...wordsIn('src/kdb/publisher/state.ts', 'PublisherState'),
      ...wordsIn('src/kdb/publisher/state.ts', 'HoldReason'),
      ...wordsIn('src/realtime/protection.ts', 'Protection'),
      ...wordsIn('src/realtime/gaps/gap.ts', 'GapState'),
      ...GAP_CAUSES,
    ];
    expect(states).to.include.members(['streaming', 'checking', 'breaker', 'unprotected', 'unfillable']);
    // A session that closes says that it stops, or why it begins anew.
    const told = states.filter(state => state !== 'closing');
    expect(told.filter(state => !guide.includes(`\`${state}\``))).to.deep.equal([]);
  });

  it('has every alert, and none that is not', () => {
    const { groups } = parse(textOf('config/prometheus/massive-kdb.rules.yaml')) as {
      readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
    };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const told = [...guide.matchAll(/`(MassiveKdb\w+)`/g)].map(([, alert]) => alert!);
    expect(told.toSorted()).to.deep.equal(alerts.toSorted());
  });

  it('has every exit code', () => {
    const codes = [...guide.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).to.deep.equal([...new Set(Object.values(ExitCode))].toSorted((one, other) => one - other));
  });
});

describe('guides', () => {
  const pages = readdirSync(new URL('docs/', ROOT)).filter(name => name.endsWith('.md'));

  it('name no command that there is not', () => {
    const names = COMMANDS.map(({ usage }) => usage.split(' ')[0]);
    for (const page of pages) {
      const used = [...textOf(`docs/${page}`).matchAll(/massive-kdb ([a-z]+)\b/g)].map(([, name]) => name);
      const unknown = used.filter(name => !names.includes(name!) && !TEXT_WORDS.includes(name!));
      expect(unknown, page).to.deep.equal([]);
    }
  });

  it('lead only to files that are there', () => {
    for (const page of pages) {
      const text = textOf(`docs/${page}`);
      const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(
        ([, link]) => new URL(link!, new URL('docs/', ROOT)),
      );
      const named = [...text.matchAll(/`((?:src|q|config|scripts|test)\/[\w@./-]+\.\w+)`/g)].map(
        ([, path]) => new URL(path!, ROOT),
      );
      const missing = [...links, ...named].filter(url => !existsSync(url)).map(({ pathname }) => pathname);
      expect(missing, page).to.deep.equal([]);
    }
  });
});

/** What follows the name of the program in a sentence. */
const TEXT_WORDS = ['fills', 'is'];

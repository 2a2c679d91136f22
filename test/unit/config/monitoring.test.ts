import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import { memoryCounters } from '../../../src/base/counters.ts';
import { Metrics } from '../../../src/ops/metrics/metrics.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MovingDaemon } from '../../support/moving-status.ts';
import { promtool } from '../../support/promtool.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RULES = `${ROOT}config/prometheus/massive-kdb.rules.yaml`;
/** What Prometheus itself adds to a scrape, or makes of rules. */
const BY_PROMETHEUS = ['up', 'ALERTS'];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const rules = (
  parse(readFileSync(RULES, 'utf8')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap(group => group.rules);
const dashboard = JSON.parse(readFileSync(`${ROOT}config/grafana/massive-kdb.json`, 'utf8')) as Dashboard;
const dashboardExpressions = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
];

describe('alerts and dashboard', () => {
  /** Metric -> the names of its labels. */
  let served: Map<string, Set<string>>;
  let text: string;

  before(async () => {
    const daemon = new MovingDaemon([
      { name: 'stocks', market: 'stocks', channels: ['A'], eventsPerSecond: 100 },
    ]);
    const metrics = new Metrics({ counters: memoryCounters(), clock: new ManualClock() });
    metrics.acknowledged('stocks', 'tickerplant', 3);
    const status = daemon.status();
    text = await metrics.text({
      status: () => status,
      configuration: () => ({ settings: [] }),
      routesOf: () => undefined,
    });
    served = new Map();
    for (const [, name, labels = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
      const names = [...labels.matchAll(/([a-z]+)="/g)].map(([, label]) => label!);
      served.set(name!, new Set([...(served.get(name!) ?? []), ...names]));
    }
  });

  it('use metrics that the daemon serves from its start, and labels that these have', () => {
    const expressions = [...rules.map(({ expr }) => expr), ...dashboardExpressions];
    const used = expressions.flatMap(metricsIn);
    expect(used.length).to.be.greaterThan(40);
    for (const { name, labels } of used) {
      if (BY_PROMETHEUS.includes(name)) continue;
      expect([...served.keys()], `in ${expressions.find(one => one.includes(name))}`).to.include(name);
      for (const label of labels.filter(one => !['instance', 'job'].includes(one))) {
        expect([...served.get(name)!], `labels of ${name}`).to.include(label);
      }
    }
  });

  it('have every metric of the daemon explained', () => {
    const types = [...text.matchAll(/^# TYPE (massive_kdb_\S+)/gm)].map(([, name]) => name);
    const helps = [...text.matchAll(/^# HELP (massive_kdb_\S+) (\S.*)$/gm)].map(([, name]) => name);
    expect(types.length).to.be.greaterThan(50);
    expect(types.filter(name => !helps.includes(name))).to.deep.equal([]);
  });

  it('say of each alert how bad it is, what is so, and where to begin', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).to.match(/^MassiveKdb[A-Z]/);
      expect(labels['severity'], alert).to.be.oneOf(['critical', 'warning']);
      expect(annotations['summary'], alert).to.match(/\{\{ \$labels\.(feed|instance) \}\}/);
      expect(annotations['look'], alert).to.match(/^.{40,}\.$/s);
    }
  });

  it('are what Prometheus understands, and fire when they should', function () {
    const said = promtool(['check', 'rules', RULES]);
    if (said === undefined) {
      console.log('    skipped: promtool is not here');
      this.skip();
    }
    expect(said).to.equal('');
    expect(promtool(['check', 'config', `${ROOT}config/prometheus/prometheus.yaml`])).to.equal('');
    expect(promtool(['test', 'rules', `${ROOT}test/fixtures/prometheus/alerts.test.yaml`])).to.equal('');
    const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-dashboard-'));
    try {
      writeFileSync(join(directory, 'rules.yaml'), dashboardRules());
      expect(promtool(['check', 'rules', join(directory, 'rules.yaml')])).to.equal('');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('the panels have numbers and places of their own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    for (const [index, { gridPos: one, title }] of panels.entries()) {
      expect(one.x + one.w, title).to.be.at.most(24);
      for (const { gridPos: other, title: covered } of panels.slice(index + 1)) {
        const apart =
          one.x + one.w <= other.x ||
          other.x + other.w <= one.x ||
          one.y + one.h <= other.y ||
          other.y + other.h <= one.y;
        expect(apart, `${title} and ${covered}`).to.equal(true);
      }
    }
  });
});

/** The dashboard's expressions as rules, with what Grafana puts into them. */
function dashboardRules(): string {
  const expressions = dashboardExpressions
    .filter(expression => !expression.startsWith('label_values'))
    .map(expression => expression.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h'));
  const recorded = expressions.map((expr, index) => ({ record: `panel:number:${index}`, expr }));
  return stringify({ groups: [{ name: 'dashboard', rules: recorded }] });
}

/** The metrics of an expression, with the labels by which it selects or groups. */
function metricsIn(expression: string): { readonly name: string; readonly labels: readonly string[] }[] {
  const grouped = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(',').map(label => label.trim()),
  );
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...bare.matchAll(/\b((?:massive_kdb|process|nodejs)_[a-z_]+|up|ALERTS)\b(?:\{([^}]*)\})?/g)].map(
    ([, name, selector = '']) => ({
      name: name!,
      labels: [...[...selector.matchAll(/([a-z]+)\s*[=!]/g)].map(([, label]) => label!), ...grouped],
    }),
  );
}

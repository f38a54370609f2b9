import type { Recap, Status } from './event.js';
import { type Row, rowMarkup } from './html-row.js';
import { css } from './html-style.js';
import { escapeMarkup } from './markup.js';
import { formatSeconds, plural } from './text.js';

/** Everything that the page shows. Texts in `rows` are markup, all others are not yet escaped. */
export interface PageData {
  readonly run: string;
  readonly playbooks: readonly string[];
  readonly check: boolean;
  /** ISO 8601. */
  readonly started: string;
  readonly seconds: number;
  /** Absent: the run did not come to its end. */
  readonly exitCode: number | undefined;
  readonly interrupted: string | undefined;
  readonly roundTrips: number;
  readonly recap: ReadonlyMap<string, Recap>;
  readonly notes: readonly string[];
  readonly hosts: ReadonlyMap<string, readonly (Row | { readonly play: string })[]>;
  /** Rows of ok and skipped tasks that were left out because there were too many. */
  readonly leftOut: number;
}

const columns = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored', 'unknown'] as const;
const looks: Readonly<Record<(typeof columns)[number], string>> = {
  ok: 'ok',
  changed: 'changed',
  unreachable: 'unreachable',
  failed: 'failed',
  skipped: 'skipped',
  rescued: 'changed',
  ignored: 'unknown',
  unknown: 'unknown',
};
const statuses: readonly Status[] = ['changed', 'failed', 'unreachable', 'unknown', 'ok', 'skipped'];

function outcome(data: PageData): readonly [look: string, text: string] {
  if (data.interrupted !== undefined) return ['failed', `interrupted by ${data.interrupted}`];
  if (data.exitCode === undefined) return ['failed', 'did not end'];
  if (data.exitCode === 0) return ['ok', 'all well'];
  if (data.exitCode === 3) return ['changed', 'changes'];
  return data.exitCode === 4 ? ['unreachable', 'host unreachable'] : ['failed', 'failed'];
}

function header(data: PageData): string {
  const [look, text] = outcome(data);
  const facts = [
    `Run ${data.run}`,
    data.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
    formatSeconds(data.seconds),
    plural(data.recap.size, 'host'),
    plural(data.roundTrips, 'round trip'),
  ];
  const check = data.check ? '<span class="badge unknown">check mode: nothing was changed</span>' : '';
  return (
    `<header><h1>${escapeMarkup(data.playbooks.join(', '))}<span class="badge ${look}">${escapeMarkup(text)}</span>${check}</h1>` +
    `<div class="facts soft">${facts.map((fact) => `<span>${escapeMarkup(fact)}</span>`).join('')}</div></header>\n`
  );
}

function recapTable(data: PageData, ids: ReadonlyMap<string, string>): string {
  const shown = columns.filter(
    (name) => name !== 'unknown' || [...data.recap.values()].some((recap) => recap.unknown > 0),
  );
  const head = [...shown, 'round trips'].map((name) => `<th class="n">${name}</th>`).join('');
  const rows = [...data.recap].map(([host, recap]) => {
    const cells = shown.map((name) => `<td class="n ${recap[name] > 0 ? looks[name] : 'zero'}">${recap[name]}</td>`);
    const id = ids.get(host);
    const name = id ? `<a href="#${id}">${escapeMarkup(host)}</a>` : escapeMarkup(host);
    return `<tr><td class="mono">${name}</td>${cells.join('')}<td class="n soft">${recap.roundTrips}</td></tr>`;
  });
  return `<h2>Recap</h2><div class="card"><table><tr><th>host</th>${head}</tr>\n${rows.join('\n')}</table></div>\n`;
}

function* hostParts(data: PageData, host: string, id: string, rows: readonly (Row | { play: string })[]) {
  const count = new Map<Status, number>();
  for (const row of rows) if ('status' in row) count.set(row.status, (count.get(row.status) ?? 0) + 1);
  const counts = statuses.filter((status) => count.has(status));
  const bad = count.has('failed') || count.has('unreachable');
  const words = counts.map((status) => `<span class="${status}">${count.get(status)} ${status}</span>`).join('');
  const open = bad || data.hosts.size <= 3 ? ' open' : '';
  yield `<details class="host card" id="${id}"${open}><summary class="mono">${escapeMarkup(host)}<span class="counts">${words}</span></summary>\n`;
  yield '<table><colgroup><col class="status"><col><col class="bar"><col class="time"></colgroup>\n';
  for (const row of rows) {
    if ('status' in row) yield rowMarkup(row, data.seconds);
    else yield `<tr class="play"><td colspan="4">PLAY ${escapeMarkup(row.play)}</td></tr>\n`;
  }
  yield '</table></details>\n';
}

/** The page, in parts. Nothing in it loads anything: the policy forbids it, too. */
export function* htmlPage(data: PageData): Generator<string> {
  const ids = new Map([...data.hosts.keys()].map((host, i) => [host, `host-${i + 1}`] as const));
  yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n';
  yield `<title>${escapeMarkup(`${data.check ? 'Check of ' : ''}${data.playbooks.join(', ')}`)}</title><style>${css}</style></head>\n`;
  yield `<body><main>${header(data)}${recapTable(data, ids)}`;
  if (data.notes.length > 0) {
    yield `<h2>Warnings and messages</h2><ul class="card">${data.notes.map((note) => `<li>${escapeMarkup(note)}</li>`).join('\n')}</ul>\n`;
  }
  yield '<h2>Hosts</h2><div class="filters">';
  for (const status of statuses) {
    yield `<label class="${status}"><input type="checkbox" id="show-${status}" checked> ${status}</label>`;
  }
  yield '</div>\n';
  if (data.leftOut > 0)
    yield `<p class="soft">${data.leftOut} ok and skipped tasks are counted above and not listed.</p>\n`;
  for (const [host, rows] of data.hosts) yield* hostParts(data, host, ids.get(host)!, rows);
  yield '</main></body></html>\n';
}

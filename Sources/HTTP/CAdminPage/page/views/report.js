// Every number of an import, to read, print and download.

import * as api from '../api.js';
import { causeTitle, findingTitle, laterStyle, policies, severities } from '../causes.js';
import { h, name } from '../dom.js';
import { bytes, dateTime, duration, number } from '../format.js';
import { stackedBar, legend } from '../components/bars.js';
import { button, statusWord } from '../components/parts.js';
import { table } from '../components/table.js';
import { importerTitle, operationName, outcomes, records, typeTitle, types } from '../words.js';

export async function open(page) {
  await laterStyle();
  // Progress may have moved since the frame was drawn.
  const report = await api.report({ operationId: page.operation._id }, { signal: page.signal });
  const { operation, failures, findings } = report;
  const save = (format, extension) => () => api.save('import.report', { operationId: operation._id, format }, `report-${operation._id}.${extension}`, { signal: page.signal });
  const shown = types.filter((type) => operation.counts?.[type]?.total);
  const upper = (word) => word[0].toUpperCase() + word.slice(1);
  page.root.append(
    h('div', { class: 'lead-row' }, h('p', { class: 'quiet' }, `As of ${dateTime(report.ts)}`),
      h('div', { class: 'row' }, button('Print', () => print()), button('Markdown', save('markdown', 'md'), { sign: 'download', label: 'Download as Markdown' }),
        button('CSV', save('csv', 'csv'), { sign: 'download', label: 'Download as CSV' }), button('JSON', save('json', 'json'), { sign: 'download', label: 'Download as JSON' }))));
  if (shown.length) {
    page.root.append(h('section', { class: 'results', 'aria-label': 'Records' }, stackedBar(operation.totals), legend(operation.totals), table({
      caption: 'Records by type and outcome', rows: shown, dense: true,
      columns: [{ title: 'Records', header: true, render: (type) => typeTitle(type) },
        ...outcomes.map((outcome) => ({ title: upper(outcome), numeric: true, render: (type) => cell(operation.counts[type][outcome], outcome) })),
        { title: 'Total', numeric: true, render: (type) => h('strong', number(operation.counts[type].total)) }],
      foot: shown.length > 1 ? h('tr', h('th', { scope: 'row' }, 'All'), outcomes.map((outcome) => h('td', { class: 'numeric', data: { label: upper(outcome) } }, number(operation.totals[outcome]))),
        h('td', { class: 'numeric', data: { label: 'Total' } }, number(operation.totals.total))) : null,
    })));
  } else {
    page.root.append(h('p', { class: 'quiet' }, 'No records were staged.'));
  }
  if (failures.length) {
    page.root.append(h('section', h('h2', 'Why records failed'), table({
      caption: 'Reasons of failures', rows: failures,
      columns: [{ title: 'Reason', header: true, render: (group) => h('a', { href: `#/operations/${operation._id}/failures` }, causeTitle(group.code)) },
        { title: 'Records', numeric: true, render: (group) => records(group.count, group.type) }],
    })));
  }
  if (findings.length) {
    page.root.append(h('section', h('h2', 'What the importer noticed'), table({
      caption: 'Findings', rows: findings,
      columns: [{ title: 'Finding', header: true, render: (group) => h('a', { href: `#/operations/${operation._id}/findings` }, findingTitle(group.code)) },
        { title: 'Severity', render: (group) => statusWord(severities[group.severity] ?? severities.info) },
        { title: 'Elements', numeric: true, render: (group) => number(Math.max(group.elements, group.findings)) }],
    })));
  }
  page.root.append(h('section', { class: 'panel', 'aria-labelledby': 'about' }, h('h2', { id: 'about' }, 'About this import'), facts(operation)));
}

const cell = (value, outcome) => (outcome === 'failed' && value ? h('span', { class: 'failures' }, number(value)) : h('span', { class: value ? undefined : 'quiet' }, number(value)));

function facts(operation) {
  const { file, user, startedBy, policy } = operation;
  const account = (person) => (person ? [name(person.name || person.username), person.username && person.name ? h('span', { class: 'quiet' }, ' @', name(person.username)) : null] : '–');
  const rows = [
    ['Source', importerTitle(operation)],
    file ? ['File', [name(operationName(operation)), file.size ? h('span', { class: 'quiet' }, ` ${bytes(file.size)} (${number(file.size)} bytes)`) : null]] : null,
    file?.sha256 ? ['SHA-256', h('code', file.sha256)] : null,
    ['Created', [dateTime(operation.createdAt), ' by ', account(user)]],
    operation.startedAt ? ['Started', [dateTime(operation.startedAt), ' by ', account(startedBy)]] : null,
    operation.controlledAt ? [operation.state === 'canceled' ? 'Cancelled' : 'Paused', [dateTime(operation.controlledAt), operation.controlledBy ? [' by ', account(operation.controlledBy)] : null]] : null,
    operation.endedAt ? ['Ended', dateTime(operation.endedAt)] : null,
    operation.duration !== undefined ? ['Duration', duration(operation.duration)] : null,
    ...(policy ? Object.entries(policies).map(([key, { sentence, choices }], index) => [index ? '' : 'Policies', `${sentence} ${choices[policy[key]] ?? policy[key]}.`]) : []),
    ['Id', h('code', operation._id)],
  ].filter(Boolean);
  return h('dl', { class: 'long-facts' }, rows.map(([title, value]) => [h('dt', title), h('dd', value)]));
}

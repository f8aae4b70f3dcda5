// Every import, newest first.

import * as api from '../api.js';
import { fill, h, name, setText } from '../dom.js';
import { ago, bytes, count, dateTime, duration, number } from '../format.js';
import { current } from '../live.js';
import { stackedBar } from '../components/bars.js';
import { button, linkButton, loading, pager, problemNotice, statusWord } from '../components/parts.js';
import { table } from '../components/table.js';
import { importerTitle, isActive, operationName, resultWords, stateOf } from '../words.js';

const pageSize = 25;

export async function open(page) {
  const body = h('div', { class: 'view' }, loading());
  const offset = Math.max(0, Number(page.query.get('offset')) || 0);
  page.root.append(page.heading('Imports',
    linkButton('Add people', '#/users', { sign: 'people' }), linkButton('New import', '#/new', { tone: 'primary', sign: 'upload' })));
  page.root.append(body);
  const pending = pendingDownloads(page);
  let known = new Map();
  let started = new Map();

  async function load(options) {
    const history = await api.history({ offset, count: pageSize }, { signal: page.signal, ...options });
    known = new Map(history.operations.map((operation) => [operation._id, operation.state]));
    started = new Map(history.operations.filter(({ startedAt }) => startedAt).map(({ _id, startedAt }) => [_id, new Date(startedAt).getTime()]));
    fill(body, history.total === 0 ? firstVisit() : [
      pending, history.operations.length ? historyTable(history.operations, page) : h('p', { class: 'quiet' }, 'No import is on this page.'),
      pager({ offset, size: pageSize, total: history.total, noun: 'imports', onMove: (next) => page.go(next ? `#/?offset=${next}` : '#/') }),
    ]);
  }

  try {
    await load();
  } catch (error) {
    if (error.name === 'AbortError') return;
    fill(body, problemNotice(error, () => page.reopen()));
    if (error.status === 403) page.root.querySelector('.heading .row').remove();
    return;
  }
  current.watch((report) => {
    if (!report) return;
    if (known.get(report.operationId) !== report.state || report.isResult) {
      if (known.get(report.operationId) === report.state && !isActive(report.state)) return;
      known.set(report.operationId, report.state);
      load({ quiet: true }).catch(() => {});
      return;
    }
    const cell = body.querySelector(`[data-operation="${report.operationId}"]`);
    if (cell) fill(cell, runningResult(report));
    const time = body.querySelector(`[data-duration="${report.operationId}"]`);
    if (time && started.has(report.operationId)) setText(time, duration((Date.now() - started.get(report.operationId)) / 1000));
  }, page.signal);
}

function historyTable(operations, page) {
  return table({
    caption: 'Imports, newest first', rows: operations, dense: true,
    onOpen: (operation) => page.go(`#/operations/${operation._id}`),
    columns: [
      { title: 'Source', header: true, class: 'source', render: source },
      { title: 'Started by', render: (operation) => name(operation.startedBy?.name || operation.startedBy?.username || operation.user?.name || operation.user?.username) },
      { title: 'When', render: when },
      { title: 'Duration', numeric: true, render: (operation) => h('span', { data: { duration: operation._id } }, operation.startedAt ? duration(operation.duration) : '–') },
      { title: 'Result', class: 'result', render: result },
      { title: 'State', class: 'state', render: (operation) => statusWord(stateOf(operation)) },
    ],
  });
}

function source(operation) {
  const size = operation.file?.size;
  return [
    h('a', { href: `#/operations/${operation._id}` }, name(operationName(operation))),
    h('span', { class: 'second' }, importerTitle(operation), size ? ` · ${bytes(size)}` : null),
  ];
}

function when(operation) {
  const start = operation.startedAt ?? operation.createdAt;
  return h('time', { datetime: start, title: dateTime(start) }, ago(start));
}

function result(operation) {
  if (isActive(operation.state)) return h('div', { data: { operation: operation._id } }, runningResult({ ...operation, ...operation.totals, done: operation.totals.total - operation.totals.pending }));
  const { totals } = operation;
  if (!totals.total) return h('span', { class: 'quiet' }, operation.failure?.message ?? 'no records');
  const failed = totals.failed
    ? h('a', { class: 'failures', href: `#/operations/${operation._id}/failures` }, `${number(totals.failed)} failed`) : null;
  const others = resultWords(totals, { without: ['failed'], isEnded: operation.state !== 'ready' });
  return [
    h('span', { class: 'first' }, others === 'nothing' ? null : others, failed && others !== 'nothing' ? ', ' : null, failed),
    stackedBar(totals),
  ];
}

function runningResult({ done = 0, total = 0, failed = 0, state, bytesRead, bytesTotal }) {
  const isReading = state === 'loading';
  return [
    h('span', { class: 'first' }, isReading
      ? (bytesTotal ? `${bytes(bytesRead)} of ${bytes(bytesTotal)}` : 'receiving') : `${number(done)} of ${number(total)}`),
    stackedBar(isReading
      ? { total: bytesTotal || 1, updated: bytesRead ?? 0, pending: (bytesTotal ?? 1) - (bytesRead ?? 0) }
      : { total, created: done - failed, failed, pending: total - done }),
  ];
}

/** The avatars and files that imports only link to. */
function pendingDownloads(page) {
  const numbers = { avatars: h('span', { class: 'number badge' }), files: h('span', { class: 'number badge' }) };
  const words = h('span', { class: 'quiet' });
  const make = (kind, action) => {
    const element = button(`Download pending ${kind}`, async () => {
      const { count: queued } = await action({});
      page.announce(`${count(queued, kind.slice(0, -1), kind)} queued.`);
      page.go('#/downloads');
    }, { disabled: true });
    element.append(numbers[kind]);
    return element;
  };
  const buttons = { avatars: make('avatars', api.downloadAvatars), files: make('files', api.downloadFiles) };
  const element = h('section', { class: 'pending-downloads', 'aria-label': 'Pending downloads' }, words, h('div', { class: 'row' }, buttons.files, buttons.avatars));
  api.downloads({ count: 1 }, { quiet: true, signal: page.signal }).then((response) => {
    for (const kind of ['avatars', 'files']) {
      setText(numbers[kind], number(response[kind].waiting));
      buttons[kind].disabled = response[kind].waiting === 0;
    }
    const sum = (state) => response.avatars[state] + response.files[state];
    const [waiting, queued, failed] = ['waiting', 'queued', 'failed'].map(sum);
    fill(words, waiting ? `${number(waiting)} avatars and files are pending. ` : 'No avatars or files are pending. ',
      queued || failed ? [[queued && `${number(queued)} queued`, failed && `${number(failed)} failed`].filter(Boolean).join(', '), '. '] : null,
      waiting || queued || failed ? h('a', { href: '#/downloads' }, 'Show the queue') : null);
  }).catch(() => element.remove());
  return element;
}

/** What to do when there is no import yet. */
function firstVisit() {
  const step = (title, text, action) => h('li', h('h3', title), h('p', text), action);
  return h('section', { class: 'first-steps', 'aria-labelledby': 'first-title' },
    h('h2', { id: 'first-title' }, 'Nothing has been imported yet'),
    h('p', 'Ferry brings people, rooms and messages of another system into this workspace. It reads the whole file first, shows what it would do, and writes nothing before you start the import. It never deletes or overwrites what is here unless you choose so, and an import can be undone.'),
    h('ol', { class: 'cards' },
      step('Import a file', 'A Slack export, Slack’s member list, or CSV tables with people, rooms and messages.',
        linkButton('Import a file', '#/new', { tone: 'primary', sign: 'upload' })),
      step('Add people', 'Paste or drop a list of people with their addresses, and see each of them before an account is created.',
        linkButton('Add people', '#/users', { sign: 'people' })),
      step('Try it with a sample', 'A small Slack export of invented people: download it, then import it. Undo takes it back.',
        linkButton('Download the sample', new URL('../sample/slack-export.zip', import.meta.url).href, { sign: 'download', download: 'slack-export.zip' }))));
}

// One operation: what it is, and tabs of which the first follows its state.
//
// A tab is a module with `open(page)`, as a view. Its page also has `operation`, as `import.report` returns it, the whole
// `report`, and `refresh()`, which reads both again and draws the frame; the tab itself stays.

import * as api from '../api.js';
import { fill, h, name } from '../dom.js';
import { ago, bytes, dateTime, number } from '../format.js';
import { current } from '../live.js';
import { confirm } from '../components/dialog.js';
import { button, loading, notice, problemNotice, statusWord } from '../components/parts.js';
import { tabs } from '../components/tabs.js';
import { importerTitle, isActive, operationName, stateOf } from '../words.js';

const modules = {
  prepare: () => import('./prepare.js'),
  progress: () => import('./progress.js'),
  failures: () => import('./failures.js'),
  findings: () => import('./findings.js'),
  report: () => import('./report.js'),
  undo: () => import('./undo.js'),
};

/** The tabs of an operation in its state; the first is the default. */
function tabsOf({ state, status, startedAt }) {
  switch (state) {
    case 'new': case 'ready': return ['prepare', 'findings', 'report'];
    case 'loading': return ['progress', 'findings'];
    case 'importing': return status === 'importer_undoing' ? ['undo', 'failures', 'findings', 'report'] : ['progress', 'failures', 'findings', 'report'];
    default: return startedAt ? ['progress', 'failures', 'findings', 'report', 'undo'] : ['progress', 'findings', 'report'];
  }
}

const titles = { prepare: 'Prepare', progress: 'Progress', failures: 'Failures', findings: 'Findings', report: 'Report', undo: 'Undo' };

export async function open(page) {
  const { id, tab: wanted } = page.parameters;
  let report = await api.report({ operationId: id }, { signal: page.signal });
  const available = tabsOf(report.operation);
  const tab = wanted ?? available[0];
  if (!modules[tab]) return page.replace(`#/operations/${id}`);
  const [frame, body] = [h('div', { class: 'operation' }), h('div', { class: 'tab' }, loading())];
  page.root.append(frame, body);

  function draw() {
    const focused = frame.contains(document.activeElement) ? document.activeElement : null;
    const { operation } = report;
    const isEnded = !isActive(operation.state) && !['new', 'ready'].includes(operation.state);
    const found = report.findings.reduce((sum, group) => sum + group.findings, 0);
    const counts = { failures: operation.totals?.failed, findings: found };
    const shown = tabsOf(operation);
    fill(frame, heading(page, operation, isEnded), facts(operation), tabs('Parts of the import', (shown.includes(tab) ? shown : [tab, ...shown]).map((key) => ({
      text: key === 'progress' && isEnded ? 'Result' : titles[key], href: `#/operations/${id}/${key}`, isCurrent: key === tab,
      count: counts[key] ? number(counts[key]) : null, tone: key === 'failures' ? 'red' : '',
    }))));
    // What had the focus has it again: the heading, a tab, or the button.
    if (focused) frame.querySelector(focused.href ? `[href="${focused.getAttribute('href')}"]` : focused.localName)?.focus({ preventScroll: true });
  }

  const inner = {
    ...page, root: body, tab,
    get operation() { return report.operation; },
    get report() { return report; },
    async refresh() {
      report = await api.report({ operationId: id }, { quiet: true, signal: page.signal });
      draw();
      return report.operation;
    },
  };
  draw();
  current.watch((now) => {
    if (now?.operationId !== id) return;
    const { operation } = report;
    if (now.state === operation.state && now.control === operation.control && now.status === operation.status) return;
    inner.refresh().catch(() => {});
  }, page.signal);
  const module = await modules[tab]();
  if (page.signal.aborted) return;
  fill(body);
  try {
    await module.open(inner);
  } catch (error) {
    if (error.name === 'AbortError' || page.signal.aborted) return;
    if (error instanceof TypeError) console.error(error);
    fill(body, problemNotice(error, () => page.reopen()));
  }
}

function heading(page, operation, isEnded) {
  return page.heading(name(operationName(operation)), statusWord(stateOf(operation)),
    isEnded ? button('Delete …', () => askToDelete(page, operation), { tone: 'plain', label: `Delete ${operationName(operation)} from the history` }) : null);
}

function facts(operation) {
  const by = operation.startedBy ?? operation.user;
  const start = operation.startedAt ?? operation.createdAt;
  return h('p', { class: 'quiet facts-line' },
    [importerTitle(operation), operation.file?.size ? bytes(operation.file.size) : null].filter(Boolean).join(' · '),
    by ? [' · ', operation.startedAt ? 'started by ' : 'by ', name(by.name || by.username)] : null,
    ' · ', h('time', { datetime: start, title: dateTime(start) }, ago(start)));
}

async function askToDelete(page, operation) {
  const isDone = await confirm({
    title: 'Delete this import from the history?', action: 'Delete from the history', tone: 'danger', keep: 'Keep it',
    content: [
      h('p', 'Its file, findings, failed records and report are removed.'),
      h('p', operation.totals?.created || operation.totals?.updated
        ? 'The people, rooms and messages that it imported stay. They cannot be undone any more.' : 'It imported nothing, so the workspace stays as it is.'),
    ],
    work: () => api.remove({ operationId: operation._id }),
  });
  if (isDone) page.go('#/');
}

/** What a tab shows that another state of the import has. */
export const notNow = (text, page) => notice('info', text, [
  h('a', { class: 'button', href: `#/operations/${page.operation._id}` }, 'Show the import')]);

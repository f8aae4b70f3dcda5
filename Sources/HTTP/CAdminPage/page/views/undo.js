// What an undo would remove, restore and keep; and the undo itself.

import * as api from '../api.js';
import { laterStyle } from '../causes.js';
import { fill, h, icon, name, setText } from '../dom.js';
import { number } from '../format.js';
import { current, ended } from '../live.js';
import { openDialog } from '../components/dialog.js';
import { list } from '../components/list.js';
import { button, emptyState, field, linkButton, loading, notice } from '../components/parts.js';
import { table } from '../components/table.js';
import { operationName, records, typeTitle } from '../words.js';
import { notNow } from './operation.js';

// So many people go without a further question.
const fewPeople = 100;
const kinds = ['users', 'channels', 'messages', 'memberships', 'importIds', 'files'];

export async function open(page) {
  await laterStyle();
  const { operation } = page;
  const place = h('div', { class: 'groups' });
  if (operation.undone) return showResult(page);
  if (operation.state === 'importing' && operation.status === 'importer_undoing') return showProgress(page);
  if (!['done', 'error', 'canceled'].includes(operation.state)) {
    page.root.append(notNow('An import can be undone when it has ended.', page));
    return;
  }
  page.root.append(place);
  fill(place, loading('Ferry looks at what the import left …'));
  const preview = await api.undo({ operationId: operation._id, dryRun: true }, { signal: page.signal });
  const { summary, reasons } = preview;
  const sum = (outcome) => kinds.reduce((total, kind) => total + (summary[kind]?.[outcome] ?? 0), 0);
  if (!sum('removed') && !sum('restored')) {
    fill(place, emptyState('There is nothing to undo', sum('kept') ? 'Everything that this import left is in use.' : 'This import left nothing in the workspace.'),
      sum('kept') ? keptSection(reasons) : null);
    return;
  }
  fill(place,
    notice('info', 'This is a preview. Nothing has been changed yet.'),
    h('p', h('strong', 'An undo removes '), words(summary, 'removed') || 'nothing', sum('restored') ? [', and restores what the import changed of ', words(summary, 'restored')] : null,
      '. ', sum('kept') ? 'What somebody has used or changed since stays.' : 'Nothing stays behind.'),
    summaryTable(summary),
    reasons.length ? keptSection(reasons) : null,
    h('div', { class: 'row' }, button('Undo this import', () => ask(page, summary), { tone: 'danger' })));
}

const words = (summary, outcome) => {
  const parts = ['users', 'channels', 'messages'].filter((kind) => summary[kind]?.[outcome]).map((kind) => records(summary[kind][outcome], kind));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
};

const summaryTable = (summary) => table({
  caption: 'Numbers of the undo', dense: true, rows: kinds.filter((kind) => summary[kind] && Object.values(summary[kind]).some(Boolean)),
  columns: [{ title: 'What', header: true, render: (kind) => typeTitle(kind) },
    ...['removed', 'restored', 'kept'].map((outcome) => ({ title: outcome[0].toUpperCase() + outcome.slice(1), numeric: true, render: (kind) => number(summary[kind][outcome] ?? 0) }))],
});

function keptSection(reasons, more) {
  return h('section', { class: 'panel', 'aria-labelledby': 'kept' }, h('h2', { id: 'kept' }, 'What stays, and why'),
    h('ul', { class: 'reasons' }, reasons.map((reason) => h('li', h('details', h('summary', h('strong', records(reason.count, kindOf(reason.type))), ' ', reason.message),
      h('ul', { class: 'examples' }, reason.examples?.map((example) => h('li', name(example.name || example.id)))))))), more ?? null);
}

const kindOf = (type) => ({ user: 'users', channel: 'channels', message: 'messages', membership: 'memberships' }[type] ?? type);

async function ask(page, summary) {
  const title = operationName(page.operation);
  const people = summary.users?.removed ?? 0;
  const asksForName = people > fewPeople;
  const isAgreed = await openDialog('Undo this import?', (close) => {
    const box = asksForName ? field(`Type the name of the import: ${title}`, h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' })) : null;
    return [
      h('div', { class: 'words' }, h('p', `${words(summary, 'removed') || 'Nothing'} will be removed.`), h('p', 'An undo cannot be undone. The same file can be imported again.')),
      box?.element,
      h('div', { class: 'row end' }, button('Keep the import', () => close(false)), button('Undo this import', () => {
        if (box && box.control.value.trim().normalize() !== title.trim().normalize()) {
          box.problem(`That is not the name. More than ${fewPeople} people would be removed, so the name is needed.`);
          box.control.focus();
          return;
        }
        close(true);
      }, { tone: 'danger' })),
    ];
  });
  if (isAgreed !== true) return;
  await api.undo({ operationId: page.operation._id }, { signal: page.signal });
  current.refresh();
  await page.refresh();
  fill(page.root);
  await showProgress(page);
}

async function showProgress(page) {
  const line = h('p', { class: 'number', role: 'status' }, 'The import is being undone.');
  const pause = button('Pause the undo', async () => {
    await api.pause({ operationId: page.operation._id });
    await page.refresh();
  });
  const resume = button('Resume the undo', async () => {
    await api.resume({ operationId: page.operation._id });
    await page.refresh();
  }, { tone: 'primary' });
  page.root.append(h('section', { class: 'panel', 'aria-label': 'Undo in progress' }, line,
    h('p', { class: 'quiet' }, 'Workers do it. You may close this page; it continues.'), h('div', { class: 'row' }, pause, resume)));
  const isPaused = (control) => {
    pause.hidden = control === 'paused' || control === 'pausing';
    resume.hidden = !pause.hidden;
  };
  isPaused(page.operation.control);
  await ended(page, async (report) => {
    isPaused(report.control);
    const status = await api.status({}, { quiet: true, signal: page.signal }).catch(() => null);
    const summary = status?.undo?.summary;
    if (summary) setText(line, `${report.control === 'paused' ? 'The undo is paused.' : 'The import is being undone.'} So far: ${words(summary, 'removed') || 'nothing'} removed.`);
  });
  if (page.signal.aborted) return;
  fill(page.root);
  await showResult(page);
  page.announce('The import was undone.');
}

async function showResult(page) {
  const { _id: operationId } = page.operation;
  const { summary, reasons } = await api.undo({ operationId }, { quiet: true, signal: page.signal });
  const kept = kinds.reduce((total, kind) => total + (summary[kind]?.kept ?? 0), 0);
  page.root.append(notice('green', `The import was undone: ${words(summary, 'removed') || 'nothing'} removed.`), summaryTable(summary),
    kept ? keptSection(reasons ?? [], keptList(page)) : h('p', h('span', { class: 'status green' }, icon('done'), 'Nothing of the import is left.')),
    h('div', { class: 'row' }, linkButton('New import', '#/new')));
}

function keptList(page) {
  const place = h('div');
  place.append(button('Show everything that stays', async () => {
    const view = list({
      label: 'What stays', signal: page.signal, height: 10, cardHeight: 72,
      load: async (offset, size, signal) => {
        const response = await api.kept({ operationId: page.operation._id, offset, count: size }, { quiet: offset > 0, signal });
        return { items: response.kept, total: response.total };
      },
      columns: [
        { title: 'Type', width: '120px', render: (item) => records(1, kindOf(item.type)).replace(/^\S+ /, '') },
        { title: 'Name', width: 'minmax(0, 2fr)', render: (item) => name(item.name || item.id) },
        { title: 'Why', width: 'minmax(0, 3fr)', class: 'reason', render: (item) => h('span', { title: item.message }, item.message) },
      ],
    });
    fill(place, view.element);
  }));
  return place;
}

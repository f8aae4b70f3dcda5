// What an operation does now: receiving, reading, importing; and its result.

import * as api from '../api.js';
import { fill, h, icon, name, setText } from '../dom.js';
import { bytes, count, dateTime, duration, number, percent, rate, time, timeLeft } from '../format.js';
import { current, watchOperation } from '../live.js';
import { legend, progressBar, stackedBar } from '../components/bars.js';
import { confirm } from '../components/dialog.js';
import { button, linkButton, notice } from '../components/parts.js';
import { isActive, records, resultWords, stepTitle, types, typeTitle } from '../words.js';

const stalledAfter = 10_000;

export async function open(page) {
  const { operation } = page;
  if (!isActive(operation.state)) return drawResult(page);
  const panel = livePanel(page);
  page.root.append(panel.element);
  panel.update({
    ...operation, operationId: operation._id, total: operation.totals?.total ?? 0, failed: operation.totals?.failed ?? 0,
    done: (operation.totals?.total ?? 0) - (operation.totals?.pending ?? 0),
  });
  // A file that was received waits until somebody asks for its content.
  if (operation.status === 'importer_file_loaded') startReading();
  let [endings, isAsking] = [0, false];
  const timer = setInterval(panel.tick, 1_000);
  page.signal.addEventListener('abort', () => clearInterval(timer));
  watchOperation(operation._id, (report) => {
    if (page.signal.aborted) return;
    // The first report may be older than the start.
    if (report.state === 'ready' && operation.state === 'importing') return;
    if (report.status === 'importer_file_loaded' && operation.status === 'importer_downloading_file') {
      operation.status = report.status;
      startReading();
    }
    if (isActive(report.state)) return panel.update(report);
    endings += 1;
    if (!isAsking) end();
  }, page.signal);

  async function startReading() {
    try {
      await api.startReading({ quiet: true, signal: page.signal });
    } catch (error) {
      if (page.signal.aborted) return;
      try {
        // A file that was rejected has ended meanwhile, and the result shows why.
        if ((await page.refresh()).status !== 'importer_file_loaded') return;
      } catch {
        // The first error is shown.
      }
      panel.problem(error, startReading);
    }
  }

  /** The latest report of the bar may be from before this view, so the operation itself decides whether it has ended. */
  async function end() {
    isAsking = true;
    try {
      for (let seen = 0; seen < endings;) {
        seen = endings;
        const { state, totals, failure } = await page.refresh();
        if (isActive(state)) continue;
        clearInterval(timer);
        page.announce(state === 'ready' ? 'The file is read.' : state === 'error' && failure ? failure.message : `The import has ended: ${resultWords(totals, { isEnded: true })}.`);
        if (state === 'ready') page.replace(`#/operations/${operation._id}/prepare`);
        else page.reopen();
        return;
      }
    } catch {
      // The view opens again with the problem, and with a way to try again.
      if (!page.signal.aborted) page.reopen();
    } finally {
      isAsking = false;
    }
  }
}

/** The panel of an active operation: its stages, buttons, and why nothing moves. */
function livePanel(page) {
  const stages = h('ol', { class: 'stages' });
  const controls = h('div', { class: 'row' });
  const stall = h('div', { role: 'status' });
  const rows = new Map();
  let [latest, fingerprint, changedAt, isAsking, drawnControls] = [null, '', Date.now(), false, null];

  function update(report) {
    latest = report;
    const mark = [report.status, report.done, report.bytesRead, report.control].join();
    if (mark !== fingerprint) {
      [fingerprint, changedAt] = [mark, Date.now()];
      if (!report.control) fill(stall);
    }
    const wanted = stagesOf(report);
    for (const stage of wanted) {
      if (!rows.has(stage.key)) rows.set(stage.key, stageRow(stage));
      rows.get(stage.key).update(stage, report);
    }
    const order = wanted.map((stage) => rows.get(stage.key).element);
    if (order.length !== stages.children.length || order.some((element, index) => element !== stages.children[index])) fill(stages, order);
    drawControls(report);
    const active = wanted.find((stage) => stage.phase === 'active');
    if (active?.total) {
      page.announce(`${active.title}: ${percent(active.done, active.total)}. ${timeLeft(report.secondsLeft)}`, { rarely: true });
    }
  }

  function drawControls({ control, state, status }) {
    const key = `${control} ${state} ${status === 'importer_undoing'}`;
    if (key === drawnControls) return;
    const hadFocus = controls.contains(document.activeElement);
    drawnControls = key;
    const { _id: operationId } = page.operation;
    const act = (call) => async () => {
      await call({ operationId });
      current.refresh();
    };
    const isUndo = status === 'importer_undoing';
    fill(controls,
      control === 'paused' || control === 'pausing'
        ? button('Resume', act(api.resume), { tone: 'primary', sign: 'next' })
        : control === 'canceling' ? null : button('Pause', act(api.pause), { sign: 'paused' }),
      control === 'canceling' || isUndo ? null : button(state === 'loading' ? 'Cancel the reading …' : 'Cancel the import …', () => askToCancel(page, latest), { tone: 'danger' }));
    if (hadFocus) controls.querySelector('button')?.focus();
    if (control === 'paused') showPause();
    if (control === 'canceling') fill(stall, notice('amber', 'The import is being cancelled. Workers release what they hold, which takes a few seconds.'));
    if (!control) fill(stall);
  }

  async function showPause() {
    const show = (by) => fill(stall, notice('amber', [by, h('p', pauseWords(latest))]));
    show(null);
    try {
      const operation = await page.refresh();
      if (latest.control === 'paused' && !page.signal.aborted) show(controlWords(operation, 'Paused'));
    } catch {
      // The words without the name stay.
    }
  }

  function problem(error, again) {
    fill(stall, notice('red', error.message, [button('Try again', () => {
      fill(stall);
      return again();
    })]));
  }

  async function tick() {
    if (latest?.control || isAsking || document.hidden || Date.now() - changedAt < stalledAfter) return;
    isAsking = true;
    const since = changedAt;
    const reason = await reasonOfStall(page.signal);
    isAsking = false;
    if (since === changedAt && !latest?.control && !page.signal.aborted) {
      fill(stall, notice('amber', `Nothing has moved since ${time(since)}. ${reason}`));
    }
  }

  return {
    element: h('section', { class: 'panel live', 'aria-label': 'Progress' }, stages, stall, controls), update, tick, problem,
  };
}

/** Who paused or cancelled an import, and when; nothing if the server does not know. */
function controlWords({ controlledBy, controlledAt }, verb) {
  if (!controlledAt) return null;
  return h('p', { class: 'strong' }, verb, controlledBy ? [' by ', name(controlledBy.name || controlledBy.username)] : null,
    ' at ', h('time', { datetime: controlledAt, title: dateTime(controlledAt) }, time(controlledAt)), '.');
}

function pauseWords({ state, done, failed, total }) {
  if (state === 'loading') return 'The reading is paused. It begins again from the start of the file when it is resumed.';
  const numbers = total ? ` ${count(done - failed, 'record')} ${done - failed === 1 ? 'is' : 'are'} imported and stay, ${number(total - done)} wait.` : '';
  return `The import is paused.${numbers} Nothing more is written until it is resumed, also after a restart of the server.`;
}

/** Why nothing moves, as far as the server reports it. */
async function reasonOfStall(signal) {
  try {
    const response = await fetch(new URL('../../ready', api.base), {
      cache: 'no-store', signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
    if (response.ok) {
      return 'The server and its database respond. Either a large batch is being written, or a worker was lost: another takes its work over within 14 seconds.';
    }
    return `The server waits: ${(await response.json()).status}. It continues by itself.`;
  } catch {
    return 'The server does not respond. The import continues by itself when it does.';
  }
}

const importSteps = ['importer_importing_users', 'importer_importing_contacts', 'importer_importing_channels', 'importer_importing_messages'];

/** The stages of an operation: each is waiting, active or done. */
function stagesOf(report) {
  const { status, counts = {}, state } = report;
  if (state === 'loading') {
    const isFetching = status === 'importer_downloading_file';
    return [{
      key: 'file', title: stepTitle(status), phase: 'active', done: report.bytesRead ?? 0, total: report.bytesTotal ?? 0, unit: 'bytes',
      words: [isFetching ? null : readSoFar(counts), report.entry ? h('span', { class: 'quiet' }, 'In ', name(report.entry)) : null],
    }];
  }
  if (status === 'importer_undoing') return [{ key: 'undo', title: stepTitle(status), phase: 'active', done: 0, total: 0 }];
  const step = importSteps.indexOf(status);
  const isAfter = ['importer_importing_files', 'importer_finishing'].includes(status);
  const stages = types.map((type, index) => ({
    key: type, title: typeTitle(type), phase: isAfter || index < step ? 'done' : index === step ? 'active' : 'waiting', counts: counts[type],
    done: (counts[type]?.total ?? 0) - (counts[type]?.pending ?? 0), total: counts[type]?.total ?? 0, failed: counts[type]?.failed ?? 0,
  })).filter((stage) => stage.total);
  if (status === 'importer_importing_files') stages.push({ key: 'files', title: 'Files inside the export', phase: 'active', done: 0, total: 0 });
  stages.push({ key: 'finish', title: 'Recount rooms and threads', phase: status === 'importer_finishing' ? 'active' : 'waiting', done: 0, total: 0 });
  if (!stages.some((stage) => stage.phase === 'active')) stages[0].phase = 'active';
  return stages;
}

function readSoFar(counts) {
  const parts = types.filter((type) => counts[type]?.total).map((type) => records(counts[type].total, type));
  return parts.length ? `Found so far: ${parts.join(', ')}.` : null;
}

/** A stage: one line, or open with its bar while it is active. */
function stageRow({ title }) {
  const bar = progressBar(title);
  const [sign, heading, numbers, below, more] = [h('span', { class: 'sign' }), h('h2'), h('span', { class: 'number' }), h('p', { class: 'below number' }), h('p', { class: 'more' })];
  const element = h('li', { class: 'stage' }, h('div', { class: 'line' }, sign, heading, numbers), bar.element, below, more);
  let phase;
  return {
    element,
    update(stage, report) {
      if (stage.phase !== phase) {
        phase = stage.phase;
        element.className = `stage ${phase}`;
        fill(sign, icon({ done: 'done', active: 'next', waiting: 'waiting' }[phase]), h('span', { class: 'unseen' }, { done: 'Done: ', active: 'Now: ', waiting: 'Later: ' }[phase]));
        bar.element.hidden = below.hidden = more.hidden = phase !== 'active';
      }
      setText(heading, stage.title);
      setText(numbers, wordsOf(stage));
      if (phase !== 'active') return;
      bar.set(stage);
      setText(below, [
        stage.failed ? `${number(stage.failed)} failed` : '', report.rate ? rate(report.rate, stage.unit) : '',
        report.secondsLeft ? timeLeft(report.secondsLeft) : '',
      ].filter(Boolean).join(' · ') || ' ');
      fill(more, stage.words ?? []);
    },
  };
}

function wordsOf({ phase, done, total, failed, unit }) {
  if (!total) return phase === 'active' ? 'in progress' : '';
  if (unit === 'bytes') return `${bytes(done)} of ${bytes(total)} · ${percent(done, total)}`;
  if (phase === 'waiting') return number(total);
  if (phase === 'done') return `${number(total)}${failed ? `, ${number(failed)} failed` : ''}`;
  return `${number(done)} of ${number(total)} · ${percent(done, total)}`;
}

async function askToCancel(page, report) {
  const isReading = report.state === 'loading';
  const pending = Math.max(0, report.total - report.done);
  await confirm({
    title: isReading ? 'Cancel the reading of this file?' : 'Cancel this import?',
    content: isReading
      ? 'Nothing of the file is in the workspace, and nothing of it is kept. It can be uploaded again.'
      : [
        h('p', report.done - report.failed
          ? `What is imported stays: ${count(report.done - report.failed, 'record')}. ${number(pending)} others are not imported.`
          : `Nothing is imported so far, and ${count(pending, 'record')} will not be.`),
        h('p', 'A cancelled import cannot be continued. It can be undone, and the same file can be imported again: what is here then stays unchanged.'),
      ],
    action: isReading ? 'Cancel the reading' : 'Cancel the import', tone: 'danger', keep: isReading ? 'Keep reading' : 'Keep importing',
    work: () => api.cancel({ operationId: page.operation._id }),
  });
}

// The result.

async function drawResult(page) {
  const { operation } = page;
  const id = operation._id;
  const { totals = {} } = operation;
  page.root.append(resultNotice(operation));
  if (operation.state === 'ready' || operation.state === 'new') {
    page.root.append(h('div', { class: 'row' }, linkButton('Prepare the import', `#/operations/${id}/prepare`, { tone: 'primary' })));
    return;
  }
  const shown = types.filter((type) => operation.counts?.[type]?.total);
  if (shown.length) {
    page.root.append(h('section', { class: 'panel results', 'aria-label': 'Result by type' }, shown.map((type) => h('div', { class: 'result-type' },
      h('div', { class: 'row apart' }, h('h2', typeTitle(type)), h('span', { class: 'number quiet' }, number(operation.counts[type].total))),
      stackedBar(operation.counts[type]), legend(operation.counts[type], { isEnded: true })))));
  }
  const steps = h('ul', { class: 'next-steps' });
  const add = (title, text, action) => steps.append(h('li', h('div', h('h3', title), h('p', { class: 'quiet' }, text)), action));
  if (operation.failure) {
    add('Choose another file', 'Nothing of this one is in the workspace.', linkButton('Choose another', '#/new', { tone: 'primary', sign: 'upload' }));
  }
  if (totals.failed) {
    add(`Mend ${count(totals.failed, 'failed record')}`, 'See why they failed, correct them here or in a file, and try them again.',
      linkButton('Show the failures', `#/operations/${id}/failures`, { tone: 'primary' }));
  }
  const place = steps.children.length;
  if (totals.total) {
    add('Read the report', 'Every number, the findings, the policies and the file’s SHA-256, to print or to keep.', linkButton('Show the report', `#/operations/${id}/report`));
    if (!operation.undone) add('Take it back', 'See what an undo would remove, restore and leave, before anything changes.', linkButton('Preview the undo', `#/operations/${id}/undo`));
  }
  if (steps.children.length) page.root.append(h('section', { 'aria-label': 'What comes next' }, h('h2', 'What comes next'), steps));
  if (operation.state !== 'done') return;
  try {
    const { avatars, files } = await api.downloads({ count: 1 }, { quiet: true, signal: page.signal });
    if (avatars.waiting + files.waiting === 0) return;
    const queue = (kind, call, waiting) => (waiting ? button(`Download ${number(waiting)} ${kind}`, async () => {
      await call({});
      page.go('#/downloads');
    }) : null);
    steps.insertBefore(h('li', h('div', h('h3', 'Download avatars and files'), h('p', { class: 'quiet' }, 'Imports only link to them, and these links can expire. The numbers are those of all imports.')),
      h('div', { class: 'row' }, queue('files', api.downloadFiles, files.waiting), queue('avatars', api.downloadAvatars, avatars.waiting))), steps.children[place] ?? null);
  } catch {
    // Without the permission, or without a connection, the step is left out; the downloads have a view of their own.
  }
}

function resultNotice(operation) {
  const { totals = {}, state, failure, undone } = operation;
  const took = operation.startedAt && operation.duration !== undefined ? ` It took ${duration(operation.duration)}.` : '';
  if (undone) return notice('info', 'This import was undone. What stayed, and why, is in the tab Undo.');
  switch (state) {
    case 'new': case 'ready': return notice('info', 'The file is read. Nothing has been written to the workspace yet.');
    case 'done': return totals.failed
      ? notice('amber', `The import is done: ${resultWords(totals)}.${took}`)
      : notice('green', totals.total ? `The import is done: ${resultWords(totals)}. Nothing failed.${took}` : 'The import is done. It had no records.');
    case 'error': return notice('red', [
      failure ? h('p', { class: 'strong' }, failure.message) : h('p', 'The import failed.'),
      failure?.entry ? h('p', 'In the archive: ', name(failure.entry)) : null,
      totals.total ? h('p', `Until then: ${resultWords(totals, { isEnded: true })}.`) : null]);
    default: return notice('info', [controlWords(operation, 'Cancelled'), h('p', totals.total && operation.startedAt
      ? `The import was cancelled: ${resultWords(totals, { isEnded: true })}. What was imported stays.` : 'The import was cancelled before anything was written.')]);
  }
}

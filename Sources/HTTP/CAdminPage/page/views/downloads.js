// The queue of avatars and files that exports only link to.

import * as api from '../api.js';
import { fill, h, name } from '../dom.js';
import { ago, count, dateTime, number } from '../format.js';
import { list } from '../components/list.js';
import { button, chips, emptyState, notice, statusWord } from '../components/parts.js';
import { stackedBar } from '../components/bars.js';

const states = {
  waiting: { word: 'pending', sign: 'waiting', tone: 'quiet' },
  queued: { word: 'queued', sign: 'waiting', tone: 'accent' },
  failed: { word: 'failed', sign: 'failed', tone: 'red' },
  skipped: { word: 'skipped', sign: 'close', tone: 'quiet' },
  done: { word: 'done', sign: 'done', tone: 'green' },
};
const kinds = { avatar: 'avatar', file: 'file', archived: 'file in the export' };

export async function open(page) {
  let [state, kind] = [page.query.get('state') ?? '', page.query.get('kind') ?? ''];
  const said = h('div', { role: 'status' });
  const summary = h('div', { class: 'download-summary' });
  const actions = h('div', { class: 'row' });
  const [stateChips, kindChips] = [h('div'), h('div')];
  const place = h('div');
  page.root.append(page.heading('Downloads'),
    h('p', { class: 'quiet' }, 'Exports often only link to avatars and files. Ferry downloads them when you ask for it, beside any import, and tries each several times.'),
    summary, said, h('div', { class: 'row apart filters' }, h('div', { class: 'row' }, stateChips, kindChips), actions), place);

  const showResult = (queued, words) => fill(said, notice('info', `${count(queued, 'download')} ${words}.`));
  const change = (call, words) => async () => {
    const response = await call();
    showResult(response.count, words);
    await refresh();
  };
  let totals = null;
  let view = null;

  async function load(offset, size, signal) {
    const response = await api.downloads({ state, kind, offset, count: size }, { quiet: offset > 0, signal });
    totals = response;
    drawTotals();
    return { items: response.downloads, total: response.total };
  }

  function drawTotals() {
    const { avatars, files, control } = totals;
    const sum = (key) => avatars[key] + files[key];
    fill(summary, [['Avatars', avatars, 'avatars', api.downloadAvatars], ['Files', files, 'files', api.downloadFiles]].map(([title, numbers, noun, call]) => {
      const all = Object.values(numbers).reduce((total, value) => total + value, 0);
      return h('section', { class: 'panel', 'aria-label': title }, h('div', { class: 'row apart' }, h('h2', title), h('span', { class: 'number quiet' }, number(all))),
        stackedBar({ total: all || 1, created: numbers.done, failed: numbers.failed, skipped: numbers.skipped, updated: numbers.queued, pending: numbers.waiting || (all ? 0 : 1) }),
        h('p', { class: 'small' }, Object.keys(states).filter((key) => numbers[key]).map((key) => `${number(numbers[key])} ${states[key].word}`).join(' · ') || 'none'),
        button(`Download pending ${noun}`, change(() => call({}), 'queued'), { disabled: numbers.waiting === 0 }));
    }));
    const option = (value, text, amount) => ({ value, text, count: amount === undefined ? undefined : number(amount) });
    const each = Object.keys(states).filter((key) => sum(key) || key === state);
    fill(stateChips, chips('State', [option('', 'All'), ...each.map((key) => option(key, states[key].word[0].toUpperCase() + states[key].word.slice(1), sum(key)))], new Set([state]), ([value]) => filter(value, kind)).element);
    fill(kindChips, chips('Kind', [option('', 'Avatars and files'), option('avatar', 'Avatars'), option('file', 'Files')], new Set([kind]), ([value]) => filter(state, value)).element);
    const only = kind || undefined;
    fill(actions,
      control === 'paused' || control === 'pausing' ? button('Resume the queue', async () => { await api.resume({ downloads: true }); await refresh(); }, { tone: 'primary' })
        : sum('queued') ? button('Pause the queue', async () => { await api.pause({ downloads: true }); await refresh(); }) : null,
      sum('failed') ? button('Retry all failed', change(() => api.retryDownloads({ state: 'failed', kind: only }), 'queued again')) : null,
      sum('queued') || sum('failed') ? button(state === 'failed' ? 'Skip all failed' : 'Skip all queued', change(() => api.skipDownloads({ state: state === 'failed' ? 'failed' : 'queued', kind: only }), 'skipped')) : null);
    if (control) page.root.dataset.control = control;
  }

  function filter(nextState, nextKind) {
    [state, kind] = [nextState, nextKind];
    const query = new URLSearchParams(Object.entries({ state, kind }).filter(([, value]) => value)).toString();
    history.replaceState(null, '', `#/downloads${query ? `?${query}` : ''}`);
    show();
  }

  async function refresh() {
    await view.reload();
  }

  function show() {
    view = list({
      label: 'Downloads', signal: page.signal, load, cardHeight: 96,
      empty: () => emptyState(state || kind ? 'No download is in this list' : 'Nothing to download',
        state || kind ? 'Choose another state or kind above.' : 'No import links to avatars or files.'),
      columns: [
        { title: 'What', width: 'minmax(0, 3fr)', render: what },
        { title: 'From', width: 'minmax(0, 2fr)', class: 'wide-only', render: (item) => name(item.host ?? 'the export') },
        { title: 'State', width: '120px', render: (item) => statusWord(item.inProgress ? { word: 'in progress', sign: 'next', tone: 'accent' } : states[item.state]) },
        { title: 'Reason', width: 'minmax(0, 4fr)', class: 'reason', render: reason },
        { title: 'Actions', width: '140px', class: 'actions', render: rowActions },
      ],
    });
    fill(place, view.element);
  }

  function rowActions(item) {
    const act = (text, call, words) => button(text, change(() => call({ ids: [item.id] }), words), { tone: 'plain small', label: `${text}: ${titleOf(item)}` });
    return [
      ['failed', 'skipped', 'waiting'].includes(item.state) ? act(item.state === 'waiting' ? 'Download' : 'Retry', api.retryDownloads, 'queued') : null,
      ['failed', 'queued', 'waiting'].includes(item.state) ? act('Skip', api.skipDownloads, 'skipped') : null,
    ];
  }

  show();
  // The queue moves by itself: a visible tab looks again while something is queued.
  const timer = setInterval(() => {
    if (document.hidden || !totals || totals.avatars.queued + totals.files.queued === 0 || place.contains(document.activeElement)) return;
    view.reload();
  }, 3_000);
  page.signal.addEventListener('abort', () => clearInterval(timer));
}

const titleOf = (item) => (item.user ? `Avatar of ${item.user.name || item.user.username}` : item.name || kinds[item.kind]);

function what(item) {
  return [name(titleOf(item)), item.message?.count > 1 ? h('span', { class: 'quiet' }, ` in ${number(item.message.count)} messages`) : null];
}

function reason(item) {
  const next = item.nextAttempt && item.state === 'queued' && new Date(item.nextAttempt) > new Date()
    ? h('span', { class: 'quiet', title: dateTime(item.nextAttempt) }, `Tried ${count(item.attempts, 'time')}, next ${ago(item.nextAttempt)}. `) : null;
  return [next, item.reason ? h('span', { title: item.reason }, item.reason) : null];
}

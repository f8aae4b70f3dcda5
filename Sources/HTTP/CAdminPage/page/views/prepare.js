// What is staged, before anything is written: selection, policies, the check, and the start.

import * as api from '../api.js';
import { causeTitle, laterStyle, policies, valueText } from '../causes.js';
import { fill, h, icon, name, setText } from '../dom.js';
import { count, date, dateTime, number } from '../format.js';
import { current } from '../live.js';
import { Selection } from '../selection.js';
import { list } from '../components/list.js';
import { button, chips, emptyState, linkButton, notice } from '../components/parts.js';
import { table } from '../components/table.js';
import { records, typeTitle, types } from '../words.js';
import { notNow } from './operation.js';

const properties = {
  users: { deleted: 'Deactivated', bot: 'Bots', guest: 'Guests', addressTaken: 'Address taken' },
  channels: { archived: 'Archived', private: 'Private', direct: 'Direct' },
};
const marks = {
  deleted: 'deactivated', bot: 'bot', guest: 'guest', addressTaken: 'address taken', archived: 'archived', private: 'private', direct: 'direct',
};
// So many records are selected or left out one by one at a time.
const mostSingle = 1_000;
const wireTypes = { users: 'user', channels: 'channel', contacts: 'contact' };

export async function open(page) {
  const { operation } = page;
  if (!['new', 'ready'].includes(operation.state)) {
    page.root.append(notNow('This import was started already, so there is nothing left to prepare.', page));
    return;
  }
  const totals = Object.fromEntries(types.map((type) => [type, operation.counts?.[type]?.total ?? 0]));
  if (!types.some((type) => totals[type])) {
    page.root.append(emptyState('There is nothing to import', 'The operation has no records.', [linkButton('New import', '#/new'), linkButton('Add people', '#/users')]));
    return;
  }
  await laterStyle();
  const state = {
    page, totals, check: null, includesMessages: true, policy: { ...(operation.policy ?? defaults(operation)) },
    selections: Object.fromEntries(['users', 'channels', 'contacts'].map((type) => [type, new Selection(totals[type])])),
  };
  const [checkPlace, bar] = [h('div', { class: 'groups' }), startBar(state)];
  state.updateBar = bar.update;
  state.changed = () => {
    if (state.check) state.check.isOld = true;
    bar.update();
    drawCheck(state, checkPlace);
  };
  page.root.append(
    notice('info', 'Nothing has been written to the workspace yet. That begins with the start of the import.'),
    columns(state), policySection(state), checkSection(state, checkPlace), bar.element);
}

// The policies that a call without any would use.
const defaults = ({ importerKey }) => ({ users: importerKey === 'api' ? 'fail' : 'bind', rooms: 'join', guests: 'guest', downloads: 'ask' });

/** The body of the check and of the start. */
function bodyOf({ selections, includesMessages, policy }) {
  const rules = Object.entries(selections).map(([type, { rule }]) => [type, rule]).filter(([, rule]) => rule);
  const selection = { ...Object.fromEntries(rules), ...(!includesMessages && { messages: false }) };
  return { selection, policy };
}

// The columns.

function columns(state) {
  const { totals } = state;
  const parts = [
    totals.users ? ['people', 'People', recordColumn(state, 'users')] : null,
    totals.channels ? ['rooms', 'Rooms', recordColumn(state, 'channels')] : null,
    totals.messages || totals.contacts ? ['messages', totals.messages ? 'Messages' : 'Contacts', restColumn(state)] : null,
  ].filter(Boolean);
  const element = h('div', { class: `columns${parts.length === 1 ? ' all' : ''}` }, parts.map(([, , column]) => column));
  if (parts.length < 3) element.style.gridTemplateColumns = parts.length === 1 ? 'minmax(0, 1fr)' : '';
  const choose = ([key]) => parts.forEach(([other, , column]) => column.classList.toggle('current', other === key));
  choose([parts[0][0]]);
  return h('section', { 'aria-label': 'What is imported' },
    parts.length > 1 ? h('div', { class: 'parts' }, chips('Part', parts.map(([value, text]) => ({ value, text })), new Set([parts[0][0]]), choose).element) : null, element);
}

function recordColumn(state, type) {
  const { page } = state;
  const selection = state.selections[type];
  const [filter, shown] = [new Set(), { search: '', total: null }];
  const title = typeTitle(type);
  const amount = h('strong', { class: 'number', 'aria-live': 'off' });
  const rule = h('p', { class: 'rule' });
  const bulk = h('div', { class: 'row bulk' });
  const place = h('div');
  const search = h('input', {
    type: 'search', 'aria-label': `Search ${title.toLowerCase()}`, autocomplete: 'off', maxlength: '200',
    placeholder: type === 'users' ? 'Name, username or address' : 'Name', on: { input: typed },
  });
  const options = (counts) => Object.entries(properties[type]).map(([value, text]) => ({ value, text, count: counts ? number(counts[value]) : '…' }));
  const filters = chips('Show only', options(null), new Set(), (chosen) => {
    filter.clear();
    for (const value of chosen) filter.add(value);
    show();
  }, { several: true });
  const query = () => ({ type: wireTypes[type], search: shown.search.trim(), filter: [...filter].join(',') });
  let [view, timer] = [null, null];

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      shown.search = search.value;
      show();
    }, 250);
  }

  function show() {
    view = list({
      label: title, signal: page.signal, height: 10, cardHeight: 60,
      load: async (offset, size, signal) => {
        const response = await api.stagedRecords({ ...query(), offset, count: size }, { quiet: true, signal });
        if (shown.total !== response.total) {
          shown.total = response.total;
          drawBulk();
        }
        return { items: response.records, total: response.total };
      },
      onRow: toggle, onSpace: toggle,
      empty: () => emptyState('Nothing matches', 'Change the search or the filters above.'),
      columns: [
        { title: 'Name', width: 'minmax(0, 5fr)', render: (record) => h('label', h('input', {
          type: 'checkbox', checked: selection.has(record), tabindex: '-1', on: { change: () => toggle(record) } }), titleOf(record)) },
        { title: type === 'users' ? 'Username and address' : 'Members', width: 'minmax(0, 5fr)', class: 'detail quiet', render: (record) => [
          record.properties.map((property) => h('span', { class: `mark${property === 'addressTaken' ? ' amber' : ''}` }, marks[property])), detail(record)] },
      ],
    });
    shown.total = null;
    fill(place, view.element);
    drawBulk();
  }

  function toggle(record) {
    selection.toggle(record);
    changed();
  }

  function changed() {
    draw();
    drawBulk();
    view.redraw();
    state.changed();
    page.announce(`${number(selection.count)} of ${records(selection.total, type)} selected`);
  }

  /** The records that match, in pages. */
  async function everything(match, total) {
    const found = [];
    while (found.length < total) {
      const response = await api.stagedRecords({ ...match, offset: found.length, count: 100 }, { quiet: true, signal: page.signal });
      if (!response.records.length) break;
      found.push(...response.records);
    }
    return found;
  }

  function draw() {
    setText(amount, `${number(selection.count)} of ${number(selection.total)} selected`);
    setText(rule, ruleWords(selection, type));
  }

  function drawBulk() {
    const isFiltered = filter.size > 0 || shown.search.trim() !== '';
    const choose = (change) => () => {
      change();
      changed();
    };
    const match = { ...(filter.size && { filter: [...filter] }), ...(shown.search.trim() && { search: shown.search.trim() }) };
    // A rule leaves out one property. Records that have several, or that a search finds, are left out one by one.
    const leftOut = filter.size === 1 && !shown.search.trim() ? [...filter][0] : null;
    const areFew = shown.total <= mostSingle;
    const one = (isSelected) => async () => {
      selection.choose(await everything(query(), shown.total), isSelected);
      changed();
    };
    const focused = [...bulk.children].indexOf(document.activeElement);
    fill(bulk, isFiltered && shown.total !== null ? [
      button(`Select only these ${number(shown.total)}`, choose(() => selection.set(match, shown.total)), { tone: 'small', disabled: !shown.total }),
      leftOut ? button(`Leave out these ${number(shown.total)}`, async () => {
        const base = selection.match ?? {};
        const next = { ...base, without: [...new Set([...(base.without ?? []), leftOut])] };
        const found = await api.stagedRecords({
          type: wireTypes[type], search: next.search, filter: next.filter?.join(','), without: next.without.join(','), count: 1 }, { quiet: true, signal: page.signal });
        selection.set(next, found.total);
        changed();
      }, { tone: 'small', disabled: !shown.total })
        : areFew ? button(`Leave out these ${number(shown.total)}`, one(false), { tone: 'small', disabled: !shown.total }) : null,
      areFew && !selection.isEverything ? button(`Add these ${number(shown.total)}`, one(true), { tone: 'small', disabled: !shown.total }) : null,
      areFew ? null : h('p', { class: 'quiet small' }, `Up to ${number(mostSingle)} that match can be left out or added one by one. Narrow the search.`),
    ] : null,
    button('All', choose(() => selection.selectAll()), { tone: 'small', label: `Select all ${title.toLowerCase()}` }),
    button('None', choose(() => selection.selectNone()), { tone: 'small', label: `Select no ${title.toLowerCase()}` }));
    // The button that was pressed keeps the focus.
    if (focused >= 0) bulk.children[Math.min(focused, bulk.children.length - 1)].focus();
  }

  draw();
  show();
  // The first count makes the index, which takes seconds for a million records; the list does not wait for it.
  api.stagedRecords({ type: wireTypes[type], counts: true, count: 1 }, { quiet: true, signal: page.signal })
    .then(({ counts }) => filters.update(options(counts)), () => {});
  return h('section', { class: 'column', 'aria-label': title },
    h('div', { class: 'selected' }, h('h2', title), amount), search, filters.element, bulk, place, rule);
}

function titleOf(record) {
  if (record.t === 'd' && !record.name) return h('span', { class: 'name quiet' }, `Direct room of ${number(record.members)}`);
  return name(record.name || record.username || record.emails?.[0] || record.importId);
}

function detail(record) {
  if (record.type === 'channel') return number(record.members);
  const text = [record.username, record.emails?.[0]].filter((value) => value && value !== record.name).join(' · ');
  return name(text);
}

function ruleWords({ match, except, also, isEverything }, type) {
  if (isEverything) return 'Everything is selected.';
  const words = (list) => list.map((property) => properties[type][property].toLowerCase()).join(', ');
  const parts = [];
  if (match === null) parts.push(also.size ? '' : 'Nothing is selected.');
  else if (match.search) parts.push(`Those that match “${match.search}”${match.filter ? ` (${words(match.filter)})` : ''}`);
  else if (match.filter) parts.push(`Only ${words(match.filter)}`);
  else parts.push('All');
  if (match?.without) parts.push(`without ${words(match.without)}`);
  if (except.size) parts.push(`except ${number(except.size)}`);
  if (also.size) parts.push(match === null ? `Only the ${number(also.size)} that you chose` : `and ${number(also.size)} more`);
  return parts.filter(Boolean).join(', ');
}

function restColumn(state) {
  const { totals, page } = state;
  const choice = (text, hint, isChecked, change) => h('label', h('input', { type: 'checkbox', checked: isChecked, on: { change: ({ target }) => {
    change(target.checked);
    state.changed();
  } } }), h('span', text, hint ? h('span', { class: 'second' }, hint) : null));
  return h('section', { class: 'column', 'aria-label': totals.messages ? 'Messages' : 'Contacts' },
    h('div', { class: 'selected' }, h('h2', totals.messages ? 'Messages' : 'Contacts'), h('strong', { class: 'number' }, number(totals.messages || totals.contacts))),
    h('div', { class: 'choices' },
      totals.messages ? choice('Import the messages of the selected rooms', null, true, (value) => { state.includesMessages = value; }) : null,
      totals.contacts ? choice(`Take in ${records(totals.contacts, 'contacts')}`, 'They are counted and reported only.', true, (value) => {
        if (value) state.selections.contacts.selectAll();
        else state.selections.contacts.selectNone();
      }) : null),
    totals.messages ? spanOfMessages(page) : null,
    totals.messages ? h('p', { class: 'quiet small' }, 'Messages follow their rooms: those of a room that is not selected are skipped.') : null,
    page.report.findings.length ? h('p', { class: 'small' }, h('a', { href: `#/operations/${page.operation._id}/findings` }, 'What the importer noticed')) : null);
}

/** When the first and the last message were written. */
function spanOfMessages(page) {
  const element = h('p', { class: 'number', style: { 'min-height': '1.5em' } });
  api.stagedRecords({ type: 'message', count: 1 }, { quiet: true, signal: page.signal }).then(({ firstAt, lastAt }) => {
    if (firstAt) fill(element, h('time', { datetime: firstAt, title: dateTime(firstAt) }, date(firstAt)), ' – ', h('time', { datetime: lastAt, title: dateTime(lastAt) }, date(lastAt)));
  }, () => {});
  return element;
}

// The policies.

function policySection(state) {
  return h('section', { class: 'panel', 'aria-labelledby': 'policies' }, h('h2', { id: 'policies' }, 'What happens with what is there already'),
    h('div', { class: 'policies' }, Object.entries(policies).map(([key, { sentence, choices }]) => h('label', { class: 'policy' }, h('span', sentence),
      h('select', { on: { change: ({ target }) => {
        state.policy[key] = target.value;
        state.changed();
      } } }, Object.entries(choices).map(([value, text]) => h('option', { value, selected: state.policy[key] === value }, text)))))));
}

// The check.

function checkSection(state, place) {
  return h('section', { class: 'panel', 'aria-labelledby': 'check' },
    h('div', { class: 'lead-row' }, h('div', h('h2', { id: 'check' }, 'Check'), h('p', { class: 'quiet' }, 'What the import would do with each record. The check writes nothing.')),
      button('Check', async () => {
        state.page.announce('The check is in progress.');
        const body = bodyOf(state);
        const result = await api.check(body, undefined, { signal: state.page.signal });
        state.check = { body, result, isOld: false };
        drawCheck(state, place);
        state.updateBar();
        state.page.announce('The check is done.');
      }, { tone: 'check-button' })), place);
}

const decisions = [['create', 'Create'], ['update', 'Update'], ['bind', 'Match'], ['unchanged', 'Unchanged'], ['skip', 'Skip'], ['fail', 'Fail']];

function drawCheck(state, place) {
  if (!state.check) return;
  const { result, isOld, body } = state.check;
  const { summary, reasons } = result;
  const shown = types.filter((type) => Object.values(summary[type]).some(Boolean));
  const changes = summary.total.update + summary.total.bind;
  fill(place,
    isOld ? notice('amber', 'The selection or a policy has changed since this check. Check again for new numbers.') : null,
    h('div', { class: 'check-numbers' }, table({
      caption: 'What the import would do', rows: shown, dense: true,
      columns: [{ title: 'Records', header: true, render: (type) => typeTitle(type) },
        ...decisions.map(([key, title]) => ({ title, numeric: true, render: (type) => (key === 'fail' && summary[type][key]
          ? h('span', { class: 'failures' }, number(summary[type][key])) : number(summary[type][key])) }))],
    })),
    reasons.length ? h('ul', { class: 'reasons' }, reasons.map((reason) => h('li', h('details', h('summary',
      h('strong', records(reason.count, reason.type)), ' ', causeTitle(reason.code)),
    h('ul', { class: 'examples' }, reason.examples.map((example) => h('li', name(example.importId ?? example.id), example.reason?.message ? `: ${example.reason.message}` : null))))))) :
      h('p', h('span', { class: 'status green' }, icon('done'), 'Nothing would fail or be skipped.')),
    changes ? changesSection(state, body, changes) : null);
}

function changesSection(state, body, total) {
  const place = h('div', { class: 'groups' });
  let offset = 0;
  const more = button(`Show what would change (${number(total)})`, async () => {
    for (const decision of offset ? ['update'] : ['update', 'bind']) {
      const page = await api.check(body, { records: true, decision, offset: decision === 'update' ? offset : 0, count: 20 }, { quiet: true, signal: state.page.signal });
      place.append(...page.records.map((record) => h('div', h('p', h('strong', name(record.importId ?? record.id)), decision === 'bind' ? ' is matched with an account or room' : null),
        record.changes?.length ? h('dl', { class: 'change' }, record.changes.map((change) => [
          h('dt', { class: 'quiet' }, change.field), h('dd', h('del', valueText(change.from)), ' → ', h('ins', valueText(change.to)))])) : null)));
      if (decision === 'update') more.hidden = offset + page.records.length >= page.total;
    }
    offset += 20;
  });
  return h('div', { class: 'groups' }, place, h('div', { class: 'row' }, more));
}

// The start.

function startBar(state) {
  const { page } = state;
  const words = h('p', { class: 'words', id: 'start-words' });
  const start = button('Start import', async () => {
    const body = bodyOf(state);
    await (page.operation.importerKey === 'api' ? api.run(body) : api.startImport(body));
    current.refresh();
    page.go(`#/operations/${page.operation._id}/progress`);
  }, { tone: 'primary', describe: 'start-words' });
  const label = start.querySelector('span');
  function update() {
    const { selections, includesMessages, totals, check } = state;
    const parts = ['users', 'channels'].filter((type) => selections[type].count).map((type) => records(selections[type].count, type));
    const messages = includesMessages && totals.messages && (selections.channels.count || !totals.channels) ? totals.messages : 0;
    const known = check && !check.isOld ? check.result.summary : null;
    if (known) {
      const amounts = (verb, ...decided) => {
        const numbers = ['users', 'channels'].map((type) => [type, decided.reduce((sum, decision) => sum + known[type][decision], 0)]).filter(([, value]) => value);
        return numbers.length ? `${verb} ${numbers.map(([type, value]) => records(value, type)).join(' and ')}` : '';
      };
      const failing = known.total.fail;
      const actions = [amounts('create', 'create'), amounts('update', 'update', 'bind'), known.messages.create ? `import ${records(known.messages.create, 'messages')}` : ''].filter(Boolean);
      setText(label, actions.length ? `Start import: ${actions.join(', ')}` : 'Start import');
      setText(words, failing ? `${count(failing, 'record')} would fail. You can repair and retry them after the import.` : 'The check found nothing that would fail.');
    } else {
      const all = [...parts, ...(messages ? [`up to ${records(messages, 'messages')}`] : []), ...(selections.contacts.count ? [records(selections.contacts.count, 'contacts')] : [])];
      setText(label, all.length ? `Start import of ${all.join(', ')}` : 'Start import');
      setText(words, all.length ? 'You can pause or cancel it at any time, and undo it afterwards.' : 'Nothing is selected.');
    }
    start.disabled = !parts.length && !messages && !selections.contacts.count;
  }
  update();
  return { element: h('div', { class: 'start-bar' }, words, start), update };
}

// What failed, grouped by cause: rows that can be corrected in place, tried again or skipped.

import * as api from '../api.js';
import { causeTitle, laterStyle, recordTitle } from '../causes.js';
import { fill, h, icon, name } from '../dom.js';
import { count, number } from '../format.js';
import { current, ended } from '../live.js';
import { openDialog } from '../components/dialog.js';
import { dropArea } from '../components/drop.js';
import { button, chips, emptyState, field, linkButton, loading, notice, pager } from '../components/parts.js';
import { records, typeTitle } from '../words.js';

const pageSize = 25;
// Found records are tried again by their ids, which are asked for in pages.
const [mostFound, idsAtOnce] = [1_000, 100];

export async function open(page) {
  await laterStyle();
  const [said, actions, place, files] = [h('div', { role: 'status' }), h('div', { class: 'lead-row' }), h('div', { class: 'groups' }), h('div')];
  const filter = filterBar(() => draw());
  page.root.append(said, actions, filter.element, place, files);
  const view = { page, said, opened: new Set(), load, filter };
  let [shown, drawing] = [false, 0];

  async function load(words) {
    const { operation } = page;
    const response = await api.failures({ operationId: operation._id, count: 1 }, { quiet: shown, signal: page.signal });
    shown = true;
    view.canRetry = operation.state === 'done' && operation.valid && !operation.undone;
    if (words) fill(said, words);
    filter.update(response);
    if (!response.total) {
      fill(actions);
      fill(files);
      fill(place, emptyState('No record failed', operation.state === 'importing' ? 'So far everything of this import could be imported.' : 'Everything of this import could be imported.',
        [linkButton('Show the report', `#/operations/${operation._id}/report`)]));
      return;
    }
    fill(actions, h('p', h('strong', { class: 'number' }, some(response.total, onlyType(response.groups))), ' could not be imported, for ', count(response.groups.length, 'reason'), '.'),
      view.canRetry ? button(`Retry all ${number(response.total)}`, () => retry(view, {}, response.total), { tone: 'primary' }) : null);
    await draw(response);
    fill(files, fileSection(view));
  }

  /** The groups of what the filter finds; `all` is the response without a filter. */
  async function draw(all) {
    const { operation } = page;
    const mine = drawing += 1;
    const found = filter.isEmpty && all ? all : await api.failures({ operationId: operation._id, ...filter.query, count: 1 }, { quiet: true, signal: page.signal });
    if (mine !== drawing || page.signal.aborted) return;
    const groups = filter.code ? found.groups.filter(({ code }) => code === filter.code) : found.groups;
    const total = groups.reduce((sum, group) => sum + group.count, 0);
    filter.found(total);
    if (!filter.isEmpty) page.announce(`${some(total, onlyType(groups))} found`);
    fill(place, view.canRetry ? null : notice('info', operation.state === 'done'
      ? 'A later import ended this one. Its failures can be read and downloaded, but not tried again.' : 'Failures can be repaired and tried again when the import is done.'),
    groups.length ? groups.map((group) => groupElement(view, group)) : emptyState('No failed record matches', 'Change the search or the filters above.', [button('Show all', () => filter.clear())]));
  }
  await load();
}

const onlyType = (groups) => {
  const kinds = new Set(groups.map((group) => group.type));
  return kinds.size === 1 ? [...kinds][0] : null;
};
const some = (value, type) => (type ? records(value, type) : count(value, 'record'));

/** A search, the types and the reasons; `onChange` is called when another is chosen. */
function filterBar(onChange) {
  const [chosen, amount] = [{ search: '', type: '', code: '' }, h('p', { class: 'quiet number', role: 'status' })];
  const search = h('input', { type: 'search', 'aria-label': 'Search the failed records', placeholder: 'Name, username, address or import id', autocomplete: 'off', maxlength: '200', on: { input: typed } });
  const reason = h('select', { 'aria-label': 'Reason', on: { change: () => set({ code: reason.value }) } });
  const kinds = chips('Show only', [], new Set(), ([type]) => set({ type: type ?? '' }));
  const element = h('div', { class: 'failure-filter', hidden: true }, search, reason, kinds.element, amount);
  let [timer, all] = [null, { groups: [], total: 0 }];

  function set(values) {
    Object.assign(chosen, values);
    if ('type' in values) drawReasons();
    onChange();
  }

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(() => search.value.trim() !== chosen.search && set({ search: search.value.trim() }), 250);
  }

  function drawReasons() {
    const codes = [...new Set(all.groups.filter(({ type }) => !chosen.type || type === chosen.type).map(({ code }) => code))];
    if (!codes.includes(chosen.code)) chosen.code = '';
    fill(reason, h('option', { value: '' }, 'Every reason'), codes.map((code) => h('option', { value: code, selected: code === chosen.code }, causeTitle(code))));
    reason.hidden = codes.length < 2;
  }

  return {
    element,
    get isEmpty() { return !chosen.search && !chosen.type && !chosen.code; },
    get code() { return chosen.code; },
    get search() { return chosen.search; },
    get query() { return { search: chosen.search, type: chosen.type, code: chosen.code }; },
    /** Offers what the failures have. */
    update(response) {
      all = response;
      const present = [...new Set(all.groups.map(({ type }) => type))];
      if (!present.includes(chosen.type)) chosen.type = '';
      kinds.update([{ value: '', text: 'All' }, ...present.map((type) => ({
        value: type, text: typeTitle(type), count: number(all.groups.filter((group) => group.type === type).reduce((sum, group) => sum + group.count, 0)) }))], new Set([chosen.type]));
      kinds.element.hidden = present.length < 2;
      drawReasons();
      element.hidden = all.total < 2;
      if (element.hidden) Object.assign(chosen, { search: search.value = '', type: '', code: '' });
    },
    found(total) {
      fill(amount, this.isEmpty ? null : `${number(total)} of ${number(all.total)} match`);
    },
    clear() {
      Object.assign(chosen, { search: search.value = '', type: '', code: '' });
      this.update(all);
      onChange();
      search.focus();
    },
  };
}

/** The ids of the failures of a group that a search finds. */
async function idsOf(view, group, total) {
  const ids = [];
  while (ids.length < total) {
    const { failures } = await api.failures({ operationId: view.page.operation._id, type: group.type, code: group.code, search: view.filter.search, offset: ids.length, count: idsAtOnce }, { quiet: true, signal: view.page.signal });
    if (!failures.length) break;
    ids.push(...failures.map(({ id }) => id));
  }
  return ids;
}

/** Tries failures again, waits until that is done, and shows what came of it. */
async function retry(view, body, amount, options) {
  const { page } = view;
  const before = page.operation.totals.failed;
  const response = await (options ? options() : api.retry({ operationId: page.operation._id, ...body }, { signal: page.signal }));
  current.refresh();
  fill(view.said, notice('info', `${some(response.retried ?? amount)} ${response.retried === 1 ? 'is' : 'are'} tried again.`));
  const operation = await ended(page);
  if (page.signal.aborted) return;
  const repaired = before - operation.totals.failed;
  const left = operation.totals.failed;
  await view.load(notice(repaired > 0 ? 'green' : 'amber', repaired > 0
    ? `${some(repaired)} ${repaired === 1 ? 'does' : 'do'} not fail any more. ${left ? `${number(left)} still ${left === 1 ? 'fails' : 'fail'}.` : 'None is left.'}`
    : 'Tried again, and failed again. The reason is beside each record.'));
}

function groupElement(view, group) {
  const { page } = view;
  const key = `${group.type} ${group.code}`;
  const inside = h('div', { class: 'inside' }, loading());
  const element = h('details', { class: 'group', open: view.opened.has(key) },
    h('summary', h('span', { class: 'amount number' }, number(group.count)),
      h('div', h('h3', `${typeTitle(group.type)}: ${causeTitle(group.code)}`), h('p', { class: 'quiet small' }, group.message)), icon('down')), inside);
  let isFilled = false;
  async function show(offset = 0) {
    isFilled = true;
    const { search } = view.filter;
    const response = await api.failures({ operationId: page.operation._id, type: group.type, code: group.code, search, offset, count: pageSize }, { signal: page.signal });
    const again = async () => retry(view, search ? { ids: await idsOf(view, group, response.total) } : { type: group.type, code: group.code }, response.total);
    fill(inside,
      h('div', { class: 'lead-row' }, h('p', { class: 'quiet' }, `${records(response.total, group.type)} with this reason`),
        view.canRetry && (!search || response.total <= mostFound) ? button(`Retry these ${number(response.total)}`, again) : null),
      h('div', response.failures.map((failure) => failureRow(view, failure))),
      pager({ offset, size: pageSize, total: response.total, onMove: show, noun: 'failures', words: ['Previous', 'Next'] }));
  }
  const opening = () => {
    if (!element.open) {
      view.opened.delete(key);
      return;
    }
    view.opened.add(key);
    if (!isFilled) show().catch((error) => error.name !== 'AbortError' && fill(inside, notice('red', error.message, [button('Try again', () => show())])));
  };
  element.addEventListener('toggle', opening);
  if (element.open) opening();
  return element;
}

/** The field of a record that a text box can edit: text, or a list of texts. */
function editable(failure) {
  const value = failure.field ? failure.data?.[failure.field] : undefined;
  if (!failure.field || !failure.data) return null;
  if (typeof value === 'string') return { text: value, read: (text) => text };
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return { text: value.join(', '), read: (text) => text.split(',').map((item) => item.trim()).filter(Boolean), hint: 'Separate several with commas.' };
  }
  return value === undefined && ['username', 'name', 'type', 'ts'].includes(failure.field) ? { text: '', read: (text) => text || undefined } : null;
}

const fieldTitles = { emails: 'E-mail addresses', username: 'Username', name: 'Name', importIds: 'Import ids', roles: 'Roles', type: 'Type', t: 'Type', users: 'Members', rid: 'Room', ts: 'Time' };

function failureRow(view, failure) {
  const title = recordTitle(failure.data, failure.id);
  const edit = view.canRetry ? editable(failure) : null;
  const control = edit && h('input', { type: 'text', value: edit.text, autocomplete: 'off', spellcheck: 'false' });
  const input = edit && field(fieldTitles[failure.field] ?? failure.field, control, { hint: edit.hint });
  const row = h('div', { class: 'failure', role: 'group', 'aria-label': String(title).slice(0, 80) });
  const busy = (work) => async () => {
    row.setAttribute('aria-busy', 'true');
    try {
      await work();
    } finally {
      row.removeAttribute('aria-busy');
    }
  };
  const corrected = () => (edit ? { ...failure.data, [failure.field]: edit.read(control.value.trim()) } : failure.data);
  const send = (record) => retry(view, { records: [{ id: failure.id, ...record }], ids: [failure.id] }, 1);
  control?.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') row.querySelector('button.retry').click();
  });
  const retryButton = button('Retry this', busy(() => send({ data: corrected() })), { tone: 'small retry', label: `Retry ${title}` });
  row.append(h('div', { class: 'who' }, name(title), h('p', { class: 'why' }, [failure.data?.username, failure.data?.emails?.[0]].filter((value) => value && value !== title).map((value) => [name(value), ' '])),
    failure.type === 'user' && failure.clashesWith ? clash(view, failure.clashesWith) : null),
  h('div', h('p', { class: 'why' }, failure.message), input?.element),
  view.canRetry ? h('div', { class: 'row' }, retryButton,
    button('Skip', busy(() => send({ skip: true })), { tone: 'small plain', label: `Skip ${title}` }),
    button('Edit …', () => editAll(view, failure, send), { tone: 'small plain', label: `Edit all fields of ${title}` })) : null);
  return row;
}

/** The account that a record clashes with, once it is asked for. */
function clash(view, userId) {
  const place = h('p', { class: 'why' });
  place.append(button('Whose is it?', async () => {
    const { user } = await api.request('GET', 'users.info', { query: { userId }, quiet: true, signal: view.page.signal });
    fill(place, 'Account: ', name(user.name || user.username), user.username ? [' ', name(`@${user.username}`)] : null, user.emails?.[0] ? [' ', name(user.emails[0].address)] : null);
  }, { tone: 'small plain' }));
  return place;
}

async function editAll(view, failure, send) {
  let data;
  await openDialog('Edit the record', (close) => {
    const text = h('textarea', { rows: '16', spellcheck: 'false' });
    text.value = JSON.stringify(failure.data, null, 2);
    const box = field('Record as JSON', text, { hint: 'A password is not shown. Leave it out to keep the one that was sent.' });
    return [h('p', { class: 'words' }, failure.message), box.element, h('div', { class: 'row end' }, button('Keep it as it is', () => close()), button('Retry with this', () => {
      try {
        data = JSON.parse(text.value);
      } catch (error) {
        box.problem(`This is not JSON: ${error.message}.`);
        text.focus();
        return;
      }
      close();
    }, { tone: 'primary' }))];
  }, { wide: true });
  if (data) await send({ data });
}

function fileSection(view) {
  const { page } = view;
  const { _id: operationId } = page.operation;
  const save = (format) => () => api.save('import.failures', { operationId, format, ...view.filter.query }, `failures-${operationId}.${format}`, { signal: page.signal });
  const result = h('div');
  return h('section', { class: 'panel', 'aria-labelledby': 'by-file' }, h('h2', { id: 'by-file' }, 'Many at once'),
    h('p', { class: 'quiet' }, 'Download the records that failed, correct them in a spreadsheet or an editor, and upload the file again. Passwords are never in it. A search or filter above limits the file, too.'),
    h('div', { class: 'row' }, button('Download CSV', save('csv'), { sign: 'download' }), button('Download JSONL', save('jsonl'), { sign: 'download' })),
    view.canRetry ? dropArea({
      title: 'Drop the corrected file here', text: 'CSV or JSONL, as it was downloaded. Every failed record is tried again.', accept: '.csv,.jsonl,.ndjson,text/csv',
      action: 'Upload corrected file', onFile: async (file) => {
        fill(result, loading('The file is sent …'));
        try {
          const type = /\.(jsonl|ndjson)$/i.test(file.name) ? 'application/x-ndjson' : 'text/csv';
          await retry(view, null, page.operation.totals.failed, () => api.request('POST', 'import.retry', { query: { operationId }, body: file, type, signal: page.signal }));
          fill(result);
        } catch (error) {
          if (error.name !== 'AbortError') fill(result, notice('red', error.message));
        }
      },
    }) : null, result);
}

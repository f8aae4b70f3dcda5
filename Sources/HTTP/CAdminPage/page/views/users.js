// A list of people: pasted, dropped or chosen; mapped, checked line by line, and then staged.

import * as api from '../api.js';
import { laterStyle } from '../causes.js';
import { fill, h, name, setText } from '../dom.js';
import { bytes, count, number } from '../format.js';
import { current } from '../live.js';
import { parsePeople } from '../table-text.js';
import { progressBar } from '../components/bars.js';
import { dropArea } from '../components/drop.js';
import { button, field, notice } from '../components/parts.js';
import { isActive, operationName } from '../words.js';

const batchSize = 2_000;
const largestText = 200 << 20;
const shownRows = 10;
const shownProblems = 100;
const memory = 'ferry.people.columns';

// What a column may hold: how it is read, and the titles by which it is recognized.
const split = (text) => text.split(/[;,]/).map((item) => item.trim()).filter(Boolean);
const yes = (text) => /^(1|true|yes|y|x|ja|oui|si|sí)$/i.test(text.trim());
const fields = {
  emails: { title: 'E-mail address', read: split, names: ['email', 'emails', 'mail', 'emailaddress', 'emailaddresses', 'address'] },
  username: { title: 'Username', names: ['username', 'user', 'login', 'handle', 'account', 'uid'] },
  name: { title: 'Name', names: ['name', 'fullname', 'displayname', 'realname'] },
  firstName: { title: 'First name', names: ['firstname', 'givenname', 'forename', 'vorname'] },
  lastName: { title: 'Last name', names: ['lastname', 'surname', 'familyname', 'sn', 'nachname'] },
  nickname: { title: 'Nickname', names: ['nickname', 'nick'] },
  importIds: { title: 'Import id', read: split, names: ['importid', 'importids', 'id', 'userid', 'externalid', 'employeeid', 'objectguid'] },
  roles: { title: 'Roles', read: split, names: ['role', 'roles'] },
  password: { title: 'Password', names: ['password', 'passwd', 'pass'] },
  deleted: { title: 'Deactivated', read: yes, names: ['deleted', 'deactivated', 'disabled', 'inactive'] },
  bio: { title: 'Biography', names: ['bio', 'description', 'about', 'title'] },
  avatarUrl: { title: 'Avatar address', names: ['avatar', 'avatarurl', 'image', 'picture', 'photo'] },
};
const plain = (text) => text.toLowerCase().replace(/[^\p{L}]/gu, '');

/** The columns that this browser remembers: titles and what they hold, never data. */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(memory) ?? '{}');
  } catch {
    return {};
  }
}

function guess(columns) {
  const known = remembered();
  const used = new Set();
  return columns.map((column) => {
    const wanted = known[plain(column)] ?? Object.keys(fields).find((key) => fields[key].names.includes(plain(column))) ?? '';
    if (!wanted || !fields[wanted] || used.has(wanted)) return '';
    used.add(wanted);
    return wanted;
  });
}

function guessByContent(mapping, { columns, rows }) {
  if (mapping.includes('emails')) return mapping;
  const index = columns.findIndex((_, at) => rows.slice(0, 20).some(({ cells }) => (cells[at] ?? '').includes('@')));
  return index < 0 ? mapping : mapping.map((value, at) => (at === index ? 'emails' : value));
}

/** Long texts are set at once: browsers take seconds to insert them line by line. */
function takeAtOnce(event) {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (text.length < 20_000 || event.target.value !== '') return;
  event.preventDefault();
  event.target.value = text;
}

/** A row as `import.addUsers` takes it. */
export function person(cells, mapping) {
  const values = {};
  mapping.forEach((key, index) => {
    const text = cells[index] ?? '';
    if (!key || text === '') return;
    values[key] = fields[key].read ? fields[key].read(text) : text;
  });
  const { firstName, lastName, ...user } = values;
  if (!user.name && (firstName || lastName)) user.name = [firstName, lastName].filter(Boolean).join(' ');
  if (!user.emails) user.emails = [];
  // Without ids of the source, the username or the address tells people apart, also in a later import.
  if (!user.importIds) user.importIds = [user.username ?? user.emails[0]?.toLowerCase()].filter(Boolean);
  return user;
}

/** What is wrong with rows, before anything is sent: `{ line, words }`. */
export function problemsOf(people) {
  const problems = [];
  const seen = { id: new Map(), address: new Map(), username: new Map() };
  for (const { line, user } of people) {
    const say = (words) => problems.push({ line, words });
    if (!user.emails.length) say('There is no e-mail address.');
    for (const address of user.emails) if (!/^[^\s@]+@[^\s@]+$/.test(address)) say(`“${address}” is not an e-mail address.`);
    // An import id may be taken from the username or the address, which are what a person knows.
    for (const [kind, values, words] of [['username', user.username ? [user.username.toLowerCase()] : [], 'username'],
      ['address', user.emails.map((value) => value.toLowerCase()), 'address'], ['id', user.importIds, 'import id']]) {
      for (const value of values) {
        const earlier = seen[kind].get(value);
        if (earlier !== undefined && earlier !== line) {
          say(`The ${words} “${value}” is also in line ${number(earlier)}.`);
          break;
        }
        seen[kind].set(value, line);
      }
    }
  }
  // One line is reported once.
  const lines = new Map();
  for (const problem of problems) if (!lines.has(problem.line)) lines.set(problem.line, problem);
  return [...lines.values()];
}

export async function open(page) {
  await laterStyle();
  const [warning, stage] = [h('div'), h('div', { class: 'groups' })];
  page.root.append(page.heading('Add people'),
    h('p', { class: 'quiet' }, 'Paste a list, or drop a file with one. You see how Ferry understands it before anything is sent, and what it would do before anything is written.'),
    warning, stage);
  warnOfUnfinished(page, warning);
  begin();

  function begin() {
    const box = h('textarea', { rows: '6', spellcheck: 'false', placeholder: 'name;username;email\nAda Lovelace;ada;ada@example.org', on: { paste: takeAtOnce } });
    const paste = field('Paste a list', box, { hint: 'From a spreadsheet, a CSV file or JSON. The first row has the titles of the columns.' });
    fill(stage, h('section', { class: 'panel', 'aria-label': 'Paste' }, paste.element, h('div', { class: 'row' }, button('Read the list', () => {
      if (!box.value.trim()) {
        paste.problem('Paste a list of people first.');
        box.focus();
        return;
      }
      read(box.value, 'the pasted list', paste.problem);
    }, { tone: 'primary' }))),
    dropArea({ title: 'Or drop a file', text: 'CSV or JSON, in any usual form.', accept: '.csv,.tsv,.txt,.json,.jsonl,.ndjson', onFile: async (file) => {
      if (file.size > largestText) {
        paste.problem(`${file.name} has ${bytes(file.size)}. This view takes ${bytes(largestText)}; use New import for larger tables.`);
        return;
      }
      read(textOf(new Uint8Array(await file.arrayBuffer())), file.name, paste.problem);
    } }));
  }

  function read(text, title, report) {
    const list = parsePeople(text);
    if (list.problem || !list.rows.length) {
      report(list.problem ?? 'There is no row in it.');
      return;
    }
    map(list, title);
  }

  function map(list, title) {
    let mapping = guessByContent(guess(list.columns), list);
    const [preview, report, actions] = [h('div'), h('div'), h('div', { class: 'row' })];
    const sample = (index) => list.rows.slice(0, 3).map(({ cells }) => cells[index]).filter(Boolean).join(', ') || 'empty';
    const selects = list.columns.map((column, index) => {
      const select = h('select', { on: { change: () => {
        mapping = mapping.map((key, at) => (at === index ? select.value : key === select.value && select.value ? '' : key));
        selects.forEach((other, at) => { other.value = mapping[at]; });
        remember();
        draw();
      } } }, h('option', { value: '' }, 'Leave out'), Object.entries(fields).map(([key, { title: text }]) => h('option', { value: key, selected: mapping[index] === key }, text)));
      return select;
    });
    const remember = () => {
      try {
        localStorage.setItem(memory, JSON.stringify({ ...remembered(), ...Object.fromEntries(list.columns.map((column, index) => [plain(column), mapping[index]])) }));
      } catch {
        // A browser that keeps nothing only has to be told again.
      }
    };
    function draw() {
      const people = list.rows.map(({ line, cells }) => ({ line, user: person(cells, mapping) }));
      const problems = problemsOf(people);
      const wrong = new Set(problems.map(({ line }) => line));
      const used = [...new Set(mapping.filter(Boolean).map((key) => (key === 'firstName' || key === 'lastName' ? 'name' : key)))];
      fill(preview, h('div', { class: 'sheet', tabindex: '0', role: 'region', 'aria-label': 'The first rows' }, h('table', h('caption', { class: 'unseen' }, 'The first rows as Ferry understands them'),
        h('thead', h('tr', h('th', { scope: 'col', class: 'numeric' }, 'Line'), used.map((key) => h('th', { scope: 'col' }, fields[key].title)))),
        h('tbody', people.slice(0, shownRows).map(({ line, user }) => h('tr', h('td', { class: `numeric${wrong.has(line) ? ' wrong' : ''}`, data: { label: 'Line' } }, number(line)),
          used.map((key) => h('td', { data: { label: fields[key].title } }, shown(key, user[key])))))))));
      fill(report, problems.length ? h('section', { 'aria-label': 'Problems' }, notice('amber', [
        h('p', h('strong', count(problems.length, 'line')), ` ${problems.length === 1 ? 'has' : 'have'} a problem. Nothing has been sent.`),
        h('ul', { class: 'problem-lines' }, problems.slice(0, shownProblems).map(({ line, words }) => h('li', h('strong', `Line ${number(line)}: `), h('bdi', words)))),
        problems.length > shownProblems ? h('p', `And ${number(problems.length - shownProblems)} more lines.`) : null],
      [button('Download these lines', () => saveLines(list, problems), { sign: 'download' })])) : null);
      const good = people.filter(({ line }) => !wrong.has(line)).map(({ user }) => user);
      fill(actions, button(problems.length ? `Continue with the ${number(good.length)} others` : `Continue with ${count(good.length, 'person', 'people')}`, () => {
        remember();
        return send(good, title);
      }, { tone: 'primary', disabled: !good.length }), button('Choose another list', begin));
    }
    fill(stage, h('section', { class: 'panel', 'aria-labelledby': 'columns' }, h('div', { class: 'lead-row' }, h('h2', { id: 'columns' }, 'Columns of ', name(title)), h('span', { class: 'quiet number' }, count(list.rows.length, 'row'))),
      h('div', { class: 'mapping' }, list.columns.map((column, index) => field(column, selects[index], { hint: sample(index) }).element))),
    h('section', { class: 'groups', 'aria-labelledby': 'first-rows' }, h('h2', { id: 'first-rows' }, list.rows.length > shownRows ? `The first ${shownRows} rows as Ferry understands them` : 'The rows as Ferry understands them'), preview, report, actions));
    draw();
    page.announce(`${count(list.rows.length, 'row')} read.`);
  }

  async function send(people, title) {
    const bar = progressBar('People that are sent');
    const words = h('p', { class: 'number' });
    fill(stage, h('section', { class: 'panel', 'aria-label': 'Sending' }, h('h2', 'Sending ', name(title)), bar.element, words));
    let operation;
    try {
      ({ operation } = await api.create(undefined, { signal: page.signal }));
      for (let sent = 0; sent < people.length; sent += batchSize) {
        bar.set({ done: sent, total: people.length });
        setText(words, `${number(sent)} of ${count(people.length, 'person', 'people')}`);
        await api.addUsers({ users: people.slice(sent, sent + batchSize) }, { signal: page.signal, quiet: sent > 0 });
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      fill(stage, notice('red', error.message, [button('Choose another list', begin), button('Send them again', () => send(people, title))]));
      return;
    }
    current.refresh();
    page.go(`#/operations/${operation._id}/prepare`);
  }
}

/** Saves the lines that have a problem, with their problems, to be corrected and dropped again. */
function saveLines({ columns, rows }, problems) {
  const words = new Map(problems.map(({ line, words: text }) => [line, text]));
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.filter(({ line }) => words.has(line)).map(({ line, cells }) => [...columns.map((_, index) => cells[index] ?? ''), words.get(line)]);
  const text = [[...columns, 'problem'], ...lines].map((cells) => cells.map(cell).join(',')).join('\r\n');
  api.saveBlob(new Blob(['\uFEFF', text, '\r\n'], { type: 'text/csv' }), 'lines-with-problems.csv');
}

function shown(key, value) {
  if (value === undefined || value === '') return h('span', { class: 'quiet' }, '–');
  if (key === 'password') return '••••••';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return name(Array.isArray(value) ? value.join(', ') : value);
}

function textOf(content) {
  const isWide = (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);
  if (isWide) return new TextDecoder(content[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(content);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return new TextDecoder('windows-1252').decode(content);
  }
}

async function warnOfUnfinished(page, place) {
  const { state, operation } = await api.status({}, { quiet: true, signal: page.signal }).catch(() => ({}));
  const isReady = ['new', 'ready'].includes(state) && operation?.count?.total;
  if (!isActive(state) && !isReady) return;
  fill(place, notice('amber', [h('p', isActive(state) ? 'An import is in progress: ' : 'An import is ready to start: ', name(operationName(operation)), '.'),
    h('p', isActive(state) ? 'Sending a list ends it: what it imported stays, the rest is not imported.' : 'Sending a list discards what was read.')],
  [h('a', { class: 'button', href: `#/operations/${operation._id}` }, 'Show it')]));
}

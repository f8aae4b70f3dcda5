// A new import: choose a file or an address, send it, and let the server read it.

import * as api from '../api.js';
import { detect } from '../detect.js';
import { fill, h, name, setText } from '../dom.js';
import { bytes, percent, rate, timeLeft } from '../format.js';
import { current } from '../live.js';
import { progressBar } from '../components/bars.js';
import { dropArea } from '../components/drop.js';
import { button, field, linkButton, notice } from '../components/parts.js';
import { importers, isActive, operationName } from '../words.js';

const templates = {
  csv: [['users.csv', 'People'], ['channels.csv', 'Rooms'], ['messages.csv', 'Messages'], ['contacts.csv', 'Contacts']],
  omnichannel_contact: [['contacts.csv', 'Contacts']],
};
const asset = (path) => new URL(`../${path}`, import.meta.url).href;

export async function open(page) {
  const readers = await readersOf(page);
  const [warning, stage] = [h('div'), h('div', { class: 'stage-area' })];
  page.root.append(page.heading('New import'), warning, stage, sources(readers), addressForm(page, readers));
  warnOfUnfinished(page, warning);
  const choose = () => fill(stage, dropArea({
    title: 'Drop a file here', text: 'A Slack export, Slack’s member list, or CSV tables. Ferry finds out which it is.', onFile: take,
  }));
  choose();

  async function take(file) {
    const guess = await detect(file);
    const select = importerSelect(readers, guess.key);
    const choice = field('What reads it', select, { hint: guess.isWrong ? 'The server decides by the content.' : guess.words });
    const isUseless = file.size === 0;
    const send = button('Upload and read', async () => {
      if (!select.value) {
        choice.problem('Choose what reads the file.');
        select.focus();
        return;
      }
      await upload(file, select.value);
    }, { tone: guess.isWrong ? '' : 'primary', sign: 'upload' });
    const another = button('Choose another', choose, { tone: guess.isWrong ? 'primary' : '' });
    if (guess.isWrong) setText(send.querySelector('span'), 'Upload it anyway');
    fill(stage, h('section', { class: 'panel chosen', 'aria-label': 'The chosen file' },
      h('div', h('h2', name(file.name)), h('p', { class: 'quiet' }, bytes(file.size))), guess.isWrong ? notice('amber', guess.words) : null, isUseless ? null : choice.element,
      guess.isWrong ? null : h('p', { class: 'quiet' }, 'Ferry reads the whole file and shows what is in it. Nothing is written to the workspace before you start the import.'),
      h('div', { class: 'row' }, guess.isWrong ? [another, isUseless ? null : send] : [send, another])));
    (guess.isWrong ? another : send).focus();
  }

  async function upload(file, key) {
    const stopper = new AbortController();
    page.signal.addEventListener('abort', () => stopper.abort(), { once: true });
    const bar = progressBar(`Upload of ${file.name}`);
    const words = h('p', { class: 'number' }, `0 of ${bytes(file.size)}`);
    const cancel = button('Cancel the upload', () => stopper.abort(), { tone: 'danger' });
    fill(stage, h('section', { class: 'panel', 'aria-label': 'Upload' }, h('h2', 'Uploading ', name(file.name)), bar.element, words, h('div', { class: 'row' }, cancel)));
    cancel.focus();
    bar.set({ done: 0, total: file.size });
    const start = performance.now();
    try {
      await api.upload(file, key, {
        signal: stopper.signal,
        onProgress: (sent) => {
          const seconds = (performance.now() - start) / 1000;
          const speed = sent / Math.max(seconds, 0.25);
          const left = (file.size - sent) / Math.max(speed, 1);
          bar.set({ done: sent, total: file.size });
          setText(words, sent < file.size
            ? `${bytes(sent)} of ${bytes(file.size)} · ${percent(sent, file.size)} · ${rate(speed, 'bytes')}${seconds > 1 ? ` · ${timeLeft([left * 0.85, left * 1.15])}` : ''}`
            : `${bytes(sent)} sent. The server stores the file.`);
          page.announce(`Upload: ${percent(sent, file.size)}`, { rarely: true });
        },
      });
    } catch (error) {
      if (page.signal.aborted) return;
      if (error.name === 'AbortError') {
        choose();
        stage.prepend(notice('info', 'The upload was cancelled. Nothing of the file was stored.'));
      } else {
        fill(stage, h('section', { class: 'panel' }, notice('red', error.message, [button('Choose another', choose)]),
          h('div', { class: 'row' }, button(`Upload ${file.name} again`, () => upload(file, key)))));
      }
      return;
    }
    await showOperation(page);
  }
}

/** Why an address was not fetched: the operation that was created for it has the sentence. */
async function reasonOf(error) {
  if (!error.import?.code?.startsWith('remote-file-')) return error.message;
  const { operation } = await api.status({}, { quiet: true });
  return operation?.failure?.message ?? error.message;
}

/** Opens the new operation, which begins to read. */
async function showOperation(page) {
  const { operation } = await api.status({}, { quiet: true, signal: page.signal });
  current.refresh();
  page.go(`#/operations/${operation._id}`);
}

/** A new operation ends the previous one, which may not be what is wanted. */
async function warnOfUnfinished(page, place) {
  try {
    const { state, operation } = await api.status({}, { quiet: true, signal: page.signal });
    const isReady = ['new', 'ready'].includes(state) && operation.count?.total;
    if (!isActive(state) && !isReady) return;
    fill(place, notice('amber', [
      h('p', isActive(state) ? 'An import is in progress: ' : 'An import is ready to start: ', name(operationName(operation)), '.'),
      h('p', isActive(state) ? 'A new import ends it: what it imported stays, the rest is not imported.' : 'A new import discards what was read.'),
    ], [linkButton('Show it', `#/operations/${operation._id}`)]));
  } catch {
    // The upload itself reports what is wrong.
  }
}

/** The importers of this server, with what the page knows of them. */
async function readersOf(page) {
  try {
    const available = await api.importers({}, { quiet: true, signal: page.signal });
    const titles = new Map(available.map(({ key, name: title }) => [key, title]));
    const keys = [...Object.keys(importers).filter((key) => titles.has(key)), ...[...titles.keys()].filter((key) => !importers[key])];
    return Object.fromEntries(keys.map((key) => [key, importers[key] ?? { reads: titles.get(key), from: '' }]));
  } catch (error) {
    if (error.name === 'AbortError' || error.status === 403) throw error;
    return importers;
  }
}

const importerSelect = (readers, value) => h('select', { name: 'importer' },
  readers[value] ? null : h('option', { value: '' }, 'Choose …'),
  Object.entries(readers).map(([key, { reads }]) => h('option', { value: key, selected: key === value }, reads)));

function sources(readers) {
  return h('section', { 'aria-labelledby': 'sources' }, h('h2', { id: 'sources' }, 'What Ferry reads'),
    h('ul', { class: 'cards sources' }, Object.entries(readers).map(([key, { reads, from }]) => h('li',
      h('h3', reads), h('p', from),
      templates[key] ? h('p', { class: 'templates' }, 'Templates: ', templates[key].map(([file, title], index) => [
        index ? ', ' : null, h('a', { href: asset(`templates/${file}`), download: file }, title)])) : null,
      key === 'slack' ? h('p', { class: 'templates' }, h('a', { href: asset('sample/slack-export.zip'), download: 'slack-export.zip' }, 'A small sample to try')) : null))),
    h('p', { class: 'quiet' }, 'Only a list of people? ', h('a', { href: '#/users' }, 'Add people'), ' lets you paste it.'));
}

function addressForm(page, readers) {
  const address = field('Address of an export', h('input', { type: 'url', name: 'address', inputmode: 'url', placeholder: 'https://…', autocomplete: 'off' }),
    { hint: 'The server fetches it; this device does not. Addresses inside private networks need an exception in the setting SSRF_Allowlist, which POST /api/v1/settings/SSRF_Allowlist changes.' });
  const select = importerSelect(readers, 'slack');
  const choice = field('What reads it', select);
  const submit = button('Fetch and read', send, { sign: 'download' });
  const element = h('form', { class: 'address', novalidate: true, on: { submit: (event) => { event.preventDefault(); submit.click(); } } },
    h('h2', 'From the web'), h('div', { class: 'address-fields' }, address.element, choice.element, submit));
  async function send() {
    address.problem('');
    const fileUrl = address.control.value.trim();
    if (!/^https?:\/\//i.test(fileUrl)) {
      address.problem('Enter an address that begins with https:// or http://.');
      address.control.focus();
      return;
    }
    try {
      await api.fetchFile({ fileUrl, importerKey: select.value }, { signal: page.signal });
    } catch (error) {
      if (error.name === 'AbortError') return;
      address.problem(await reasonOf(error));
      address.control.focus();
      return;
    }
    await showOperation(page);
  }
  return element;
}

// Starts the page: the frame around every view, and the addresses that lead to them.

import * as api from './api.js';
import { fill, h, icon, name, setText } from './dom.js';
import { bytes, number, percent, timeLeft } from './format.js';
import { current } from './live.js';
import { session } from './session.js';
import { copyButton, loading, problemNotice } from './components/parts.js';
import { progressBar } from './components/bars.js';
import { signIn, signInForm } from './views/sign-in.js';
import { isActive, operationName, stepTitle } from './words.js';

// A view is a module with `open(page)`, which builds its nodes into `page.root`; see `openView`.
const routes = [
  { path: /^\/$/, load: () => import('./views/imports.js'), isFirst: true },
  { path: /^\/new$/, load: () => import('./views/new.js') },
  { path: /^\/operations\/(?<id>[0-9a-f]{24})(?:\/(?<tab>[a-z]+))?$/, load: () => import('./views/operation.js') },
  { path: /^\/downloads$/, load: () => import('./views/downloads.js') },
  { path: /^\/users$/, load: () => import('./views/users.js') },
];

const navigation = [['Imports', '#/'], ['New import', '#/new'], ['People', '#/users'], ['Downloads', '#/downloads']];

const root = document.getElementById('page');
const liveRegion = document.getElementById('live');
const main = h('main', { id: 'main', tabindex: '-1' });
let view = new AbortController();

// Announcements.

let lastAnnouncement = 0;
let waitingAnnouncement;

/** Announces a text to screen readers. With `rarely`, at most every 10 seconds: the latest text wins. */
function announce(text, { rarely = false } = {}) {
  clearTimeout(waitingAnnouncement);
  const wait = rarely ? Math.max(0, lastAnnouncement + 10_000 - Date.now()) : 0;
  waitingAnnouncement = setTimeout(() => {
    lastAnnouncement = Date.now();
    setText(liveRegion, text);
  }, wait);
}

// The frame.

function runningBar() {
  const words = h('span', { class: 'running-words' });
  const bar = progressBar('Progress of the import');
  const link = h('a', { class: 'running', hidden: true }, icon('waiting'), words, bar.element);
  const crumbs = h('span', { class: 'crumbs' }, 'Workspace', icon('next'), h('span', 'Import'));
  current.watch((report) => {
    const isShown = Boolean(report) && isActive(report.state);
    link.hidden = !isShown;
    crumbs.hidden = isShown;
    if (!isShown) return;
    link.href = `#/operations/${report.operationId}/progress`;
    const isReading = report.state === 'loading';
    const [done, total] = isReading ? [report.bytesRead, report.bytesTotal] : [report.done, report.total];
    const title = { paused: 'Paused', pausing: 'Pausing', canceling: 'Cancelling' }[report.control] ?? stepTitle(report.status);
    fill(words, h('strong', title), ' ', name(operationName(report)),
      total ? h('span', { class: 'number' }, isReading ? ` ${bytes(done)} of ${bytes(total)}` : ` ${number(done)} of ${number(total)} · ${percent(done, total)}`) : null,
      report.secondsLeft ? h('span', { class: 'left' }, ` · ${timeLeft(report.secondsLeft)}`) : null);
    bar.set({ done, total, failed: isReading ? 0 : report.failed });
  });
  return h('div', { class: 'strip' }, h('div', { class: 'inner' }, crumbs, link));
}

function header() {
  const account = session.account;
  return h('header', h('div', { class: 'inner top' },
    h('a', { class: 'brand', href: '#/' }, h('img', { src: new URL('icon.svg', import.meta.url).href, alt: '', width: '28', height: '28' }), h('strong', 'Ferry')),
    h('nav', { 'aria-label': 'Views' }, h('ul', navigation.map(([text, href]) => h('li', h('a', { href }, text))))),
    h('div', { class: 'account' }, name(account.name || account.username, { class: 'quiet who' }),
      h('button', { type: 'button', class: 'button small', on: { click: signOut } }, 'Sign out'))), runningBar());
}

/** The footer: the last action as a call. */
function sameByAPI() {
  const line = h('code');
  const command = h('pre', { tabindex: '0', 'aria-label': 'The call for curl' });
  const element = h('details', { class: 'same', hidden: true }, h('summary', h('span', 'The same by API'), line),
    h('div', { class: 'row' }, command, copyButton(() => command.textContent, 'Copy the call')),
    h('p', { class: 'quiet' }, 'ID and TOKEN are what ', h('code', 'login'), ' returns. Every call: ',
      h('a', { href: new URL('../openapi.json', api.base).href }, 'OpenAPI document'), '.'));
  api.onCall((call) => {
    element.hidden = !call;
    if (!call) return;
    setText(line, `${call.method} ${call.path}`);
    setText(command, curl(call));
  });
  return h('footer', h('div', { class: 'inner' }, element));
}

/** The longest body that a call for curl shows; longer ones are of a file. */
const longestBody = 2000;

/** A call as a line for a shell, without passwords. */
function curl({ method, path, body, type, form }) {
  const quoted = (text) => `'${String(text).replaceAll('\'', '\'\\\'\'')}'`;
  const parts = ['curl', '-H "X-User-Id: $ID"', '-H "X-Auth-Token: $TOKEN"'];
  if (form) parts.push(`-F importerKey=${form.importerKey}`, `-F ${quoted(`file=@${form.file}`)}`);
  else if (type) parts.push(`-H ${quoted(`Content-Type: ${type}`)}`, '--data-binary @FILE');
  else if (body !== undefined) {
    const text = JSON.stringify(body, (key, value) => (key === 'password' && value ? 'PASSWORD' : value));
    parts.push('-H \'Content-Type: application/json\'', text.length > longestBody ? '--data-binary @FILE' : `-d ${quoted(text)}`);
  }
  else if (method === 'POST') parts.push('-X POST');
  return [...parts, quoted(location.origin + path)].join(' ');
}

/** Marks the view in the navigation. */
function markNavigation() {
  const path = location.hash || '#/';
  for (const link of root.querySelectorAll('header nav a')) {
    const href = link.getAttribute('href');
    const isCurrent = href === '#/' ? path === '#/' || path.startsWith('#/operations') : path.startsWith(href);
    if (isCurrent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

// Views.

let styles;

/** Loads what the first view does not need of the style, once. */
function laterStyles() {
  styles ??= new Promise((resolve) => {
    document.head.append(h('link', {
      rel: 'stylesheet', href: new URL('later.css', import.meta.url).href, on: { load: resolve, error: resolve },
    }));
  });
  return styles;
}

/**
 * Opens the view of the address. A view gets its `page`:
 *
 * - `root`: the element that it fills; `parameters` and `query`: of the address.
 * - `signal`: aborts when the view closes; calls and listeners of the view end with it.
 * - `heading(text, …)`: the heading of the view, which gets the focus, and beside it what follows.
 * - `announce(text, { rarely })`: for screen readers.
 * - `go(address)`, `replace(address)`: opens another view, with or without an entry in the history.
 * - `reopen()`: opens the same view again.
 */
async function openView({ keepsFocus = false } = {}) {
  view.abort();
  view = new AbortController();
  const { signal } = view;
  const [path, query] = (location.hash.slice(1) || '/').split('?');
  const route = routes.find((candidate) => candidate.path.test(path));
  if (!route) return location.replace('#/');
  markNavigation();
  api.note(null);
  current.refresh();
  const container = h('div', { class: 'view' });
  const page = {
    root: container, signal, parameters: route.path.exec(path).groups ?? {}, query: new URLSearchParams(query),
    announce,
    go: (address) => { location.hash = address; },
    replace: (address) => location.replace(address),
    reopen: () => openView({ keepsFocus: true }),
    heading(text, ...beside) {
      const title = typeof text === 'string' ? text : text.textContent;
      document.title = `${title} · Ferry`;
      return h('div', { class: 'heading' }, h('h1', { tabindex: '-1' }, text), beside.length ? h('div', { class: 'row' }, beside) : null);
    },
  };
  // The previous view stays until this one has something to show, so nothing flickers.
  const wait = setTimeout(() => fill(main, loading()), 400);
  signal.addEventListener('abort', () => clearTimeout(wait));
  const show = () => {
    clearTimeout(wait);
    observer.disconnect();
    if (signal.aborted || container.parentNode) return;
    fill(main, container);
    if (keepsFocus) return;
    scrollTo(0, 0);
    container.querySelector('h1')?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(show);
  observer.observe(container, { childList: true });
  try {
    const [module] = await Promise.all([route.load(), route.isFirst || laterStyles()]);
    if (signal.aborted) return;
    await module.open(page);
  } catch (error) {
    if (signal.aborted || error.name === 'AbortError') return;
    const isModule = error instanceof TypeError;
    if (isModule) console.error(error);
    const problem = isModule ? new Error('A part of the page could not be shown. Load the page again.') : error;
    if (!container.querySelector('h1')) container.append(page.heading('This view could not be shown'));
    container.append(problemNotice(problem, () => openView()));
    show();
  }
}

function showFrame(options) {
  fill(root, header(), main, sameByAPI());
  openView(options);
}

function showSignIn(message) {
  view.abort();
  current.stop();
  document.title = 'Sign in · Ferry';
  fill(root, signIn({ message, onDone: () => showFrame() }));
}

async function signOut() {
  try {
    await api.logout(undefined, { quiet: true });
  } catch {
    // The session ends here in any case; a server that is gone cannot be told.
  }
  session.end();
  showSignIn('You are signed out.');
}

session.onExpiry(async (account) => {
  const { openDialog } = await import('./components/dialog.js');
  const isRenewed = await openDialog('Sign in again', (close) => [
    h('p', { class: 'words' }, 'Your session has ended. The view stays as it is, and nothing that you typed is lost.'),
    signInForm({ username: account?.username, onDone: () => close(true), onCancel: () => close(false) }),
  ]);
  // It may be another account.
  if (isRenewed) root.querySelector('.who')?.replaceWith(name(session.account.name || session.account.username, { class: 'quiet who' }));
  return isRenewed === true;
});

addEventListener('hashchange', () => session.account && openView());
addEventListener('online', () => current.refresh());
if (session.account) showFrame({ keepsFocus: true });
else showSignIn();

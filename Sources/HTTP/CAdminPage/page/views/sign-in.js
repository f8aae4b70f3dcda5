// The sign-in: a page of its own, or over a view whose session has ended.

import { login } from '../api.js';
import { h } from '../dom.js';
import { session } from '../session.js';
import { field, notice } from '../components/parts.js';

/** The form. `onDone` is called with a session; `onCancel` adds a button that leaves things as they are. */
export function signInForm({ username = '', onDone, onCancel }) {
  const user = field('Username or e-mail address', h('input', {
    name: 'username', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, value: username,
  }));
  const password = field('Password', h('input', {
    type: 'password', name: 'password', autocomplete: 'current-password', required: true, autofocus: Boolean(username),
  }));
  const submit = h('button', { class: 'button primary' }, 'Sign in');
  let isBusy = false;
  return h('form', { class: 'sign-in-form', novalidate: true, on: { submit: send } }, user.element, password.element,
    h('div', { class: 'row' }, submit, onCancel ? h('button', { type: 'button', class: 'button', on: { click: onCancel } }, 'Not now') : null));

  async function send(event) {
    event.preventDefault();
    user.problem(user.control.value.trim() ? '' : 'Enter your username or e-mail address.');
    password.problem(password.control.value ? '' : 'Enter your password.');
    const missing = [user, password].find((item) => !item.control.value.trim());
    if (missing) return missing.control.focus();
    if (isBusy) return;
    isBusy = true;
    submit.setAttribute('aria-busy', 'true');
    try {
      session.begin(await login(user.control.value.trim(), password.control.value));
      onDone();
    } catch (error) {
      password.problem(error.message);
      password.control.select();
    } finally {
      isBusy = false;
      submit.removeAttribute('aria-busy');
    }
  }
}

/** The sign-in as a page. */
export function signIn({ message, onDone }) {
  const heading = h('h1', { tabindex: '-1' }, 'Import into this workspace');
  if (message) queueMicrotask(() => heading.focus());
  return h('main', { class: 'sign-in', id: 'main' },
    h('img', { src: new URL('../icon.svg', import.meta.url).href, alt: '', width: '48', height: '48' }), heading,
    h('p', { class: 'quiet' }, 'Sign in with an administrator’s account of this workspace.'),
    message ? notice('info', message) : null, signInForm({ onDone }),
    h('p', { class: 'quiet small' }, 'The first administrator’s name is on the terminal, or in the log, of ', h('code', 'ferry serve'),
      '; so is the password, unless ', h('code', 'ADMIN_PASS'), ' set it.'));
}

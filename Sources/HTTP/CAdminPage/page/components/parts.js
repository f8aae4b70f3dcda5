// Small parts of views.

import { fill, h, icon, setText } from '../dom.js';

/**
 * A button whose text says what happens. `tone` is `primary`, `danger` or `plain`. While `onClick` works, the button is
 * busy; what it throws is shown beside it.
 */
export function button(text, onClick, { tone = '', sign, label, describe, disabled = false } = {}) {
  const problem = h('span', { class: 'problem', role: 'alert' });
  const element = h('button', {
    type: 'button', class: `button ${tone}`.trim(), disabled, 'aria-label': label, 'aria-describedby': describe,
    on: { click: run },
  }, sign && icon(sign), h('span', text));
  async function run(event) {
    if (element.getAttribute('aria-busy') === 'true') return;
    problem.remove();
    element.setAttribute('aria-busy', 'true');
    try {
      await onClick(event);
    } catch (error) {
      if (error.name !== 'AbortError') {
        setText(problem, error.message);
        element.after(problem);
      }
    } finally {
      element.removeAttribute('aria-busy');
    }
  }
  return element;
}

/** A link that looks like a button. */
export const linkButton = (text, href, { tone = '', sign, download } = {}) =>
  h('a', { class: `button ${tone}`.trim(), href, download }, sign && icon(sign), h('span', text));

/** A sentence that needs attention. `tone` is `info`, `green`, `amber` or `red`; `actions` follow it. */
export function notice(tone, content, actions = []) {
  const signs = { info: 'next', green: 'done', amber: 'warning', red: 'failed' };
  return h('div', { class: `notice ${tone}`, role: tone === 'red' ? 'alert' : undefined },
    icon(signs[tone]), h('div', { class: 'words' }, content), actions.length ? h('div', { class: 'row' }, actions) : null);
}

/** What went wrong in the words of the server, with a way to try again. */
export function problemNotice(error, retry) {
  // Another attempt does not give an account a permission.
  return notice('red', error.message, retry && error.status !== 403 ? [button('Try again', retry)] : []);
}

/** What to show instead of an empty table. */
export const emptyState = (title, text, actions = []) =>
  h('div', { class: 'empty' }, h('h2', title), h('p', text), actions.length ? h('div', { class: 'row' }, actions) : null);

/** A word with its sign: `{ word, sign, tone }`, as `stateOf` returns it. */
export const statusWord = ({ word, sign, tone }) => h('span', { class: `status ${tone}` }, icon(sign), word);

/** A quiet sentence while something loads; it appears only if that takes long. */
export const loading = (text = 'Loading …') => h('p', { class: 'loading', role: 'status' }, text);

/** A value with its title, for rows of facts. */
export const fact = (title, value) => h('div', { class: 'fact' }, h('dt', title), h('dd', value));

/** A list of facts. */
export const facts = (...items) => h('dl', { class: 'facts' }, items);

/**
 * Chips of which one or several are pressed. `options` are `{ value, text, count }`; `selected` is a set of values.
 * `several` allows more than one. `onChange` gets the set.
 */
export function chips(label, options, selected, onChange, { several = false } = {}) {
  const element = h('div', { class: 'chips', role: 'group', 'aria-label': label });
  const draw = () => {
    const focused = document.activeElement?.closest('.chips') === element ? document.activeElement.dataset.value : null;
    fill(element, options.map(({ value, text, count }) => h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(selected.has(value)), data: { value },
      on: { click: () => press(value) },
    }, text, count === undefined ? null : h('span', { class: 'number' }, count))));
    if (focused !== null) [...element.children].find((chip) => chip.dataset.value === focused)?.focus();
  };
  function press(value) {
    if (!several) {
      selected = new Set([value]);
    } else if (!selected.delete(value)) {
      selected.add(value);
    }
    draw();
    onChange(selected);
  }
  draw();
  return { element, update(next, chosen = selected) { [options, selected] = [next, chosen]; draw(); } };
}

let fields = 0;

/** A labelled control; `hint` is a sentence below it. Returns `{ element, control, problem(text) }`. */
export function field(label, control, { hint } = {}) {
  const id = control.id || `field-${(fields += 1)}`;
  control.id = id;
  const words = h('p', { class: 'hint', id: `${id}-hint` }, hint ?? '');
  const alert = h('p', { class: 'problem', id: `${id}-problem`, role: 'alert' });
  control.setAttribute('aria-describedby', `${id}-hint ${id}-problem`);
  return {
    control,
    element: h('div', { class: 'field' }, h('label', { for: id }, label), control, hint ? words : null, alert),
    problem(text) {
      setText(alert, text ?? '');
      control.toggleAttribute('aria-invalid', Boolean(text));
    },
  };
}

/** A button that copies text, and says so. */
export function copyButton(text, label) {
  const words = h('span', 'Copy');
  const element = h('button', { type: 'button', class: 'button small', 'aria-label': label, on: { click: copy } }, icon('copy'), words);
  let timer;
  async function copy() {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
      setText(words, 'Copied');
    } catch {
      setText(words, 'Select the text and copy it');
    }
    clearTimeout(timer);
    timer = setTimeout(() => setText(words, 'Copy'), 2_000);
  }
  return element;
}

/** `Newer`, `Older` and which part of a list is shown. `onMove` gets an offset. */
export function pager({ offset, size, total, onMove, noun = 'entries', words = ['Newer', 'Older'] }) {
  if (total <= size && offset === 0) return null;
  const last = Math.min(offset + size, total);
  return h('nav', { class: 'pager', 'aria-label': `Pages of ${noun}` },
    button(words[0], () => onMove(Math.max(0, offset - size)), { sign: 'previous', disabled: offset === 0 }),
    h('span', { class: 'quiet number' }, `${(offset + 1).toLocaleString()}–${last.toLocaleString()} of ${total.toLocaleString()}`),
    button(words[1], () => onMove(offset + size), { sign: 'next', disabled: last >= total }));
}

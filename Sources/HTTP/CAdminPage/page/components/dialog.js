// Dialogs over the view. Esc closes them, and the focus returns to where it was.

import { h } from '../dom.js';
import { button } from './parts.js';

let ids = 0;

/**
 * Opens a dialog. `content(close)` returns its nodes; `close(result)` closes it. Resolves to the result, or undefined
 * after Esc.
 */
export function openDialog(title, content, { wide = false } = {}) {
  return new Promise((resolve) => {
    const id = `dialog-${(ids += 1)}`;
    let result;
    const element = h('dialog', { class: wide ? 'wide' : '', 'aria-labelledby': id });
    const close = (value) => {
      result = value;
      element.close();
    };
    element.append(h('h2', { id }, title), ...[content(close)].flat());
    element.addEventListener('close', () => {
      element.remove();
      resolve(result);
    });
    document.body.append(element);
    element.showModal();
  });
}

/**
 * Asks before something that cannot be taken back. `content` is a sentence or nodes, `action` the words of the button.
 * With `work` the dialog stays until that is done, and shows what it throws. Resolves to whether it was done.
 */
export async function confirm({ title, content, action, tone = 'primary', keep = 'Keep it', work }) {
  const done = await openDialog(title, (close) => [
    h('div', { class: 'words' }, typeof content === 'string' ? h('p', content) : content),
    h('div', { class: 'row end' },
      button(keep, () => close(false)),
      button(action, async () => {
        await work?.();
        close(true);
      }, { tone })),
  ]);
  return done === true;
}

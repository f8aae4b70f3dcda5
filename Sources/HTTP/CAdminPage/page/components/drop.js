// An area that takes a file: dropped, or chosen.

import { h, icon } from '../dom.js';

/** A drop area. `onFile` gets the file; `accept` is as in inputs of files. */
export function dropArea({ title, text, action = 'Choose a file', accept, onFile }) {
  const input = h('input', {
    type: 'file', class: 'unseen', accept, tabindex: '-1', 'aria-hidden': 'true',
    on: { change: () => take(input.files) },
  });
  function take(files) {
    const [file] = files ?? [];
    input.value = '';
    if (file) onFile(file);
  }
  let depth = 0;
  const mark = (event, change) => {
    if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
    event.preventDefault();
    depth = Math.max(0, depth + change);
    element.classList.toggle('over', depth > 0);
  };
  const element = h('div', {
    class: 'drop', on: {
      dragenter: (event) => mark(event, 1),
      dragover: (event) => mark(event, 0),
      dragleave: (event) => mark(event, -1),
      drop: (event) => {
        mark(event, -depth);
        if (event.dataTransfer?.files.length) take([...event.dataTransfer.files]);
      },
    },
  }, icon('upload'), h('p', { class: 'strong' }, title), text ? h('p', { class: 'quiet' }, text) : null,
  h('button', { type: 'button', class: 'button primary', on: { click: () => input.click() } }, action), input);
  return element;
}

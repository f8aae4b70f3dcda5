// Tables of some dozen rows. Below 600 px each row becomes a card. For long lists, see `list.js`.

import { h } from '../dom.js';

/**
 * A table. `columns` are `{ title, render(row), numeric, class, header }`; `header` marks the cell that names the row.
 * `dense`: short values, of which three stand side by side in a card.
 * The arrow keys move between the rows' first links or buttons. `onOpen(row)` also opens a row by a click beside them.
 */
export function table({ caption, columns, rows, onOpen, foot, dense = false }) {
  const cell = (column, row) => h(column.header ? 'th' : 'td', {
    class: `${column.numeric ? 'numeric' : ''} ${column.class ?? ''}`.trim() || undefined,
    scope: column.header ? 'row' : undefined, data: { label: column.title },
  }, column.render(row));
  const body = h('tbody', rows.map((row) => h('tr', {
    class: onOpen ? 'opens' : undefined,
    on: onOpen ? { click: (event) => !event.target.closest('a, button, input, select, label') && !String(getSelection()) && onOpen(row) } : {},
  }, columns.map((column) => cell(column, row)))));
  body.addEventListener('keydown', moveByArrows);
  return h('div', { class: dense ? 'table-frame dense' : 'table-frame' }, h('table',
    h('caption', { class: 'unseen' }, caption),
    h('thead', h('tr', columns.map((column) => h('th', { scope: 'col', class: column.numeric ? 'numeric' : undefined }, column.title)))),
    body, foot ? h('tfoot', foot) : null));
}

function moveByArrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches('input, select, textarea')) return;
  const rows = [...event.currentTarget.rows];
  const next = rows[rows.indexOf(event.target.closest('tr')) + step];
  const target = next?.querySelector('a, button, input');
  if (!target) return;
  event.preventDefault();
  target.focus();
}

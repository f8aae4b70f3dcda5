// A list of any length, of which only the visible rows exist. It asks for pages of 100 as they come into view.

import { fill, h } from '../dom.js';
import { number } from '../format.js';

const pageSize = 100;
// Browsers do not make elements of more than some ten million pixels. Longer lists scroll in proportion.
const mostPixels = 8_000_000;

/**
 * A windowed list.
 *
 * - `columns`: `{ title, render(item, index), width, numeric, class }`; `width` is a track of a grid, such as `2fr`.
 * - `load(offset, count, signal)`: resolves to `{ items, total }`.
 * - `onRow(item, index)`: Enter on a row, or a click beside its controls.
 * - `onSpace(item, index)`: the space bar on a row, such as for a selection.
 * - `empty`: what to show if there are no rows.
 * - `height`: the most rows that are visible at once.
 *
 * The arrow keys, Page Up, Page Down, Home and End move between rows. Returns `{ element, reload(), redraw(), total }`:
 * `reload` forgets all pages, `redraw` draws the visible rows again.
 */
export function list({ label, columns, load, onRow, onSpace, empty, height = 14, rowHeight = 36, cardHeight = 84, signal }) {
  const narrow = matchMedia('(max-width: 599px)');
  const tracks = columns.map((column) => column.width ?? '1fr').join(' ');
  const head = h('div', { class: 'list-head', role: 'row', style: { 'grid-template-columns': tracks } },
    columns.map((column) => h('span', { role: 'columnheader', class: column.numeric ? 'numeric' : undefined }, column.title)));
  const layer = h('div', { class: 'list-layer', role: 'presentation' });
  const space = h('div', { class: 'list-space', role: 'presentation' });
  const scroller = h('div', { class: 'list-scroller', role: 'presentation', on: { scroll: schedule, keydown: move } }, layer, space);
  const grid = h('div', { class: 'list', role: 'grid', 'aria-label': label, 'aria-colcount': String(columns.length) }, head, scroller);
  const element = h('div', { class: 'list-frame' }, grid);
  const pages = new Map();
  let [total, focused, isScheduled, generation, hasFailed] = [null, 0, false, 0, false];

  const size = () => (narrow.matches ? cardHeight : rowHeight);
  const wholeHeight = () => (total ?? 0) * size();
  const viewHeight = () => Math.max(size(), Math.min(height * rowHeight, wholeHeight() || height * rowHeight));
  const ratio = () => {
    const scrollable = Math.min(wholeHeight(), mostPixels) - viewHeight();
    return scrollable > 0 ? (wholeHeight() - viewHeight()) / scrollable : 1;
  };

  function schedule() {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  }

  function itemAt(index) {
    const page = Math.floor(index / pageSize);
    if (!pages.has(page)) fetchPage(page);
    const items = pages.get(page);
    return Array.isArray(items) ? items[index % pageSize] : undefined;
  }

  async function fetchPage(page) {
    const mine = generation;
    pages.set(page, 'loading');
    try {
      const result = await load(page * pageSize, pageSize, signal);
      if (mine !== generation) return;
      // A page may be shorter than it was asked for: the rest is asked for from there.
      let { items } = result;
      while (items.length < pageSize && page * pageSize + items.length < result.total) {
        const rest = await load(page * pageSize + items.length, pageSize - items.length, signal);
        if (mine !== generation || !rest.items.length) break;
        items = items.concat(rest.items);
      }
      if (mine !== generation) return;
      pages.set(page, items);
      if (total !== result.total) resize(result.total);
      schedule();
    } catch (error) {
      if (mine !== generation || error.name === 'AbortError') return;
      pages.delete(page);
      hasFailed = true;
      fill(element, h('div', { class: 'notice red', role: 'alert' }, h('div', { class: 'words' }, error.message),
        h('button', { type: 'button', class: 'button', on: { click: reload } }, 'Try again')));
    }
  }

  function resize(next) {
    total = next;
    grid.setAttribute('aria-rowcount', String(total + 1));
    if (total === 0 && empty) {
      fill(element, typeof empty === 'function' ? empty() : empty);
      return;
    }
    if (grid.parentNode !== element) fill(element, grid);
    scroller.style.height = `${viewHeight()}px`;
    layer.style.height = `${viewHeight()}px`;
    space.style.height = `${Math.max(0, Math.min(wholeHeight(), mostPixels) - viewHeight())}px`;
    focused = Math.min(focused, Math.max(0, total - 1));
  }

  function draw() {
    if (!total) return;
    const top = scroller.scrollTop * ratio();
    const first = Math.max(0, Math.floor(top / size()) - 2);
    const last = Math.min(total - 1, Math.ceil((top + viewHeight()) / size()) + 2);
    const hadFocus = layer.contains(document.activeElement);
    const inner = hadFocus && document.activeElement.closest('[role=row]') !== document.activeElement ? document.activeElement : null;
    const rows = [];
    for (let index = first; index <= last; index += 1) {
      const existing = [...layer.children].find((row) => row.dataset.index === String(index) && row.item && row.item === itemAt(index) && row.stamp === generation);
      const row = existing ?? makeRow(index);
      row.style.transform = `translateY(${index * size() - top}px)`;
      row.style.height = `${size()}px`;
      row.tabIndex = index === focused ? 0 : -1;
      rows.push(row);
    }
    const same = rows.length === layer.children.length && rows.every((row, index) => row === layer.children[index]);
    if (same) return;
    layer.replaceChildren(...rows);
    if (focused < first || focused > last) layer.firstElementChild.tabIndex = 0;
    if (inner && layer.contains(inner)) inner.focus({ preventScroll: true });
    else if (hadFocus) rowAt(focused)?.focus({ preventScroll: true });
  }

  function makeRow(index) {
    const item = itemAt(index);
    const row = h('div', {
      class: `list-row${onRow ? ' opens' : ''}${item ? '' : ' waits'}${index === total - 1 ? ' last' : ''}`, role: 'row', 'aria-rowindex': String(index + 2), data: { index: String(index) },
      style: { 'grid-template-columns': tracks },
      on: {
        focus: () => { focused = index; },
        click: (event) => item && onRow && !event.target.closest('a, button, input, select, label') && onRow(item, index),
      },
    }, columns.map((column) => h('span', {
      role: 'gridcell', class: `${column.numeric ? 'numeric' : ''} ${column.class ?? ''}`.trim() || undefined, data: { label: column.title },
    }, item ? column.render(item, index) : h('span', { class: 'bone' }))));
    row.item = item;
    row.stamp = generation;
    return row;
  }

  const rowAt = (index) => layer.querySelector(`[data-index="${index}"]`);

  function move(event) {
    if (event.target.matches('input:not([type=checkbox]), select, textarea')) return;
    const item = itemAt(focused);
    if (event.target.matches('[role=row]')) {
      if (event.key === 'Enter' && onRow && item) onRow(item, focused);
      if (event.key === ' ' && onSpace && item) {
        event.preventDefault();
        onSpace(item, focused);
        redraw();
        return;
      }
    }
    const visibleRows = Math.max(1, Math.floor(viewHeight() / size()) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: visibleRows, PageUp: -visibleRows, Home: -total, End: total };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(Math.max(0, Math.min(total - 1, focused + step)));
  }

  /** Moves the focus to a row, wherever it is. */
  function show(index) {
    focused = index;
    const top = scroller.scrollTop * ratio();
    const [rowTop, rowBottom] = [index * size(), (index + 1) * size()];
    if (rowTop < top) scroller.scrollTop = rowTop / ratio();
    else if (rowBottom > top + viewHeight()) scroller.scrollTop = Math.ceil((rowBottom - viewHeight()) / ratio());
    draw();
    for (const row of layer.children) row.tabIndex = row.dataset.index === String(index) ? 0 : -1;
    rowAt(index)?.focus({ preventScroll: true });
  }

  function reload() {
    generation += 1;
    pages.clear();
    if (total === null || hasFailed) {
      [total, hasFailed] = [null, false];
      fill(element, grid);
      scroller.style.height = `${viewHeight()}px`;
    }
    return fetchPage(Math.max(0, Math.floor((scroller.scrollTop * ratio()) / size() / pageSize)));
  }

  function redraw() {
    for (const row of layer.children) row.stamp = -1;
    draw();
  }

  narrow.addEventListener('change', () => {
    if (total) resize(total);
    layer.replaceChildren();
    draw();
  }, { signal });
  reload();
  return { element, reload, redraw, show, get total() { return total; }, describe: () => `${label}, ${number(total ?? 0)}` };
}

// Tabs that are links, so that each has an address.

import { h } from '../dom.js';

/** Links to the parts of a view. `items` are `{ text, href, count, isCurrent, tone }`. */
export function tabs(label, items) {
  const element = h('nav', { class: 'tabs', 'aria-label': label }, h('ul', items.map(({ text, href, count, isCurrent, tone }) =>
    h('li', h('a', { href, 'aria-current': isCurrent ? 'page' : undefined }, text,
      count ? h('span', { class: `number ${tone ?? ''}`.trim() }, count) : null)))));
  // On narrow screens the tabs scroll: the current one is visible.
  requestAnimationFrame(() => {
    const [link, row] = [element.querySelector('[aria-current]'), element.firstElementChild];
    if (link) row.scrollLeft = link.offsetLeft - row.offsetLeft - 16;
  });
  return element;
}

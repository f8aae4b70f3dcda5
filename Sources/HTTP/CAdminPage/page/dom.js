// Builds elements. Text is only ever set as text: there is no way to pass HTML.

const properties = new Set(['value', 'checked', 'disabled', 'selected', 'indeterminate', 'open', 'hidden']);

/**
 * An element with attributes and children.
 *
 *     h('a', { class: 'quiet', href: '#/', on: { click: open } }, 'Imports')
 *
 * `on` has listeners, `data` the data attributes, `style` single properties. An attribute that is null, undefined or
 * false is left out, true is an empty attribute. Children are nodes, text, numbers and lists of them; null and false are
 * left out. Attributes may be left out.
 */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  return build(element, attributes, children);
}

/** As `h`, for the elements of SVG. */
export function svg(name, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function build(element, attributes, children) {
  if (isChild(attributes)) {
    children = [attributes, ...children];
    attributes = {};
  }
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined) continue;
    if (key === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (key === 'data') {
      Object.assign(element.dataset, value);
    } else if (key === 'style') {
      for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    } else if (properties.has(key)) {
      element[key] = value;
    } else if (value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...nodes(children));
  return element;
}

function isChild(value) {
  return typeof value === 'string' || typeof value === 'number' || value instanceof Node || Array.isArray(value);
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replaces the children of an element. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** Sets the text of an element if it differs, so that a screen reader and a selection are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A name of any script, isolated from the direction of the text around it, and cut if it is too long. */
export function name(text, attributes = {}) {
  const full = text === undefined || text === null || text === '' ? '–' : String(text);
  return h('bdi', { ...attributes, class: `name ${attributes.class ?? ''}`.trim(), title: full }, full);
}

const paths = {
  done: 'M3.5 8.5l3 3 6-7',
  failed: 'M4.5 4.5l7 7m0-7l-7 7',
  warning: 'M8 3.5v5.5m0 2.7v.3',
  waiting: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 5.3V8l1.8 1.3',
  paused: 'M6 4.5v7m4-7v7',
  next: 'M6 3.5L10.5 8 6 12.5',
  previous: 'M10 3.5L5.5 8 10 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  upload: 'M8 11V3m-3.5 3.5L8 3l3.5 3.5M3 13h10',
  download: 'M8 3v8M4.5 7.5L8 11l3.5-3.5M3 13h10',
  people: 'M8 8.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2M3 13.5c.4-2.6 2.4-3.8 5-3.8s4.6 1.2 5 3.8',
  close: 'M4 4l8 8m0-8l-8 8',
  copy: 'M5.5 5.5V3h7v7.5H10M3.5 5.5H10V13H3.5z',
};

/** A drawn sign, which screen readers skip: words stand beside it. */
export function icon(kind) {
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: paths[kind] }));
}

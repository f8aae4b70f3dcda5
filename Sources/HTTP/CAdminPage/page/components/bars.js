// Bars that show numbers; the numbers stand beside them as words.

import { h } from '../dom.js';
import { outcomeWord, outcomes, resultWords } from '../words.js';

/** A bar of the outcomes of an import: created, updated, unchanged, skipped, failed, pending. */
export function stackedBar(counts) {
  const total = counts?.total ?? 0;
  return h('span', { class: 'stacked', role: 'img', 'aria-label': resultWords(counts) },
    outcomes.filter((outcome) => counts?.[outcome]).map((outcome) =>
      h('i', { class: outcome, style: { 'flex-grow': String(Math.max(counts[outcome] / total, 0.015)) } })));
}

/** The same bar with its words below. */
export const legend = (counts, { isEnded = false } = {}) => h('ul', { class: 'legend' },
  outcomes.filter((outcome) => counts?.[outcome]).map((outcome) =>
    h('li', h('i', { class: outcome, 'aria-hidden': 'true' }), `${counts[outcome].toLocaleString()} ${outcomeWord(outcome, isEnded)}`)));

/**
 * A bar of what is done and what failed. `set({ done, failed, total })` moves it; without a total it only shows that
 * work is in progress.
 */
export function progressBar(label) {
  const [good, bad] = [h('i', { class: 'done' }), h('i', { class: 'failed' })];
  const element = h('span', { class: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': '0' }, good, bad);
  return {
    element,
    set({ done = 0, failed = 0, total }) {
      const isKnown = total > 0;
      element.classList.toggle('unknown', !isKnown);
      if (isKnown) {
        element.setAttribute('aria-valuemax', String(total));
        element.setAttribute('aria-valuenow', String(done));
      } else {
        element.removeAttribute('aria-valuemax');
        element.removeAttribute('aria-valuenow');
      }
      good.style.width = isKnown ? `${((done - failed) / total) * 100}%` : '0';
      bad.style.width = isKnown ? `${(failed / total) * 100}%` : '0';
    },
  };
}

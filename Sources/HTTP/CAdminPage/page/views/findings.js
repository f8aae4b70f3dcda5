// What the importer noticed in the file, most severe first.

import * as api from '../api.js';
import { findingTitle, laterStyle, severities } from '../causes.js';
import { fill, h, icon, name } from '../dom.js';
import { count, number } from '../format.js';
import { openDialog } from '../components/dialog.js';
import { list } from '../components/list.js';
import { button, emptyState, notice, statusWord } from '../components/parts.js';

// The server keeps so many findings of each severity and code.
const mostKept = 1_000;

export async function open(page) {
  await laterStyle();
  const { _id: operationId } = page.operation;
  const { totals, total } = await api.findings({ operationId, count: 1 }, { signal: page.signal });
  if (!totals.length) {
    page.root.append(emptyState('Nothing was noticed', page.operation.importerKey === 'api'
      ? 'The records were sent through the API. Findings are about files.' : 'The importer took over everything in the file as it is.'));
    return;
  }
  const elements = totals.reduce((sum, group) => sum + Math.max(group.elements, group.findings), 0);
  page.root.append(h('p', h('strong', count(elements, 'element')), ' of the file could not be taken over as they are, or were taken over with a change. ',
    h('span', { class: 'quiet' }, 'Nothing is left out silently: whatever is not imported is listed here.')));
  // Findings of one severity and code follow each other in the list of all.
  let start = 0;
  page.root.append(h('div', { class: 'groups' }, totals.map((group) => {
    const element = groupElement(page, group, start);
    start += Math.min(group.findings, mostKept);
    return element;
  })));
  if (start !== total) page.root.append(notice('amber', 'The findings changed while they were read. Load the page again.'));
}

function groupElement(page, group, start) {
  const { severity, code, findings, elements } = group;
  const kept = Math.min(findings, mostKept);
  const inside = h('div', { class: 'inside' });
  const element = h('details', { class: 'group' }, h('summary', h('span', { class: 'amount number' }, number(Math.max(elements, findings))),
    h('div', h('h3', findingTitle(code)), h('p', { class: 'small' }, statusWord(severities[severity] ?? severities.info))), icon('down')), inside);
  element.addEventListener('toggle', () => {
    if (!element.open || inside.firstChild) return;
    const view = list({
      label: findingTitle(code), signal: page.signal, height: 10, cardHeight: 112,
      load: async (offset, size, signal) => {
        const response = await api.findings({ operationId: page.operation._id, offset: start + offset, count: Math.min(size, kept - offset) }, { quiet: offset > 0, signal });
        return { items: response.findings.slice(0, kept - offset), total: kept };
      },
      onRow: (finding) => showWhole(code, finding),
      columns: [
        { title: 'What', width: 'minmax(0, 4fr)', class: 'reason', render: (finding) => h('span', { title: finding.message }, finding.message) },
        { title: 'Where', width: 'minmax(0, 2fr)', class: 'finding-place', render: placeOf },
        { title: 'Value', width: 'minmax(0, 2fr)', render: (finding) => (finding.field || finding.value ? name([finding.field, finding.value].filter(Boolean).join(': ')) : '') },
        { title: 'Elements', width: '80px', numeric: true, class: 'wide-only', render: (finding) => number(finding.count) },
      ],
    });
    fill(inside, view.element, findings > kept ? h('p', { class: 'quiet small' }, `The first ${number(kept)} of ${number(findings)} findings are kept; all are counted.`) : null);
  });
  return element;
}

/** A finding with nothing cut. */
function showWhole(code, finding) {
  const value = [finding.field, finding.value].filter(Boolean).join(': ');
  const facts = [['Where', placeOf(finding)], ['Value', value && h('bdi', value)], ['Elements', number(finding.count)]].filter(([, fact]) => fact);
  openDialog(findingTitle(code), (close) => [
    h('p', { class: 'words' }, finding.message), h('dl', { class: 'long-facts' }, facts.map(([title, fact]) => [h('dt', title), h('dd', fact)])),
    h('div', { class: 'row end' }, button('Close', () => close(), { tone: 'primary' }))]);
}

const placeOf = ({ entry, position }) => {
  const text = [entry, position === undefined ? null : position].filter((part) => part !== null && part !== undefined).join(' · ');
  return text ? name(text) : '';
};

// What is in a file, before anything is written. For now: its numbers, and the start of all of it.

import * as api from '../api.js';
import { h } from '../dom.js';
import { current } from '../live.js';
import { button, emptyState, linkButton, notice } from '../components/parts.js';
import { records, types } from '../words.js';
import { notNow } from './operation.js';

export async function open(page) {
  const { operation } = page;
  if (!['new', 'ready'].includes(operation.state)) {
    page.root.append(notNow('This import was started already, so there is nothing left to prepare.', page));
    return;
  }
  const found = types.filter((type) => operation.counts?.[type]?.total).map((type) => records(operation.counts[type].total, type));
  if (!found.length) {
    page.root.append(emptyState('There is nothing to import', 'The operation has no records.', [linkButton('New import', '#/new')]));
    return;
  }
  page.root.append(notice('info', `Ferry found ${found.join(', ')}. Nothing has been written to the workspace yet.`),
    h('div', { class: 'row' }, button(`Import ${found.join(', ')}`, async () => {
      const all = { all: true };
      await (operation.importerKey === 'api' ? api.run({}) : api.startImport({ input: { users: all, channels: all, contacts: all } }));
      current.refresh();
      page.go(`#/operations/${operation._id}/progress`);
    }, { tone: 'primary' })));
}

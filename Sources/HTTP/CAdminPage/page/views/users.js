// To be written.

import { h } from '../dom.js';

export async function open(page) {
  page.root.append(page.heading('Add people'), h('p', { class: 'quiet' }, 'This part of the page is not there yet. Use the API: import.addUsers.'));
}

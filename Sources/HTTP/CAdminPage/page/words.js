// The words for what the API names.

import { count, number } from './format.js';

/** The types of records, in the order of an import. */
export const types = ['users', 'contacts', 'channels', 'messages'];

const typeNouns = {
  users: ['person', 'people'], contacts: ['contact', 'contacts'], channels: ['room', 'rooms'],
  messages: ['message', 'messages'], memberships: ['membership', 'memberships'], files: ['linked file', 'linked files'],
  importIds: ['import id', 'import ids'],
};
const typeOfRecord = { user: 'users', contact: 'contacts', channel: 'channels', message: 'messages', room: 'channels' };

/** A number of records: `1 person`, `4,812 people`. `type` is the API's word, of one record or of many. */
export const records = (value, type) => count(value, ...typeNouns[typeOfRecord[type] ?? type]);

/** The title of a type: `People`. */
export function typeTitle(type) {
  const word = typeNouns[typeOfRecord[type] ?? type][1];
  return word[0].toUpperCase() + word.slice(1);
}

/** The outcomes of records, in the order of bars and tables. */
export const outcomes = ['created', 'updated', 'unchanged', 'skipped', 'failed', 'pending'];

/** What the importers read: the title, what it is for, and what to export. */
export const importers = {
  slack: {
    title: 'Slack', reads: 'Slack export',
    from: 'Workspace settings → Import/Export data → Export, or the archive of an export tool. A zip file.',
  },
  csv: {
    title: 'CSV', reads: 'CSV tables',
    from: 'People, rooms and messages as tables: one CSV file, or a zip archive of several. For every other source.',
  },
  'slack-users': {
    title: 'Slack members', reads: 'Slack member list',
    from: 'Manage members → Export member list. One CSV file; people only.',
  },
  omnichannel_contact: {
    title: 'Contacts', reads: 'Contacts of the live chat',
    from: 'One CSV file. Contacts are counted and reported; the workspace has no live chat yet.',
  },
};

const otherImporters = { api: 'A list, or the API', 'pending-files': 'Pending files', 'pending-avatars': 'Pending avatars' };

/** The title of an operation's importer. */
export const importerTitle = (operation) =>
  importers[operation.importerKey]?.title ?? otherImporters[operation.importerKey] ?? operation.type;

/** What an operation is called: its file, else what it has. */
export function operationName(operation) {
  const file = typeof operation.file === 'string' ? operation.file : operation.file?.name;
  if (file) return file;
  const parts = types.filter((type) => operation.counts?.[type]?.total).map((type) => records(operation.counts[type].total, type));
  return parts.length ? parts.join(', ') : importerTitle(operation);
}

/** The state of an operation: a word, its sign and its meaning. */
export function stateOf({ state, control, undone, status, totals, failed }) {
  if (undone) return { word: 'undone', sign: 'done', tone: 'quiet' };
  if (control === 'paused') return { word: 'paused', sign: 'paused', tone: 'amber' };
  if (control === 'pausing') return { word: 'pausing', sign: 'paused', tone: 'amber' };
  if (control === 'canceling') return { word: 'cancelling', sign: 'waiting', tone: 'amber' };
  const failures = totals?.failed ?? failed ?? 0;
  switch (state) {
    case 'new': return { word: 'empty', sign: 'waiting', tone: 'quiet' };
    case 'loading': return { word: status === 'importer_downloading_file' ? 'fetching' : 'reading', sign: 'waiting', tone: 'accent' };
    case 'ready': return { word: 'ready to start', sign: 'next', tone: 'accent' };
    case 'importing': return { word: status === 'importer_undoing' ? 'undoing' : 'running', sign: 'waiting', tone: 'accent' };
    case 'done': return failures
      ? { word: 'with failures', sign: 'warning', tone: 'amber' } : { word: 'done', sign: 'done', tone: 'green' };
    case 'error': return { word: 'failed', sign: 'failed', tone: 'red' };
    case 'canceled': return { word: 'cancelled', sign: 'close', tone: 'quiet' };
    default: return { word: state ?? 'unknown', sign: 'waiting', tone: 'quiet' };
  }
}

const steps = {
  importer_new: 'Waiting for records',
  importer_downloading_file: 'Fetching the file',
  importer_file_loaded: 'The file is here',
  importer_preparing_started: 'Reading the file',
  importer_preparing_users: 'Reading people',
  importer_preparing_contacts: 'Reading contacts',
  importer_preparing_channels: 'Reading rooms',
  importer_preparing_messages: 'Reading messages',
  importer_user_selection: 'Ready to start',
  importer_importing_started: 'Starting',
  importer_importing_users: 'Importing people',
  importer_importing_contacts: 'Importing contacts',
  importer_importing_channels: 'Importing rooms',
  importer_importing_messages: 'Importing messages',
  importer_importing_files: 'Extracting files',
  importer_finishing: 'Recounting rooms and threads',
  importer_undoing: 'Undoing the import',
  importer_done: 'Done',
  importer_import_failed: 'Failed',
  importer_import_cancelled: 'Cancelled',
};

/** What an operation does at its step. */
export const stepTitle = (status) => steps[status] ?? 'Working';

/** The word for an outcome: what is pending when an import has ended was not imported. */
export const outcomeWord = (outcome, isEnded) => (outcome === 'pending' && isEnded ? 'not imported' : outcome);

/** The result of an import in words: `4,812 created, 31 updated, 2 failed`; only what is not zero. */
export function resultWords(totals, { without = [], isEnded = false } = {}) {
  const parts = outcomes.filter((outcome) => totals?.[outcome] && !without.includes(outcome))
    .map((outcome) => `${number(totals[outcome])} ${outcomeWord(outcome, isEnded)}`);
  return parts.length ? parts.join(', ') : 'nothing';
}

/** Whether an operation is being received, read, imported or undone. */
export const isActive = (state) => state === 'loading' || state === 'importing';

// The words for why records fail, are skipped or are kept, and for what importers notice.

const failureTitles = {
  'importer-user-missing-email-and-username': 'Neither an address nor a username',
  'importer-user-email-taken': 'The address belongs to an account',
  'importer-user-username-taken': 'The username belongs to an account',
  'importer-user-duplicate-in-batch': 'The same person twice',
  'importer-user-import-id-taken': 'The import id belongs to another account',
  'importer-user-invalid-type': 'An unknown type of user',
  'importer-user-invalid-role': 'A role that does not exist',
  'importer-user-value-too-long': 'A value is too long',
  'importer-channel-missing-name': 'A room without a name',
  'importer-channel-value-too-long': 'A value is too long',
  'importer-channel-missing-import-id': 'A room without an import id',
  'importer-channel-missing-users': 'Participants are unknown',
  'importer-channel-invalid-type': 'An unknown type of room',
  'importer-channel-general-not-found': 'The general room is missing',
  'importer-channel-import-id-taken': 'The import id belongs to another room',
  'importer-channel-type-mismatch': 'A room of this name has another type',
  'importer-channel-name-taken': 'The name belongs to a room',
  'importer-channel-members-mismatch': 'Another direct room has the import id',
  'importer-message-invalid-timestamp': 'No valid time',
  'importer-message-unknown-user': 'The author is unknown',
  'importer-message-unknown-room': 'The room is unknown',
  'importer-message-id-conflict': 'Another message has the id',
  'importer-message-rejected': 'A value is too long',
  'importer-process-ended': 'The server ended meanwhile',
  'importer-internal-error': 'The record could not be read or written',
};

const skipTitles = {
  'not-selected': 'Not selected', 'account-exists': 'An account exists already', 'author-skipped': 'The author is skipped',
  guest: 'A guest, who is left out', contact: 'A contact, which is only counted',
};

const findingTitles = {
  'importer-entry-unreadable': 'A part of the file could not be read',
  'importer-entry-unknown-room': 'Messages of a room that the file does not describe',
  'importer-entry-ignored': 'A part of the file was not needed',
  'importer-row-invalid': 'A row could not be used',
  'importer-record-invalid': 'A record could not be used',
  'importer-record-ignored': 'A record was not needed',
  'importer-value-replaced': 'A value was replaced',
  'importer-user-placeholder': 'A person that the file only mentions',
  'importer-user-bound-by-username': 'A person was matched by username',
  'importer-room-owned-by-importer': 'A room without a known creator',
  'importer-user-guest': 'A guest',
  'importer-limit-exceeded': 'A limit was exceeded',
};

const readable = (code) => {
  const words = String(code).replace(/^importer-/, '').replaceAll('-', ' ');
  return words[0].toUpperCase() + words.slice(1);
};

/** The title of a reason of a failure, or of what is skipped. */
export const causeTitle = (code) => failureTitles[code] ?? skipTitles[code] ?? readable(code);
export const findingTitle = (code) => findingTitles[code] ?? readable(code);

/** Severities of findings: a word, its sign and its meaning. */
export const severities = {
  error: { word: 'error', sign: 'failed', tone: 'red' },
  warning: { word: 'warning', sign: 'warning', tone: 'amber' },
  info: { word: 'note', sign: 'next', tone: 'quiet' },
};

/** The words of the policies, the first sentence part and the choices. */
export const policies = {
  users: { sentence: 'When a person’s address or username is already in use:', choices: {
    fail: 'report it as a failure', skip: 'leave the account as it is', bind: 'add the import id to the account', update: 'update the account' } },
  rooms: { sentence: 'When a public room of the same name exists:', choices: {
    join: 'import into that room', fail: 'report it as a failure', rename: 'create it with a number behind the name' } },
  guests: { sentence: 'Guests become', choices: { guest: 'guests', user: 'full members', skip: 'nobody: leave them out' } },
  downloads: { sentence: 'Avatars and files that the export links to are downloaded', choices: {
    ask: 'when you ask for it', automatic: 'as soon as the import is done' } },
};

/** How a record is called: its name, username, address or id. */
export function recordTitle(data, fallback = '') {
  return data?.name || data?.username || data?.emails?.[0] || data?.msg || data?.importIds?.[0] || fallback;
}

/** Any JSON value in one line. */
export const valueText = (value) => (value === undefined || value === null || value === '' ? '–'
  : Array.isArray(value) ? value.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item))).join(', ') || '–'
    : typeof value === 'object' ? JSON.stringify(value) : String(value));

let style;

/** Loads the style of the views that are opened later, once. */
export function laterStyle() {
  style ??= new Promise((resolve) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL('views.css', import.meta.url).href;
    link.addEventListener('load', resolve);
    link.addEventListener('error', resolve);
    document.head.append(link);
  });
  return style;
}

// The calls of the API, one function each. The page does nothing that these calls do not do.

import { session } from './session.js';

/** Where the calls are, also behind a proxy that adds a prefix. */
export const base = new URL('../../api/v1/', import.meta.url);

/** The server returned an error; the message is the server's own. */
export class ServerError extends Error {
  constructor(status, body, retryAfter) {
    const code = body.errorType ?? body.import?.code ?? '';
    const text = body.import?.message ?? body.error ?? body.message ?? '';
    super(words(status, String(text).replace(/ \[[a-z-]+\]$/i, '')));
    this.name = 'ServerError';
    this.status = status;
    /** The stable code, such as `error-operation-not-found`. */
    this.code = code;
    /** What the server says about the place of an error, or the state of the import. */
    this.import = body.import ?? {};
    this.retryAfter = retryAfter;
  }
}

/** The server did not respond. */
export class ConnectionError extends Error {
  constructor() {
    super('The server does not respond. Check that it runs and that this device is connected.');
    this.name = 'ConnectionError';
  }
}

function words(status, text) {
  switch (status) {
    case 401: return 'Your session has ended. Sign in again.';
    case 403: return 'Your account may not do this. An administrator can give it a role with the permission '
      + '“run-import” or “view-import-operations”.';
    case 404: return 'The server has no such call or file.';
    default: return text || `The server returned status ${status}.`;
  }
}

const listeners = new Set();
/** The last action of the view: `{ method, path, body, type }`, or null. */
export let lastCall = null;

/** Calls `listener` whenever the last action changes. */
export function onCall(listener) {
  listeners.add(listener);
}

/** Shows a call in the footer *The same by API*. */
export function note(call) {
  lastCall = call;
  for (const listener of listeners) listener(call);
}

/**
 * Makes a call and returns its JSON.
 *
 * - `query`: parameters; undefined ones are left out.
 * - `body`: an object, which is sent as JSON; or text or a Blob, with its `type`.
 * - `quiet`: the footer does not show the call. For polls, and for look-ups that a view makes by itself.
 * - `raw`: returns the response, once its status is good.
 * - `signal`: ends the call.
 *
 * If the session has ended, a sign-in appears over the view, and the call is made again after it.
 */
export async function request(method, name, { query, body, type, headers, quiet = false, raw = false, signal } = {}) {
  const url = new URL(name, base);
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(key, value);
  }
  const isBytes = typeof body === 'string' || body instanceof Blob;
  const contentType = isBytes ? type : body === undefined ? undefined : 'application/json';
  if (!quiet) note({ method, path: url.pathname + url.search, body: isBytes ? undefined : body, type: isBytes ? type : undefined });
  for (;;) {
    const sent = session.headers;
    let response;
    try {
      response = await fetch(url, {
        method, signal, cache: 'no-store', credentials: 'omit',
        headers: { ...sent, ...headers, ...(contentType && { 'Content-Type': contentType }) },
        body: body === undefined || isBytes ? body : JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ConnectionError();
    }
    if (response.ok) return raw ? response : response.json();
    const error = await failure(response);
    // A wrong password also returns 401; only a call with a token has a session that can end.
    if (response.status !== 401 || !sent['X-Auth-Token'] || ['login', 'logout'].includes(name)) throw error;
    if (!(await session.renew(sent['X-Auth-Token'], { isAsked: !quiet }))) throw error;
  }
}

async function failure(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // The body is of a proxy: the status has to do.
  }
  return new ServerError(response.status, body, Number(response.headers.get('Retry-After')) || undefined);
}

const get = (name) => (query, options) => request('GET', name, { query, ...options });
const post = (name) => (body, options) => request('POST', name, { body, ...options });

// Sessions.

/** Signs in and returns `{ userId, authToken, me }`. */
export async function login(user, password) {
  try {
    return (await request('POST', 'login', { body: { user, password }, quiet: true })).data;
  } catch (error) {
    if (error.status === 401) error.message = loginWords[error.code] ?? loginWords[error.import.code] ?? loginWords.other;
    throw error;
  }
}

const loginWords = {
  'error-user-is-not-activated': 'This account is deactivated. Another administrator can activate it.',
  'error-login-blocked-for-user': 'Too many wrong passwords for this account. Try again in some minutes.',
  'error-login-blocked-for-ip': 'Too many wrong passwords from this address. Try again in some minutes.',
  other: 'The account does not exist, or the password is another one.',
};

export const logout = post('logout');
export const me = get('me');

// Operations.

export const importers = get('importers.list');
/** The current operation: `{ state, operation }`. */
export const status = get('import.status');
/** A page of operations: `offset`, `count`. */
export const history = get('import.history');
/** Every number of an operation: `operationId`. */
export const report = get('import.report');
/** A page of findings: `operationId`, `offset`, `count`. */
export const findings = get('import.findings');
/** A page of failures and their groups: `operationId`, `type`, `code`, `search`, `offset`, `count`. */
export const failures = get('import.failures');
/** Tries failures again: `operationId`, and `ids`, `type`, `code` or `records`. */
export const retry = post('import.retry');
/** A page of what is staged: `type`, `search`, `filter`, `without`, `counts`, `offset`, `count`. */
export const stagedRecords = get('import.records');
/** What an import would do: the body is that of `startImport`, or of `import.run`; `query` asks for records. */
export const check = (body, query, options) => request('POST', 'import.check', { body, query, ...options });
export const startImport = post('startImport');
export const run = post('import.run');
export const create = post('import.new');
/** Pause, resume, cancel: `{ operationId }`, or `{ downloads: true }`. */
export const pause = post('import.pause');
export const resume = post('import.resume');
export const cancel = post('import.cancel');
/** Takes an import back: `{ operationId, dryRun }`. */
export const undo = post('import.undo');
export const kept = get('import.undo.kept');
/** Removes an operation from the history: `{ operationId }`. */
export const remove = post('import.delete');
/** Stages people. The body is `{ users }`, or lines with their `type`. */
export const addUsers = (body, options) => request('POST', 'import.addUsers', { body, ...options });

// Files.

/** Fetches an export from the web: `{ fileUrl, importerKey }`. */
export const fetchFile = post('downloadPublicImportFile');

/** Starts reading the current operation's file. The content is not read: it may have any length. */
export async function startReading(options) {
  const response = await request('GET', 'getImportFileData', { ...options, raw: true });
  await response.body?.cancel();
}

/**
 * Uploads an export. `onProgress` gets the bytes that were sent; `signal` cancels.
 *
 * `fetch` reports no progress of a body, so this uses the older interface.
 */
export async function upload(file, importerKey, { onProgress, signal }) {
  const url = new URL('uploadImportFile', base);
  note({ method: 'POST', path: url.pathname, form: { importerKey, file: file.name } });
  for (;;) {
    const sent = session.headers;
    const response = await sendForm(url, sent, file, importerKey, onProgress, signal);
    if (response.status >= 200 && response.status < 300) return response.body;
    const error = new ServerError(response.status, response.body);
    if (response.status !== 401 || !(await session.renew(sent['X-Auth-Token']))) throw error;
  }
}

function sendForm(url, headers, file, importerKey, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append('importerKey', importerKey);
    // Browsers encode quotes in the name of a part.
    form.append('fileName', file.name);
    form.append('file', file, file.name);
    const transfer = new XMLHttpRequest();
    const abort = () => transfer.abort();
    signal?.addEventListener('abort', abort, { once: true });
    transfer.open('POST', url);
    for (const [key, value] of Object.entries(headers)) transfer.setRequestHeader(key, value);
    transfer.responseType = 'json';
    transfer.upload.onprogress = ({ loaded }) => onProgress?.(Math.min(loaded, file.size));
    transfer.onload = () => resolve({ status: transfer.status, body: transfer.response ?? {} });
    transfer.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    transfer.onerror = () => reject(new ConnectionError());
    transfer.onloadend = () => signal?.removeEventListener('abort', abort);
    if (signal?.aborted) reject(new DOMException('The upload was cancelled.', 'AbortError'));
    else transfer.send(form);
  });
}

/** Saves what a call returns as a file. */
export async function save(name, query, fileName, options) {
  const response = await request('GET', name, { query, raw: true, ...options });
  saveBlob(await response.blob(), fileName);
}

/** Saves bytes as a file. */
export function saveBlob(blob, fileName) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Downloads.

/** A page of the queue: `state`, `kind`, `offset`, `count`. */
export const downloads = get('import.downloads');
/** Queues downloads again: `ids`, or `state` and `kind`. */
export const retryDownloads = post('import.downloads.retry');
export const skipDownloads = post('import.downloads.skip');
export const downloadAvatars = post('downloadPendingAvatars');
export const downloadFiles = post('downloadPendingFiles');

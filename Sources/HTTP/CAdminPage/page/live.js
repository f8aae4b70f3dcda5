// What runs now: the progress of operations, by events, or by polling where events do not arrive.

import { report as readReport, request, status } from './api.js';
import { session } from './session.js';
import { isActive } from './words.js';

const patience = { first: 1_000, most: 15_000, poll: 2_000, idle: 15_000, silent: 40_000, own: 3_000 };

/** Resolves after a time, at once when `signal` aborts. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
  });
}

/** Resolves when the tab is visible. */
function visible(signal) {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal?.aborted) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal?.addEventListener('abort', look, { once: true });
  });
}

/** The events of a stream of Server-Sent Events: `{ event, id, data }`. */
async function* eventsOf(body, beat) {
  let [text, message] = ['', {}];
  for await (const part of chunks(body)) {
    beat();
    const lines = (text + part).split('\n');
    text = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (message.data) yield message;
        message = {};
      } else if (!line.startsWith(':')) {
        const colon = line.indexOf(':');
        message[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
      }
    }
  }
}

async function* chunks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/**
 * Follows an operation until it has ended. `onReport` gets every report as `import.events` has it; the last one has
 * `isResult`. A hidden tab asks nothing.
 */
export async function follow(operationId, onReport, signal) {
  let [lastID, wait, misses] = [undefined, patience.first, 0];
  while (!signal.aborted) {
    await visible(signal);
    if (signal.aborted) return;
    try {
      if (misses >= 3) {
        const report = await poll(operationId, signal);
        onReport(report);
        if (report.isResult) return;
        await pause(patience.poll, signal);
        continue;
      }
      const ended = await listen(operationId, lastID, (message) => {
        [lastID, wait, misses] = [message.id, patience.first, 0];
        onReport({ ...JSON.parse(message.data), isResult: message.event === 'result' });
        return message.event === 'result';
      }, signal);
      if (ended) return;
    } catch (error) {
      if (signal.aborted) return;
      if ([400, 401, 403].includes(error.status)) throw error;
    }
    if (document.hidden) continue;
    misses += 1;
    await pause(wait, signal);
    wait = Math.min(wait * 2, patience.most);
  }
}

/**
 * Follows the operation of a tab until it is not active any more, and returns it. The first report of a stream may be older
 * than what was just started, so the operation itself decides.
 */
export async function ended(page, onReport = () => {}) {
  for (;;) {
    await follow(page.operation._id, onReport, page.signal);
    if (page.signal.aborted) return page.operation;
    const operation = await page.refresh();
    if (!isActive(operation.state)) return operation;
    await pause(patience.first / 4, page.signal);
  }
}

/** Listens until the stream ends; true if it ended with the result. */
async function listen(operationId, lastID, onMessage, signal) {
  const connection = new AbortController();
  const close = () => connection.abort();
  const closeIfHidden = () => document.hidden && close();
  let silence;
  const beat = () => {
    clearTimeout(silence);
    silence = setTimeout(close, patience.silent);
  };
  signal.addEventListener('abort', close, { once: true });
  document.addEventListener('visibilitychange', closeIfHidden);
  try {
    beat();
    const response = await request('GET', 'import.events', {
      query: { operationId }, quiet: true, raw: true, signal: connection.signal,
      headers: lastID ? { 'Last-Event-ID': lastID } : undefined,
    });
    if (response.status === 204) return true;
    for await (const message of eventsOf(response.body, beat)) {
      if (onMessage(message)) return true;
    }
    return false;
  } finally {
    close();
    clearTimeout(silence);
    signal.removeEventListener('abort', close);
    document.removeEventListener('visibilitychange', closeIfHidden);
  }
}

/** A report of the form of an event, from `import.report`. */
async function poll(operationId, signal) {
  const { operation, ts } = await readReport({ operationId }, { quiet: true, signal });
  const { totals = {}, counts = {} } = operation;
  return {
    ...operation, counts, ts, operationId: operation._id, total: totals.total ?? 0, failed: totals.failed ?? 0,
    done: (totals.total ?? 0) - (totals.pending ?? 0), isResult: !isActive(operation.state),
  };
}

/** The current operation, for the bar on top of every view. */
class Current {
  #listeners = new Set();
  #work = null;
  #wake = () => {};
  /** The latest report, or null while nothing is active. */
  report = null;

  /** Calls `listener` with every report until `signal` aborts, and at once with the latest. */
  watch(listener, signal) {
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
    listener(this.report);
  }

  /** Starts to look, or looks at once: something was started or stopped. */
  refresh() {
    if (this.#work) return this.#wake();
    this.#work = new AbortController();
    this.#look(this.#work.signal);
  }

  /** Stops, at the sign-out. */
  stop() {
    this.#work?.abort();
    this.#work = null;
    this.#publish(null);
  }

  #publish(report) {
    this.report = report;
    for (const listener of this.#listeners) listener(report);
  }

  async #look(signal) {
    while (!signal.aborted) {
      await visible(signal);
      if (signal.aborted) return;
      try {
        const { state, operation } = session.account ? await status({}, { quiet: true, signal }) : {};
        if (isActive(state)) {
          await follow(operation._id, (report) => {
            this.#publish({ ...report, importerKey: operation.importerKey, file: operation.file, type: operation.type });
          }, signal);
          if (!signal.aborted) this.#publish(this.report && { ...this.report, isResult: true });
          continue;
        }
        this.#publish(null);
      } catch {
        // Without a permission or a connection there is no bar; the view itself shows the reason.
      }
      const wait = new AbortController();
      this.#wake = () => wait.abort();
      signal.addEventListener('abort', this.#wake, { once: true });
      await pause(patience.idle, wait.signal);
    }
  }
}

export const current = new Current();

/**
 * Follows an operation through the stream of the bar, since browsers allow few connections for each server. If the bar is
 * about another operation, it gets a stream of its own. The last report has `isResult`.
 */
export function watchOperation(operationId, onReport, signal) {
  let isHeard = false;
  current.watch((report) => {
    if (report?.operationId !== operationId) return;
    isHeard = true;
    onReport(report);
  }, signal);
  current.refresh();
  pause(patience.own, signal).then(() => {
    if (!isHeard && !signal.aborted) return follow(operationId, onReport, signal);
  }).catch(() => {
    // The session or the permission ended: the next action of the view shows it.
  });
}

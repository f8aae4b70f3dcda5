// Numbers, dates and durations in the reader's locale.

const whole = new Intl.NumberFormat();
const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const plurals = new Intl.PluralRules('en');

/** A whole number with separators. */
export const number = (value) => whole.format(value ?? 0);

/** A number and its noun: `count(1, 'person', 'people')`. */
export function count(value, one, other = `${one}s`) {
  return `${number(value)} ${plurals.select(value ?? 0) === 'one' ? one : other}`;
}

/** The noun alone, in the form that goes with a number. */
export const noun = (value, one, other = `${one}s`) => (plurals.select(value ?? 0) === 'one' ? one : other);

/** A part of a whole, such as 45 %; 100 % only if it is all of it. */
export function percent(part, all) {
  if (!all) return percents.format(0);
  const share = part / all;
  return percents.format(share < 1 ? Math.min(share, 0.99) : 1);
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** A number of bytes in the unit that leaves few digits. */
export function bytes(value) {
  let [amount, unit] = [value ?? 0, 0];
  while (amount >= 999.5 && unit < units.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return new Intl.NumberFormat(undefined, {
    style: 'unit', unit: units[unit], unitDisplay: unit ? 'short' : 'long',
    maximumFractionDigits: unit && amount < 99.95 ? 1 : 0,
  }).format(amount);
}

/** How many a second. */
export const rate = (value, unit) => (unit === 'bytes' ? `${bytes(value)}/s` : `${number(Math.round(value))} a second`);

/** A number of seconds in words: `0.2 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds) {
  if (seconds === undefined || seconds === null) return '–';
  if (seconds < 0.1) return `<\u00A0${tenths.format(0.1)}\u00A0s`;
  if (seconds < 10) return `${tenths.format(seconds)} s`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60 ? `${total % 60} s` : ''}`.trim();
  const minutes = Math.round(total / 60);
  return `${number(Math.floor(minutes / 60))} h ${minutes % 60 ? `${minutes % 60} min` : ''}`.trim();
}

/** The time that is left, as a range: `about 4–5 minutes left`. */
export function timeLeft(range) {
  if (!range) return '';
  const [least, most] = range;
  if (most < 5) return 'a few seconds left';
  const [size, one, other] = most < 90 ? [1, 'second', 'seconds'] : most < 5400 ? [60, 'minute', 'minutes'] : [3600, 'hour', 'hours'];
  const step = size === 1 && most >= 20 ? 5 : 1;
  const [from, to] = [Math.floor(least / size / step) * step, Math.ceil(most / size / step) * step];
  return from < 1 || from === to
    ? `about ${number(to)} ${noun(to, one, other)} left` : `about ${number(from)}–${number(to)} ${other} left`;
}

/** A date and time. */
export const dateTime = (text) => (text ? moments.format(new Date(text)) : '–');

/** A date. */
export const date = (text) => days.format(new Date(text));

/** The time of a day. */
export const time = (text) => clock.format(new Date(text));

/** A date as its distance from now, such as `3 minutes ago`; older than a week, the date itself. */
export function ago(text, now = Date.now()) {
  const seconds = Math.round((new Date(text).getTime() - now) / 1000);
  const past = Math.abs(seconds);
  if (past < 45) return 'just now';
  if (past < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (past < 86400) return relative.format(Math.round(seconds / 3600), 'hour');
  if (past < 7 * 86400) return relative.format(Math.round(seconds / 86400), 'day');
  return days.format(new Date(text));
}

// Which importer reads a file: a guess by its first bytes, or by the names in a zip archive. The server decides by the
// content; a wrong guess costs an upload.

const kinds = {
  slack: 'It is a zip archive with the files of a Slack export.',
  csv: 'It is a table of people, rooms or messages.',
  csvArchive: 'It is a zip archive with CSV tables.',
  'slack-users': 'It has the columns of Slack’s member list.',
  omnichannel_contact: 'It has the columns of contacts.',
};

// The first bytes of what people choose by mistake.
const formats = [
  { name: 'an image', bytes: [0x89, 0x50, 0x4e, 0x47] }, { name: 'an image', bytes: [0xff, 0xd8, 0xff] },
  { name: 'an image', bytes: [0x47, 0x49, 0x46, 0x38] }, { name: 'a PDF document', bytes: [0x25, 0x50, 0x44, 0x46] },
  { name: 'a document of an office program', bytes: [0xd0, 0xcf, 0x11, 0xe0] },
];

/**
 * The importer of a file, with a sentence: `{ key, words }`; `key` is undefined if the file does not show it. `isWrong` if no
 * importer reads such a file.
 */
export async function detect(file) {
  try {
    const first = new Uint8Array(await file.slice(0, 65_536).arrayBuffer());
    const begins = (...values) => values.every((value, index) => first[index] === value);
    if (file.size === 0) return { words: 'The file is empty.', isWrong: true };
    if (begins(0x50, 0x4b)) return detectInNames(await zipNames(file));
    if (begins(0x1f, 0x8b) || begins(0x42, 0x5a, 0x68) || begins(0xfd, 0x37, 0x7a) || begins(0x28, 0xb5, 0x2f, 0xfd)) {
      return { words: 'It is a compressed archive. Choose what is in it.' };
    }
    const known = formats.find(({ bytes }) => begins(...bytes));
    if (known) return { words: `It is ${known.name}, which no importer reads.`, isWrong: true };
    return detectInText(textOf(first));
  } catch {
    return { words: 'The file does not show what it is. Choose what reads it.' };
  }
}

function textOf(bytes) {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return new TextDecoder(isWide ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes);
}

function detectInText(text) {
  if (/^\uFEFF?\s*[[{]/.test(text)) {
    return { words: 'It is JSON. Importers read the zip archive of a Slack export, or CSV tables; a list of people in JSON goes to “Add people”.', isWrong: true };
  }
  const [line = ''] = text.split(/\r\n|\n|\r/);
  const columns = line.split(/[,;\t|]/).map((column) => column.replace(/[\s"_-]/g, '').toLowerCase());
  const has = (...names) => names.some((name) => columns.includes(name));
  if (columns.length < 2) return { words: 'The file does not look like a table. Choose what reads it.' };
  if (has('billingactive', 'has2fa', 'hassso') || (has('username') && has('userid') && has('fullname', 'displayname'))) {
    return { key: 'slack-users', words: kinds['slack-users'] };
  }
  if (has('phones', 'phone', 'manager') && !has('username')) return { key: 'omnichannel_contact', words: kinds.omnichannel_contact };
  return { key: 'csv', words: kinds.csv };
}

function detectInNames(names) {
  if (!names) return { words: 'The archive is cut off or damaged: the list of its files, at its end, is missing. Download or export it again.', isWrong: true };
  const files = names.map((name) => name.toLowerCase());
  const isDay = (name) => /(^|\/)\d{4}-\d{2}-\d{2}\.json$/.test(name);
  const isList = (name) => /(^|\/)(users|channels|groups|dms|mpims|org_users)\.json$/.test(name);
  if (files.some(isDay) || files.some(isList)) return { key: 'slack', words: kinds.slack };
  if (files.some((name) => /\.(csv|tsv)$/.test(name))) return { key: 'csv', words: kinds.csvArchive };
  if (files.some((name) => name === '[content_types].xml')) {
    return { words: 'It is a document of an office program. Save its table as CSV.', isWrong: true };
  }
  return { words: 'It is a zip archive without files that Ferry knows by their names. Choose what reads it.' };
}

/** Names of a zip archive, from its directory at the end; at most those in its first megabyte; null if it has none. */
async function zipNames(file) {
  const tailStart = Math.max(0, file.size - 66_000);
  const tail = new DataView(await file.slice(tailStart).arrayBuffer());
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) return null;
  let [size, start] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (start === 0xffffffff) {
    // Beyond 4 GiB the directory's place is in another record, right before its locator.
    const locator = end - 20;
    if (locator < 0 || tail.getUint32(locator, true) !== 0x07064b50) return [];
    const record = Number(tail.getBigUint64(locator + 8, true));
    const wide = new DataView(await file.slice(record, record + 56).arrayBuffer());
    [size, start] = [Number(wide.getBigUint64(40, true)), Number(wide.getBigUint64(48, true))];
  }
  const bytes = await file.slice(start, start + Math.min(size, 1 << 20)).arrayBuffer();
  const view = new DataView(bytes);
  const names = [];
  for (let at = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === 0x02014b50;) {
    const length = view.getUint16(at + 28, true);
    names.push(new TextDecoder().decode(new Uint8Array(bytes, at + 46, Math.min(length, view.byteLength - at - 46))));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return names;
}

// Reads pasted lists of people: tables with any usual separator, and JSON.

const separators = [',', ';', '\t', '|'];

/** The rows of a table: `{ rows: [{ line, cells }], separator, problem }`. Quotes as in CSV; empty rows are left out. */
export function parseTable(text) {
  const separator = guessSeparator(text);
  const rows = [];
  let [cells, cell, isQuoted, wasQuoted, line, start] = [[], '', false, false, 1, 1];
  const endCell = () => {
    cells.push(wasQuoted ? cell : cell.trim());
    [cell, wasQuoted] = ['', false];
  };
  const endRow = () => {
    endCell();
    if (cells.some((value) => value !== '')) rows.push({ line: start, cells });
    cells = [];
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\n') line += 1;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell.trim() === '') {
      [cell, isQuoted, wasQuoted] = ['', true, true];
    } else if (character === separator) {
      endCell();
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[index + 1] === '\n') {
        index += 1;
        line += 1;
      }
      endRow();
      start = line;
    } else if (!wasQuoted || character.trim() !== '') {
      cell += character;
    }
  }
  if (cell !== '' || cells.length) endRow();
  return { rows, separator, problem: isQuoted ? `A quote that begins in line ${start} does not end.` : null };
}

function guessSeparator(text) {
  const [line = ''] = text.split(/\r\n|\n|\r/, 1);
  const plain = line.replace(/"[^"]*"/g, '');
  const counts = separators.map((separator) => plain.split(separator).length);
  const most = Math.max(...counts);
  return most > 1 ? separators[counts.indexOf(most)] : ',';
}

/**
 * A list of people of any form: `{ columns, rows: [{ line, cells }], problem }`. JSON is a list of objects, an object with
 * `users`, or an object a line; its members become columns, and `line` is the number of the object or line.
 */
export function parsePeople(text) {
  const content = text.replace(/^\ufeff/, '');
  const first = content.trimStart()[0];
  if (first === '[' || first === '{') return parseJSON(content);
  const { rows, problem } = parseTable(content);
  if (problem) return { columns: [], rows: [], problem };
  if (rows.length && rows.every(({ cells }) => cells.length === 1) && !rows[0].cells[0].includes('@') && rows.length < 2) {
    return { columns: [], rows: [], problem: 'This is not a table of people: it has one value only.' };
  }
  const hasTitles = rows.length > 0 && !rows[0].cells.some((cell) => cell.includes('@'));
  const width = Math.max(0, ...rows.slice(0, 1_000).map(({ cells }) => cells.length));
  const titles = hasTitles ? rows[0].cells : [];
  return {
    columns: Array.from({ length: width }, (_, index) => titles[index] || `Column ${index + 1}`), rows: hasTitles ? rows.slice(1) : rows, problem: null,
  };
}

function parseJSON(content) {
  let values;
  try {
    const value = JSON.parse(content);
    values = Array.isArray(value) ? value : Array.isArray(value.users) ? value.users : [value];
  } catch (error) {
    const lines = content.split(/\r\n|\n|\r/);
    values = [];
    for (const [index, line] of lines.entries()) {
      if (!line.trim()) continue;
      try {
        values.push(JSON.parse(line));
      } catch {
        return { columns: [], rows: [], problem: lines.length > 1 && values.length ? `Line ${index + 1} is not JSON.` : `This is not JSON: ${error.message}.` };
      }
    }
  }
  const wrong = values.findIndex((value) => typeof value !== 'object' || value === null || Array.isArray(value));
  if (wrong >= 0) return { columns: [], rows: [], problem: `Entry ${wrong + 1} is not an object.` };
  const columns = [...new Set(values.slice(0, 1_000).flatMap((value) => Object.keys(value)))];
  const text = (value) => (value === undefined || value === null ? '' : Array.isArray(value)
    ? value.map((item) => (item && typeof item === 'object' ? item.address ?? JSON.stringify(item) : String(item))).join('; ')
    : typeof value === 'object' ? JSON.stringify(value) : String(value));
  return { columns, rows: values.map((value, index) => ({ line: index + 1, cells: columns.map((column) => text(value[column])) })), problem: null };
}

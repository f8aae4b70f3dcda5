// What is selected of one type of records: a rule, which is sent as it is, and single exceptions to it.

/** The form in which the server compares texts. */
export const folded = (text) => String(text ?? '').trim().toUpperCase().toLowerCase().normalize('NFC');

/** Whether a record of `import.records` matches `{ filter, without, search }`. */
export function matches(record, { filter = [], without = [], search = '' }) {
  const needle = folded(search);
  return filter.every((property) => record.properties.includes(property))
    && !without.some((property) => record.properties.includes(property))
    && (!needle || [record.name, record.nickname, record.username, ...(record.emails ?? []), ...(record.phones ?? [])]
      .some((text) => folded(text).includes(needle)));
}

/** A selection; `total` is how many records the type has. */
export class Selection {
  constructor(total) {
    this.total = total;
    this.selectAll();
  }

  selectAll() {
    this.set({}, this.total);
  }

  selectNone() {
    this.set(null, 0);
  }

  /** Selects what matches `{ filter, without, search }`, of which the server found `total`; null for nothing. */
  set(match, total) {
    [this.match, this.matching] = [match, total];
    [this.except, this.also] = [new Set(), new Set()];
  }

  has(record) {
    if (this.also.has(record.importId)) return true;
    return this.match !== null && !this.except.has(record.importId) && matches(record, this.match);
  }

  toggle(record) {
    if (this.also.delete(record.importId) || this.except.delete(record.importId)) return;
    (this.has(record) ? this.except : this.also).add(record.importId);
  }

  /** Selects records, or leaves them out, one by one. */
  choose(records, isSelected) {
    for (const record of records) if (this.has(record) !== isSelected) this.toggle(record);
  }

  get count() {
    return this.matching - this.except.size + this.also.size;
  }

  get isEverything() {
    return this.match !== null && !Object.keys(this.match).length && !this.except.size;
  }

  /** The rule as `startImport` takes it; undefined for everything. */
  get rule() {
    if (this.isEverything) return undefined;
    const lists = {
      ...(this.except.size && { except: [...this.except] }), ...(this.also.size && { also: [...this.also] }),
    };
    return this.match === null ? { all: false, ...lists } : { ...this.match, ...lists };
  }
}

// A storage of the browser, in memory, with as little room as a test gives it.

export class Shelf {
  map = new Map();
  room = Number.POSITIVE_INFINITY;
  get length() {
    return this.map.size;
  }
  key(index) {
    return [...this.map.keys()][index] ?? null;
  }
  getItem(key) {
    return this.map.get(key) ?? null;
  }
  setItem(key, text) {
    if (text.length > this.room) throw new DOMException('full', 'QuotaExceededError');
    this.map.set(key, text);
  }
  removeItem(key) {
    this.map.delete(key);
  }
}

// Splits a GGUF file into shards, as llama.cpp's `gguf-split` does: all metadata in the first, in each which one it is,
// and a directory and data of its own. Written from the description of the format (ggml's `docs/gguf.md`).

const ALIGNMENT = 32;
/** Bytes of a value of each type; strings (8) and arrays (9) say themselves how long they are. */
const WIDTHS = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const U16 = 2;
const I32 = 5;

/** What `gguf-split` calls the files. */
export function shardName(name, number, count) {
  const digits = (n) => String(n).padStart(5, '0');
  return `${name}-${digits(number)}-of-${digits(count)}.gguf`;
}

/** The shards of a file; `counts` says how many tensors each has. */
export function split(file, counts) {
  const { entries, entriesCount, tensors } = read(file);
  if (counts.reduce((sum, count) => sum + count, 0) !== tensors.length) {
    throw new Error(`the file has ${tensors.length} tensors`);
  }
  let next = 0;
  return counts.map((count, no) => {
    const own = tensors.slice(next, next + count);
    next += count;
    const split = [
      entry('split.no', U16, no),
      entry('split.count', U16, counts.length),
      entry('split.tensors.count', I32, tensors.length),
    ];
    const metadata = no === 0 ? [entries, ...split] : split;
    return write(no === 0 ? entriesCount + 3 : 3, metadata, own);
  });
}

/** How many tensors a file has. */
export function tensorsOf(file) {
  return Number(file.readBigUInt64LE(8));
}

function read(file) {
  const tensorsCount = tensorsOf(file);
  const entriesCount = Number(file.readBigUInt64LE(16));
  let at = 24;
  const u64 = () => {
    at += 8;
    return Number(file.readBigUInt64LE(at - 8));
  };
  const u32 = () => {
    at += 4;
    return file.readUInt32LE(at - 4);
  };
  const string = () => {
    const length = u64();
    at += length;
    return file.subarray(at - length, at);
  };
  const skip = (type) => {
    if (type === 8) return string();
    at += WIDTHS[type];
  };

  for (let n = 0; n < entriesCount; n++) {
    if (String(string()) === 'general.alignment') throw new Error('only the default alignment');
    const type = u32();
    if (type !== 9) skip(type);
    else {
      const items = u32();
      for (let left = u64(); left > 0; left--) skip(items);
    }
  }
  const entries = file.subarray(24, at);

  const tensors = Array.from({ length: tensorsCount }, () => {
    const start = at;
    string();
    for (let dimensions = u32(); dimensions > 0; dimensions--) u64();
    u32();
    const head = file.subarray(start, at);
    return { head, offset: u64() };
  });
  const data = pad(at);
  const ends = tensors.map(({ offset }) => offset).sort((one, other) => one - other);
  for (const tensor of tensors) {
    const end = ends[ends.indexOf(tensor.offset) + 1];
    const stop = end === undefined ? file.length : data + end;
    tensor.bytes = file.subarray(data + tensor.offset, stop);
  }
  return { entries, entriesCount, tensors };
}

function write(entriesCount, metadata, tensors) {
  const head = Buffer.alloc(24);
  head.write('GGUF');
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(BigInt(tensors.length), 8);
  head.writeBigUInt64LE(BigInt(entriesCount), 16);
  const parts = [head, ...metadata];
  let offset = 0;
  for (const { head, bytes } of tensors) {
    const place = Buffer.alloc(8);
    place.writeBigUInt64LE(BigInt(offset));
    parts.push(head, place);
    offset += pad(bytes.length);
  }
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  const padding = (to) => {
    const zeros = Buffer.alloc(pad(to) - to);
    length += zeros.length;
    return zeros;
  };
  parts.push(padding(length));
  for (const { bytes } of tensors) {
    length += bytes.length;
    parts.push(bytes, padding(length));
  }
  return Buffer.concat(parts);
}

function entry(key, type, value) {
  const width = WIDTHS[type];
  const bytes = Buffer.alloc(8 + key.length + 4 + width);
  bytes.writeBigUInt64LE(BigInt(key.length));
  bytes.write(key, 8);
  bytes.writeUInt32LE(type, 8 + key.length);
  bytes.writeUIntLE(value, 12 + key.length, width);
  return bytes;
}

function pad(length) {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

// The records of a built package without white space, which is two fifths of them: node pkg/compact.mjs FOLDER
// `cargo xtask build` runs this on pkg/dist.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const records = join(process.argv[2], 'records');
for (const name of readdirSync(records).filter((name) => name.endsWith('.json'))) {
  const path = join(records, name);
  writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))));
}

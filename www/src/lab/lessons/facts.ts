/** The recorded numbers that captions name. */
import { defaultModel } from 'shotglass';
import { wilson } from 'shotglass/experiments';
import type { PresetId } from 'shotglass/presets';
import { begun, calibrated, right, said, sizeOf, sure } from '../../measured/figures.ts';
import { measuredOf } from '../../measured/measured.ts';
import { type Preset, presetById } from '../../presets/index.ts';
import type { Recorded } from '../../recorded/types.ts';
import type { Facts } from '../../strings/facts.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { formatBytes } from '../../util/numerals.ts';
import { promptTokens } from '../recorded/prompt-tokens.ts';
import { type QueryResult, type RecordedQuery, recordedQueries } from '../recorded/queries.ts';
import { recordedText } from '../recorded/reading.ts';

const utf8 = new TextDecoder();

/** The facts of some records, by the id of their preset. */
export function factsOf(records: ReadonlyMap<PresetId, Recorded>): Facts {
  const recordOf = (id: PresetId): Recorded => {
    const record = records.get(id);
    if (!record) throw new Error(`The record of ${id} is not there.`);
    return record;
  };
  const at = (id: PresetId, query: string, shots: number) =>
    resultOf(recordedQueries(presetById(id), recordOf(id)), query, shots);
  const best = (id: PresetId, query: string, shots: number) => {
    const [word] = at(id, query, shots).words;
    if (!word) throw new Error(`No word is recorded after ${query} in ${id}.`);
    return word;
  };
  const interval = (id: PresetId, shots: number) =>
    wilson(right(measuredOf(id), shots), sizeOf(measuredOf(id)));
  const labelAt = (id: PresetId, label: string) => {
    const index = presetById(id).task.labels?.indexOf(label) ?? -1;
    if (index === -1) throw new Error(`${label} is no label of ${id}.`);
    return index;
  };
  return {
    p: (id, query, shots) => {
      const { answer } = at(id, query, shots);
      if (answer === null) throw new Error(`No answer to ${query} is right in ${id}.`);
      return formatProbability(Math.exp(answer));
    },
    word: (id, query, shots) => best(id, query, shots)[0].trim(),
    top: (id, query, shots) => formatProbability(best(id, query, shots)[1]),
    labels: (id, shots) => formatProbability(at(id, '', shots).classification?.mass ?? Number.NaN),
    n: (id) => sizeOf(measuredOf(id)),
    rows: (id, label) => presetById(id).rows.filter(({ output }) => output === label).length,
    right: (id, shots, side) => right(measuredOf(id), shots, side),
    said: (id, shots, label) => said(measuredOf(id), shots, labelAt(id, label)),
    calibrated: (id, shots) => calibrated(measuredOf(id), shots),
    begun: (id, shots) => begun(measuredOf(id), shots),
    accuracy: (id, shots) => whole(right(measuredOf(id), shots) / sizeOf(measuredOf(id))),
    low: (id, shots) => whole(interval(id, shots).low),
    high: (id, shots) => whole(interval(id, shots).high),
    sure: (id, shots, were) => formatProbability(sure(measuredOf(id), shots, were)),
    bits: (id, shots, word) => bitsOf(presetById(id), recordOf(id), shots, word).toFixed(1),
    megabytes: formatBytes(defaultModel.bytes),
  };
}

function whole(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function resultOf(queries: readonly RecordedQuery[], query: string, shots: number): QueryResult {
  const asked = query === '' ? queries[0] : queries.find((one) => one.query === query);
  const result = asked?.results[shots];
  if (!result) throw new Error(`${query} is not recorded after ${shots} examples.`);
  return result;
}

/** Surprisal of the first place where the text of a token is that word. */
function bitsOf(preset: Preset, record: Recorded, shots: number, word: string): number {
  const tokens = promptTokens(record, shots, recordedText(preset, shots));
  const found = tokens.find(({ bytes }) => utf8.decode(bytes).trim() === word);
  if (!found || found.logprob === null) throw new Error(`${word} is no token of the prompt.`);
  return -found.logprob / Math.LN2;
}

/** What the reader chose for the experiments on a task, as it is read back from where it was kept. */
import type { Draft } from '../app/state.ts';
import { field, fields, integer, list, oneOf, text } from '../share/packed/check.ts';
import { calibrations } from '../why/evaluate/calibrations.ts';
import type { WhyChoices } from '../why/question.ts';

const mostRows = 100_000;
const mostDraws = 1000;

export type KeptChoices = Omit<WhyChoices, 'closer' | 'sentences' | 'lookAt' | 'against'>;

/** Under what the choices of a task are kept. */
export function taskOfChoices({ id, preset }: Draft): string {
  return id ?? preset ?? '';
}

/** Null where there are none, or none that can be read. */
export function readChoices(value: unknown): KeptChoices | null {
  try {
    return unpacked(value);
  } catch {
    return null;
  }
}

function unpacked(value: unknown): KeptChoices {
  const of = fields(value, 'choices');
  const [rows, given] = [field(of, 'rows'), field(of, 'given')];
  const draws = fields(field(of, 'draws'), 'draws');
  const draw = (name: 'seeds' | 'orders') => integer(field(draws, name), name, 1, mostDraws);
  return {
    rows:
      rows === null ? null : list(rows, 'rows', (row) => texts(row, 'input', 'output'), mostRows),
    shots: list(field(of, 'shots'), 'shots', (k, where) => integer(k, where, 0, mostRows)),
    draws: { seeds: draw('seeds'), orders: draw('orders') },
    calibration: oneOf(field(of, 'calibration'), 'calibration', calibrations),
    holdOut: integer(field(of, 'holdOut'), 'holdOut', 0, mostRows),
    given: given === null ? null : texts(given, 'query', 'answer'),
  };
}

function texts<First extends string, Second extends string>(
  value: unknown,
  first: First,
  second: Second,
): Record<First | Second, string> {
  const of = fields(value, 'pair');
  const pair = {
    [first]: text(field(of, first), first),
    [second]: text(field(of, second), second),
  };
  return pair as Record<First | Second, string>;
}

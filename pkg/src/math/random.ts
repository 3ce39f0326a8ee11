import * as check from '../util/validate.js';

/** Random numbers from a seed. The same seed gives the same numbers. */
export interface Random {
  /** A uniform integer from 0 to `below − 1`. */
  integer(below: number): number;
  /** A new array with the same items in a random order (Fisher–Yates). */
  shuffled<Item>(items: readonly Item[]): Item[];
}

/**
 * Random numbers by SplitMix64 (Steele et al. 2014, figure 1), as in the sampler of the engine.
 *
 * @param seed - An integer of at least 0.
 * @throws {@link ShotglassError} `invalid-option` for any other seed.
 */
export function random(seed: number): Random {
  check.integer('seed', seed, 0);
  let state = BigInt.asUintN(64, BigInt(seed));
  const next = () => {
    state = BigInt.asUintN(64, state + 0x9e37_79b9_7f4a_7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn);
    return z ^ (z >> 31n);
  };
  const integer = (below: number) => Number(((next() >> 11n) * BigInt(below)) >> 53n);
  return {
    integer,
    shuffled: (items) => {
      const all = [...items];
      for (let i = all.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [all[i], all[j]] = [all[j] as (typeof all)[number], all[i] as (typeof all)[number]];
      }
      return all;
    },
  };
}

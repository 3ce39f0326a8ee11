/** What the reader can choose of an evaluation. */

/** The numbers of shots that are offered: 0, 1, 2, 4, 8, and so on, up to all there are. */
export function offeredShots(pool: number): number[] {
  const offered = [0];
  for (let k = 1; k <= pool && k <= 32; k *= 2) offered.push(k);
  return offered;
}

export const offeredSeeds = [1, 2, 3, 5, 10] as const;
export const offeredOrders = [1, 2, 4, 8] as const;

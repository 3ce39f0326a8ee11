/** Runs that ship with the page, so that all of it can be seen before a download. */
import type { TransferRun } from '../app/transfer.ts';

export async function recordedRuns(): Promise<readonly TransferRun[]> {
  const files = await Promise.all([
    import('../measured/transfer/past-tense.json'),
    import('../measured/transfer/plural.json'),
    import('../measured/transfer/sentiment.json'),
  ]);
  // What is recorded is written by `cargo xtask record` in this very shape.
  return files.map(({ default: run }) => ({
    ...(run as unknown as TransferRun),
    isRecorded: true,
  }));
}

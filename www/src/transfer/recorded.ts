/** Runs that ship with the page, so that all of it can be seen before a download. */
import type { RecordedComparison, TransferRun } from '../app/transfer.ts';
import { presetById } from '../presets/index.ts';

/** All of these are written by `cargo xtask record` in this very shape. */
export async function recorded(): Promise<{
  runs: readonly TransferRun[];
  comparison: RecordedComparison;
}> {
  const [{ default: comparison }, ...files] = await Promise.all([
    import('../measured/transfer/comparison.json'),
    import('../measured/transfer/run-past-tense.json'),
    import('../measured/transfer/run-plural.json'),
    import('../measured/transfer/run-sentiment.json'),
  ]);
  const { preset, ...about } = comparison as unknown as Omit<RecordedComparison, 'task'>;
  return {
    runs: files.map(({ default: run }) => ({
      ...(run as unknown as TransferRun),
      isRecorded: true,
    })),
    comparison: {
      ...{ preset, ...about },
      get task() {
        return presetById(preset).name;
      },
    },
  };
}

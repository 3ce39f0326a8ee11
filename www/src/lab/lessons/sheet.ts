/** What a worksheet prints of the steps of a lesson. */
import type { LessonStep, SheetStep } from '../../app/lesson.ts';
import { presetOf } from '../../app/own-task.ts';
import { promptOf } from '../../app/prompt.ts';
import { modelName } from '../../app/source.ts';
import type { PresetId } from '../../presets/preset.ts';
import type { Recorded } from '../../recorded/types.ts';
import { ladderOf } from '../recorded/ladder.ts';
import { placeOf, recordedQueries } from '../recorded/queries.ts';

export function sheetOf(
  steps: readonly LessonStep[],
  records: ReadonlyMap<PresetId, Recorded>,
): SheetStep[] {
  return steps.map(({ draft, caption, question }) => {
    const prompt = promptOf(draft).text;
    const preset = presetOf(draft);
    const record = preset && records.get(preset.id);
    if (!record) return { caption, question, prompt, figure: null };
    const queries = recordedQueries(preset, record);
    const place = placeOf(preset, queries, prompt);
    const asked = place && queries[place.query];
    if (!asked) return { caption, question, prompt, figure: null };
    const { answer, columns } = ladderOf(asked, place.shots);
    const bars = columns.map(({ k, p, name }) => ({ k, p, name: name ?? '' }));
    const figure = { answer: answer ?? '', at: place.shots, bars, model: modelName(record.model) };
    return { caption, question, prompt, figure };
  });
}

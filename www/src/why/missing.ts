import type { Need } from '../app/lab-model.ts';
import { strings } from '../strings/index.ts';
import type { Obstacle } from './evaluate/pair/pairing.ts';
import type { Experiment } from './experiment.ts';
import type { Question } from './figure.ts';
import { areTwo } from './sentences/fields.ts';

/** What an experiment needs of a model: free answers to rows are written, and not scored. */
export function needOf({ needs, asks }: Experiment, { isFree }: Question): Need | null {
  return needs ?? (asks === 'rows' && isFree ? null : 'scores');
}

/** Why an experiment cannot run, if it cannot. `isText`: the prompt is written as text, and has no table. */
export function missingFor(
  {
    demonstrations = 0,
    needsTable,
    needsLabels,
    needsPinned,
    atOwnShots,
    overTable,
    asks,
  }: Experiment,
  { task, isFree, labels, pinned, sentences, ...question }: Question,
  { isText, hasModel }: { isText: boolean; hasModel: boolean },
): string | null {
  const words = strings.why;
  const { rows, shots } = needsPinned && pinned ? pinned : question;
  if (asks === 'sentences') {
    if (sentences && !areTwo(sentences)) return strings.choosing.sentences.needs;
    return hasModel ? null : words.needsModel;
  }
  if (needsTable && isText) return words.needsTable;
  if (overTable && question.train.length === 0) return words.needsDemonstrations(1);
  if (task.demonstrations.length < demonstrations) return words.needsDemonstrations(demonstrations);
  if (needsPinned && pinned?.obstacle) return obstacleText(pinned.obstacle);
  if (needsLabels && isFree) return strings.probing.needsLabels;
  if (asks === 'rows') {
    if (rows.length === 0) return words.needsRows;
    if (!atOwnShots && shots.length === 0) return words.needsShots;
  }
  if (asks === 'nothing') return hasModel ? null : words.needsModel;
  if (!isFree && labels.length < 2) return words.needsLabels;
  if (isFree && !asks && labels.length === 0) return words.needsRivals;
  return hasModel ? null : words.needsModel;
}

function obstacleText(obstacle: Obstacle): string {
  const words = strings.pair.obstacles;
  switch (obstacle.kind) {
    case 'text':
      return words.text;
    case 'free':
      return obstacle.which === 'a' ? words.freeA : words.freeNow;
    case 'labels':
      return words.labels(listed(obstacle.a), listed(obstacle.now));
    case 'rows':
      return words.rows(obstacle.a, obstacle.now);
    case 'same':
      return words.same;
  }
}

const mostNames = 6;

function listed(names: readonly string[]): string {
  const more = names.length > mostNames ? ['…'] : [];
  return [...names.slice(0, mostNames), ...more].join(strings.words.comma);
}

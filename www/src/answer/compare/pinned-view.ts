import type { Classification } from 'shotglass';
import type { JobState } from '../../app/job.ts';
import type { Ladder } from '../ladder/ladder.ts';
import type { Tree } from '../tree/tree.ts';
import type { ToldPair } from './compare.ts';
import type { Held, SideBySide } from './side-by-side.ts';

/** What is drawn of the pinned prompt beside the present one; null where it is not known, or of another model. */
export interface PinnedView {
  held: Held;
  /** Whose numbers A's are, or why there are none; null where the model here has answered both. */
  note: string | null;
  /** The tokens of both, by the model. */
  sideBySide: JobState<SideBySide>;
  /** The most probable tokens of both, where there is no model to ask. */
  told: ToldPair | null;
  classification: Classification | null;
  tree: Tree | null;
  /** What the model would write after it. */
  text: JobState<string>;
  ladder: Ladder | null;
}

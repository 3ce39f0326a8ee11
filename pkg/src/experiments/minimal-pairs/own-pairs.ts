import type { MinimalPair } from './index.js';

/** For each paradigm its pairs: the acceptable sentence, then the other one. */
const paradigms: Record<string, readonly [good: string, bad: string][]> = {
  'subject-verb agreement': [
    ['The windows of this house face north.', 'The windows of this house faces north.'],
    ['A box of small nails was under the bench.', 'A box of small nails were under the bench.'],
    ['The girl who feeds the horses sings.', 'The girl who feeds the horses sing.'],
    [
      'The key that the guards lost is made of iron.',
      'The key that the guards lost are made of iron.',
    ],
    ['The sounds from the room upstairs annoy us.', 'The sounds from the room upstairs annoys us.'],
  ],
  'anaphor agreement': [
    ['My sister taught herself to swim.', 'My sister taught himself to swim.'],
    ['The boys hid themselves behind the barn.', 'The boys hid himself behind the barn.'],
    ['The king praised himself in public.', 'The king praised herself in public.'],
    ['The woman who met the dancers saw herself.', 'The woman who met the dancers saw themselves.'],
    ['The sons of the queen washed themselves.', 'The sons of the queen washed herself.'],
  ],
  'determiner-noun agreement': [
    ['He painted these doors last summer.', 'He painted these door last summer.'],
    ['She lost this letter on the train.', 'She lost this letters on the train.'],
    ['I have read that long report.', 'I have read those long report.'],
    ['We washed these small green apples.', 'We washed this small green apples.'],
    ['Who moved those old, heavy tables?', 'Who moved that old, heavy tables?'],
  ],
  'irregular forms': [
    ['The children went home after lunch.', 'The children gone home after lunch.'],
    ['She has written three long letters.', 'She has wrote three long letters.'],
    ['The old dog drank all the water.', 'The old dog drunk all the water.'],
    ['The broken chair stood in the corner.', 'The broke chair stood in the corner.'],
    ['The hidden letter was found in May.', 'The hid letter was found in May.'],
  ],
  islands: [
    ['What did the guest eat with the bread?', 'What did the guest eat the bread and?'],
    ['Who did Anna say that the teacher met?', 'Who did Anna meet the teacher that saw?'],
    ['Whose car did the neighbor wash?', 'Whose did the neighbor wash car?'],
    ['Which book did she buy before she left?', 'Which book did she leave before she bought?'],
    ['Who did he think that the dog bit?', 'Who did he wonder why the dog bit?'],
  ],
  'negative polarity': [
    ['Nobody has ever seen the key.', 'Everybody has ever seen the key.'],
    ['The guests did not eat any cake.', 'The guests did eat any cake.'],
    ['Few people ever visit the island.', 'Many people ever visit the island.'],
    [
      'No book that the critics liked has ever won.',
      'The book that no critics liked has ever won.',
    ],
    ['Only Maria would ever sell the farm.', 'Even Maria would ever sell the farm.'],
  ],
  'argument structure': [
    ['The noise woke the baby.', 'The noise slept the baby.'],
    ['The tourists admired the bridge.', 'The tourists smiled the bridge.'],
    ['The old man laughed.', 'The old man devoured.'],
    ['The teacher gave the pupils a book.', 'The teacher explained the pupils a book.'],
    ['The letter was opened by the clerk.', 'The letter was arrived by the clerk.'],
  ],
  quantifiers: [
    ['There was a cat in the garden.', 'There was every cat in the garden.'],
    ['There are no chairs in the hall.', 'There are all chairs in the hall.'],
    ['She drank too much coffee.', 'She drank too many coffee.'],
    ['Nobody has more than two sons.', 'Nobody has at least two sons.'],
    ['No boat can carry more than six men.', 'No boat can carry at least six men.'],
  ],
};

/**
 * Forty pairs to begin with, five for each of eight paradigms. The paradigms are those of BLiMP's categories; the
 * sentences were written for this package.
 */
export const ownPairs: readonly MinimalPair[] = Object.entries(paradigms).flatMap(
  ([paradigm, pairs]) => pairs.map(([good, bad]) => ({ good, bad, paradigm })),
);

import type { LessonWords } from '../../facts.ts';

export const tour: LessonWords = {
  title: 'Tour',
  about: 'The first screen in six steps.',
  steps: [
    (f) => ({
      caption: `This slider says how many examples stand before the question. At 0 there are none, and the model does not know what you want: “horses” gets ${f.p('plural', '', 0)}.`,
    }),
    (f) => ({
      caption: `At 1 the prompt begins with cat → cats. Now “horses” gets ${f.p('plural', '', 1)}. Drag the slider to 4 yourself, or go on.`,
    }),
    (f) => ({
      caption: `At 4 “horses” gets ${f.p('plural', '', 4)}. Here is the exact prompt, and its colour is the surprisal: how little the model expected a word. “cats” had ${f.bits('plural', 4, 'cats')} bits, “boxes” ${f.bits('plural', 4, 'boxes')} and “knives” ${f.bits('plural', 4, 'knives')}: by then the model expected a plural.`,
    }),
    (f) => ({
      caption: `Each of these words can be asked without a download. “mouse” becomes “${f.word('plural', 'mouse', 4)}”, with ${f.p('plural', 'mouse', 4)}.`,
    }),
    (f) => ({
      caption: `Your own task begins here, with “New task…”: a few examples and a question. For this the page loads the model, ${f.megabytes}, once. It runs on your device, and what you type stays there.`,
    }),
    (f) => ({
      caption: `Not everything can be shown by example. After four worked sums the model answers “${f.word('arithmetic', '', 4)}” for 48 plus 76; of ${f.n('arithmetic')} test sums it gets ${f.right('arithmetic', 4)} right. A model this small continues patterns. It does not calculate.`,
    }),
  ],
};

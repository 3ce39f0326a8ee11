import type { LessonWords } from '../../facts.ts';

export const fewShot: LessonWords = {
  title: 'Few-shot in ten minutes',
  about: 'What examples in a prompt do, why they work, and where they stop helping.',
  steps: [
    (f) => ({
      caption: `The model reads “horse” and nothing else: no instruction, no example. It cannot know that you want the plural. Its most probable next word is “${f.word('plural', '', 0)}”. “horses” gets ${f.p('plural', '', 0)}.`,
    }),
    (f) => ({
      question:
        'Now one example stands before the question: cat → cats. Will “horses” be the most probable word?',
      caption: `Yes. One example takes “horses” to ${f.p('plural', '', 1)}. The model itself has not changed. Only the text before the question has.`,
    }),
    (f) => ({
      caption: `A second example, box → boxes, takes “horses” to ${f.p('plural', '', 2)}. One example can mean many things. Two show a pattern. Each bar of this chart is the same question after one more example.`,
    }),
    (f) => ({
      caption: `This is the exact text that the model reads. The darker a word, the less the model expected it. The first answer, “cats”, had a surprisal of ${f.bits('plural', 4, 'cats')} bits. “boxes” had ${f.bits('plural', 4, 'boxes')}, and “knives” only ${f.bits('plural', 4, 'knives')}. The model picked up the pattern while reading. This is called in-context learning.`,
    }),
    (f) => ({
      question:
        'Back to two examples. Both only add letters: cats, boxes. Will the model answer “mice” for “mouse”?',
      caption: `Yes, with ${f.p('plural', 'mouse', 2)}. Two regular plurals cannot teach it “mice”. It must have read that word in training. The examples only told it what you want.`,
    }),
    (f) => ({
      question: 'Still two examples. Will the model answer “sheep” for “sheep”?',
      caption: `No. It answers “${f.word('plural', 'sheep', 2)}” with ${f.top('plural', 'sheep', 2)}, and “sheep” gets ${f.p('plural', 'sheep', 2)}. After one example “sheep” had ${f.p('plural', 'sheep', 1)}. Two examples that add letters suggest a rule that does not hold here. More examples are not always better.`,
    }),
    (f) => ({
      caption: `Another task: a country, then its capital. After four examples the model answers “${f.word('capital', 'South Korea', 4)}” for South Korea, with ${f.top('capital', 'South Korea', 4)}.`,
    }),
    (f) => ({
      question:
        'The capital of Morocco is Rabat. Does the model know it, after the same four examples?',
      caption: `No. It answers “${f.word('capital', 'Morocco', 4)}”, and “Rabat” gets ${f.p('capital', 'Morocco', 4)}. Examples add no knowledge. They bring out what is there: of ${f.n('capital')} test countries the model gets ${f.right('capital', 0)} right without examples and ${f.right('capital', 4)} with four.`,
    }),
    (f) => ({
      caption: `This is a limit. After eight worked sums the model answers “${f.word('arithmetic', '', 8)}” for 48 plus 76. It has learned to answer with a number, but not to add. Of ${f.n('arithmetic')} test sums it gets ${f.right('arithmetic', 8)} right.`,
    }),
    (f) => ({
      caption: `Now your own task. Leave the lesson and choose “New task…” in this list. Write two or three examples and a question. To answer your own text the page needs the model: ${f.megabytes}, downloaded once.`,
    }),
  ],
};

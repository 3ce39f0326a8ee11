import type { LessonWords } from '../../facts.ts';

export const bias: LessonWords = {
  title: 'Is it bias?',
  about: 'Why a model may prefer one label whatever the text says, and how to find out.',
  steps: [
    (f) => ({
      caption: `Is a film review good or bad? The answer should be one of two labels, Negative or Positive. Without examples these two together get only ${f.labels('sentiment', 0)} of the probability. The model does not know yet that a label is wanted.`,
    }),
    (f) => ({
      caption: `After four examples the two labels together get ${f.labels('sentiment', 4)}, and this good review gets “${f.word('sentiment', '', 4)}”. It looks as if the task were solved.`,
    }),
    (f) => ({
      question:
        'Here is a bad review, after the same four examples: two good ones and two bad ones. Will the answer be Negative?',
      caption: `No. Of ${f.n('sentiment')} test reviews ${f.rows('sentiment', 'Negative')} are bad, but the model answers Positive to ${f.said('sentiment', 4, 'Positive')}. It gets ${f.right('sentiment', 4)} right, exactly as many as a rule that always says Positive. One correct answer showed nothing.`,
    }),
    (f) => ({
      question:
        'Now all four examples are Positive. The same bad review follows. Will the answer be Negative?',
      caption: `No. Negative gets ${f.p('imbalanced', '', 4)}. The model prefers the label that it has seen most often in the prompt. Zhao et al. (2021) call this majority label bias.`,
    }),
    (f) => ({
      caption: `The sixth example is the first Negative one, and it stands last. Negative goes from ${f.p('imbalanced', '', 5)} to ${f.p('imbalanced', '', 6)}. The examples nearest to the question weigh most. This is recency bias, and it is the reason to try several orders.`,
    }),
    (f) => ({
      caption: `News in four classes. The only example is Business. Of ${f.n('topics')} articles the model then answers Business to ${f.said('topics', 1, 'Business')} and gets ${f.right('topics', 1)} right.`,
    }),
    (f) => ({
      caption: `Calibration measures this bias and divides it out. It asks with an empty article and notes which label the model prefers even then. After the division ${f.calibrated('topics', 1)} of ${f.n('topics')} are right instead of ${f.right('topics', 1)}. With the model loaded, Calibrate does this for your own prompt.`,
    }),
    (f) => ({
      caption: `Calibration is not a cure. With the four Positive examples it brings ${f.calibrated('imbalanced', 4)} of ${f.n('imbalanced')} right instead of ${f.right('imbalanced', 4)}. Measure before you rely on it.`,
    }),
    (f) => ({
      question:
        'Now every example has the wrong label: good reviews are called Negative, bad ones Positive. Will this good review still get Positive?',
      caption: `Yes, with ${f.p('flipped', '', 4)}. Over the test reviews the model gives the true label to ${f.right('flipped', 4)} of ${f.n('flipped')} after four such examples and to ${f.right('flipped', 8)} after eight. It takes the form of an answer from them more than the meaning of the labels (Min et al. 2022).`,
    }),
    (f) => ({
      question:
        'Five examples, and one is wrong: red apple → vegetable. Will “green apple” be a fruit?',
      caption: `No: “${f.word('bad-example', '', 5)}”. “fruit” gets ${f.p('bad-example', '', 5)}. One wrong example is enough: with it ${f.right('bad-example', 5)} of ${f.n('bad-example')} test rows are right, without it ${f.right('bad-example', 4, 'mended')}. Read your examples before you blame the model.`,
    }),
  ],
};

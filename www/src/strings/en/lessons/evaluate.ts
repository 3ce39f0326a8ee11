import type { LessonWords } from '../../facts.ts';

export const evaluate: LessonWords = {
  title: 'How to evaluate a prompt',
  about: 'Test rows, intervals, baselines, and the choices that make a number honest.',
  steps: [
    (f) => ({
      caption: `“horses”, with ${f.p('plural', '', 4)}. This looks convincing and proves little: it is one question, and somebody chose it. To judge a prompt, ask it many questions.`,
    }),
    (f) => ({
      caption: `With four examples the model gets ${f.right('plural', 4)} of ${f.n('plural')} test nouns right. None of these nouns is among the examples, so no answer can be copied from the prompt. Such rows are called held out.`,
    }),
    (f) => ({
      caption: `With one example it gets ${f.right('plural', 1)} of ${f.n('plural')} right, which is ${f.accuracy('plural', 1)}. How exact is that number? With so few rows the 95% interval (Wilson) goes from ${f.low('plural', 1)} to ${f.high('plural', 1)}. Always give the interval with the number.`,
    }),
    (f) => ({
      caption: `Film reviews: ${f.right('sentiment', 4)} of ${f.n('sentiment')} are right with four examples, ${f.right('sentiment', 8)} with eight. The intervals are ${f.low('sentiment', 4)} to ${f.high('sentiment', 4)} and ${f.low('sentiment', 8)} to ${f.high('sentiment', 8)}, and they overlap a little. Eight examples are probably better here, but more rows would tell.`,
    }),
    (f) => ({
      caption: `Compare with the simplest rule. ${f.rows('sentiment', 'Positive')} of the ${f.n('sentiment')} reviews are good, so a rule that always says Positive gets ${f.rows('sentiment', 'Positive')} right. With four examples the model also gets ${f.right('sentiment', 4)}. So far it is no better than the rule.`,
    }),
    (f) => ({
      caption: `With none, one, two, four and eight examples the model gets ${f.right('sentiment', 0)}, ${f.right('sentiment', 1)}, ${f.right('sentiment', 2)}, ${f.right('sentiment', 4)} and ${f.right('sentiment', 8)} of ${f.n('sentiment')} right. Whoever reports the best of these also reports some luck. Choose the number of examples on one set of rows, and report the result on another.`,
    }),
    (f) => ({
      caption: `It matters which examples you use. With these five ${f.right('bad-example', 5)} of ${f.n('bad-example')} test rows are right. Without the third one, which is wrong, it is ${f.right('bad-example', 4, 'mended')}. So draw the examples at random several times, with a seed for each draw, and report the mean and the spread.`,
    }),
    (f) => ({
      caption: `What counts as right is also a choice. In these examples two spaces stand before each answer. If spaces are ignored, ${f.right('double-space', 4)} of ${f.n('double-space')} answers are right. If the first token must match, it is ${f.begun('double-space', 4)}. Write down the rule that you used.`,
    }),
    (f) => ({
      caption: `A high probability does not make an answer true. On short questions with four examples, right answers have ${f.sure('qa', 4, 'sureRight')} on average and wrong ones ${f.sure('qa', 4, 'sureWrong')}. The two are not far apart.`,
    }),
    (f) => ({
      caption: `Now measure your own prompt. Evaluate, here under Why, keeps test rows apart, draws examples by seed and gives the intervals. It needs the model: ${f.megabytes}, downloaded once.`,
    }),
  ],
};

import './ui/theme.css';
import './ui/controls.css';
import './shell/layout.css';
import './prompt/prompt.css';
import './prompt/tasks/task-picker.css';
import './prompt/table.css';
import './prompt/lab-queries.css';
import './prompt/import.css';
import './tokens/exact.css';
import './elements/strip.css';
import './tokens/alternatives.css';
import './tokens/raw.css';
import './tokens/lint.css';
import './answer/answer.css';
import './answer/labels/labels.css';
import './answer/ladder/ladder.css';
import './why/why.css';
import './why/effects/why-effects.css';
import './why/choose/choose.css';
import './why/heads/heads.css';
import './why/lens/lens.css';
import './why/order/why-order.css';
import './why/patch/patch.css';
import './why/variants/why-variants.css';
import './why/calibration/why-calibration.css';
import './why/evaluate/evaluate.css';
import './why/evaluate/pair/pair.css';
import './why/models/models.css';
import './why/layers/layers.css';
import './why/probe/probe.css';
import './why/vector/vector.css';
import './answer/tree/tree.css';
import './figure/figure.css';
import './story/story.css';
import './story/attention.css';
import './story/scaling.css';
import './share/share.css';
import './shell/first.css';
import { LabOpening } from './shell/lab-opening.ts';
import { chosenLanguage } from './shell/language.ts';
import { speak } from './strings/index.ts';

/** The longest that the lab waits for the masthead: a tab that nobody sees is not painted. */
const paintMs = 100;

void open();

/**
 * The name alone is in the file, because it is the same in every language. The masthead is painted in its place while the
 * rest is still read by the browser. All of it is made once its words and its state are there, so that nobody sees it in
 * two languages or two states.
 */
async function open(): Promise<void> {
  const opening = new LabOpening();
  try {
    await speak(chosenLanguage());
    show(opening);
    await painted();
    const { LabApp } = await import('./shell/lab-app.ts');
    const app = new LabApp();
    await app.opened;
    opening.replaceWith(app);
  } catch (error) {
    show(opening);
    opening.fail();
    console.error(error);
  }
}

function show(opening: LabOpening): void {
  document.querySelector('#name')?.replaceWith(opening);
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, paintMs);
  });
}

import './styles/theme.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/prompt.css';
import './styles/table.css';
import './styles/import.css';
import './styles/exact.css';
import './styles/strip.css';
import './styles/alternatives.css';
import './styles/raw.css';
import './styles/lint.css';
import './styles/answer.css';
import './styles/labels.css';
import './styles/ladder.css';
import './styles/why.css';
import './styles/why-effects.css';
import './styles/why-order.css';
import './styles/why-variants.css';
import './styles/why-calibration.css';
import './styles/evaluate.css';
import './styles/tree.css';
import './styles/story.css';
import './styles/attention.css';
import './styles/scaling.css';
import './styles/share.css';
import './styles/first.css';
import { LabOpening } from './components/lab-opening.ts';
import { chosenLanguage } from './language.ts';
import { speak } from './strings/index.ts';

/** The longest that the lab waits for the masthead: a tab that nobody sees is not painted. */
const paintMs = 100;

void open();

/**
 * The masthead is painted while the rest is still read by the browser. All of it is made once its words and its state
 * are there, so that nobody sees it in two languages or two states.
 */
async function open(): Promise<void> {
  const opening = new LabOpening();
  try {
    await speak(chosenLanguage());
    document.body.append(opening);
    await painted();
    const { LabApp } = await import('./components/lab-app.ts');
    const app = new LabApp();
    await app.opened;
    opening.replaceWith(app);
  } catch (error) {
    document.body.append(opening);
    opening.fail();
    console.error(error);
  }
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, paintMs);
  });
}

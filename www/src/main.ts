import './styles/theme.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/prompt.css';
import './styles/table.css';
import './styles/import.css';
import './styles/strip.css';
import './styles/answer.css';
import './styles/labels.css';
import './styles/ladder.css';
import './styles/why.css';
import './styles/pictures.css';
import './styles/evaluate.css';
import './styles/tree.css';
import './styles/story.css';
import './styles/share.css';
import './styles/first.css';
import { LabApp } from './components/lab-app.ts';
import { chosenLanguage } from './language.ts';
import { speak } from './strings/index.ts';

// The page is made once its words and its state are there, so that nobody sees it in two languages or two states.
void speak(chosenLanguage()).then(async () => {
  const app = new LabApp();
  await app.opened;
  document.body.append(app);
});

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
import './components/lab-app.ts';
import { chosenLanguage } from './language.ts';
import { speak } from './strings/index.ts';

// The page is made once its words are there, so that nobody sees it in two languages.
void speak(chosenLanguage()).then(() => document.body.append(document.createElement('lab-app')));

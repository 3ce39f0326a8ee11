import 'shotglass/element/define';
import * as shotglass from 'shotglass';
import { ask } from './ask.js';
import { checks } from './checks.js';

const answer = await ask(shotglass, 'model.gguf');
if (location.search === '?checks') answer.checks = await checks(shotglass);
document.querySelector('#answer').value = JSON.stringify(answer);

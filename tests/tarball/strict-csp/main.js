// An import map would be an inline script, which the policy forbids.

import { ask } from './ask.js';
import { checks } from './checks.js';
import './shotglass/dist/element/define.js';
import * as shotglass from './shotglass/dist/index.js';

const answer = await ask(shotglass, 'model.gguf');
if (location.search === '?checks') answer.checks = await checks(shotglass);
document.querySelector('#answer').value = JSON.stringify(answer);

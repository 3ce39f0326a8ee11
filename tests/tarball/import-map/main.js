import * as shotglass from 'shotglass';
import { ask } from './ask.js';

document.querySelector('output').value = JSON.stringify(await ask(shotglass, 'model.gguf'));

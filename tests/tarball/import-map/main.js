import 'shotglass/element/define';
import * as shotglass from 'shotglass';
import { ask } from './ask.js';

document.querySelector('#answer').value = JSON.stringify(await ask(shotglass, 'model.gguf'));

import * as shotglass from 'shotglass';
import { ask } from './ask.js';

console.log(JSON.stringify(await ask(shotglass, 'model.gguf')));

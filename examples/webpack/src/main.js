import 'shotglass/element/define';
import { Model, renderPrompt } from 'shotglass';
import { presets } from 'shotglass/presets';

const { task } = presets.find(({ id }) => id === 'plural');

const model = await Model.load(undefined, { activationBits: 16 });
const { candidates } = await model.predict(renderPrompt(task, { shots: 2 }), { topK: 1 });
model.close();

document.querySelector('output').value =
  `${candidates[0].text} (p = ${candidates[0].p.toFixed(4)})`;

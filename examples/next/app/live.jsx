'use client';

import { useEffect, useState } from 'react';
import { Model, renderPrompt } from 'shotglass';
import { presets } from 'shotglass/presets';

/** Registers the tag, and asks the model itself once. */
export function Live() {
  const [said, setSaid] = useState('…');
  useEffect(() => {
    import('shotglass/element/define');
    const controller = new AbortController();
    ask(controller.signal).then(setSaid, (error) => setSaid(error.message));
    return () => controller.abort();
  }, []);
  return <output>{said}</output>;
}

async function ask(signal) {
  const { task } = presets.find(({ id }) => id === 'plural');
  const model = await Model.load(undefined, { activationBits: 16, signal });
  const { candidates } = await model.predict(renderPrompt(task, { shots: 2 }), { topK: 1, signal });
  model.close();
  return `${candidates[0].text} (p = ${candidates[0].p.toFixed(4)})`;
}

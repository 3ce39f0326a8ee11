/** Runs the chat template of a model's file where it can be ended: whatever it does, the page goes on. */
import { renderChat } from 'shotglass/jinja';
import { chatTemplateOf } from './chat.ts';

/** What this sends: that it is there, and then what came of a template. */
export type ChatMessage = 'ready' | ReturnType<typeof chatTemplateOf>;

addEventListener('message', ({ data }: MessageEvent<string>) => {
  postMessage(chatTemplateOf(data, renderChat));
});
postMessage('ready');

/** Reading the chat template of a model's file, which may say anything: in a worker, for a limited time. */
import type { ChatProblem, ChatTemplate } from './chat.ts';
import type { ChatMessage } from './chat-worker.ts';

/** How long a template may run: an honest one takes some milliseconds. */
export const limitMs = 2_000;
/** How long the worker may take to be there. */
const longestStartMs = 30_000;

/** What is used of a worker. */
type Reader = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;

/** Reads the template of a model. Never rejects: what is wrong with one is for the reader to know. */
export function readChatTemplate(source: string, start = startReader): Promise<ChatTemplate> {
  return new Promise((resolve) => {
    let worker: Reader | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (read: ChatTemplate) => {
      clearTimeout(timer);
      worker?.terminate();
      resolve(read);
    };
    const unfetched = () => end(neither({ kind: 'unfetched', detail: '' }));
    const wait = (ms: number, late: () => void) => {
      clearTimeout(timer);
      timer = setTimeout(late, ms);
    };
    wait(longestStartMs, unfetched);
    try {
      worker = start();
    } catch {
      unfetched();
      return;
    }
    worker.onerror = unfetched;
    worker.onmessage = ({ data }: MessageEvent<ChatMessage>) => {
      if (data !== 'ready') return end(data);
      const broken = (detail: string) => end(neither({ kind: 'refuses', detail }));
      if (worker) worker.onerror = ({ message }) => broken(message);
      wait(limitMs, () => end(neither({ kind: 'slow', detail: String(limitMs / 1000) })));
      worker?.postMessage(source);
    };
  });
}

function neither(problem: ChatProblem): ChatTemplate {
  return { instructed: problem, bare: problem };
}

function startReader(): Reader {
  return new Worker(new URL('./chat-worker.ts', import.meta.url), { type: 'module' });
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Undo and redo by keyboard, outside of text fields: these have an undo of their own, which people expect there. */
export class UndoKeys implements ReactiveController {
  constructor(
    host: ReactiveControllerHost,
    private readonly act: (type: 'undo' | 'redo') => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('keydown', this.pressed);
  }

  hostDisconnected(): void {
    window.removeEventListener('keydown', this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('textarea, input:not([type=range], [type=checkbox], [type=radio])')) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    this.act(key === 'y' || event.shiftKey ? 'redo' : 'undo');
  };
}

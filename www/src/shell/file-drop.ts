import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Files that are dragged over the window and dropped on it. */
export class FileDrop implements ReactiveController {
  /** Whether files are over the window now. */
  isOver = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly take: (files: FileList) => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('dragover', this.over);
    window.addEventListener('dragleave', this.leave);
    window.addEventListener('drop', this.drop);
  }

  hostDisconnected(): void {
    window.removeEventListener('dragover', this.over);
    window.removeEventListener('dragleave', this.leave);
    window.removeEventListener('drop', this.drop);
  }

  private set(isOver: boolean): void {
    if (this.isOver === isOver) return;
    this.isOver = isOver;
    this.host.requestUpdate();
  }

  private readonly over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.set(true);
  };

  private readonly leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.set(false);
  };

  private readonly drop = (event: DragEvent): void => {
    if (!this.isOver) return;
    event.preventDefault();
    this.set(false);
    if (event.dataTransfer) this.take(event.dataTransfer.files);
  };
}

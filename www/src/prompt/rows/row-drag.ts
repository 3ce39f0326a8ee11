/** A row that is dragged over the others. */
export class RowDrag {
  #from: number | null = null;
  #over: number | null = null;

  constructor(
    private readonly move: (from: number, to: number) => void,
    private readonly changed: () => void,
  ) {}

  /** How the row is drawn under the one that is dragged. */
  classOf(index: number): string {
    if (this.#over !== index) return '';
    return (this.#from ?? 0) < index ? 'over below' : 'over';
  }

  start(index: number, event: DragEvent): void {
    this.#from = index;
    const row = (event.target as Element).closest('tr');
    if (row) event.dataTransfer?.setDragImage(row, 12, 12);
    event.dataTransfer?.setData('text/plain', String(index + 1));
  }

  over(index: number, event: DragEvent): void {
    if (this.#from === null) return;
    event.preventDefault();
    this.#over = index;
    this.changed();
  }

  drop(index: number, event: DragEvent): void {
    if (this.#from === null) return;
    event.preventDefault();
    if (this.#from !== index) this.move(this.#from, index);
    this.end();
  }

  end(): void {
    this.#from = null;
    this.#over = null;
    this.changed();
  }
}

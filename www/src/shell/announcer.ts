const restMs = 600;

/** What a screen reader is told of a new answer, once the typing has come to rest: it has better things to say meanwhile. */
export class Announcer<Answer> {
  text = '';
  #last: Answer | null = null;
  #timer = 0;

  /** `say`: what is to be told when the time has come; null for nothing. */
  constructor(
    private readonly say: () => string | null,
    private readonly told: () => void,
  ) {}

  /** To be called with the answer as often as one likes; the same is told once. */
  answered(answer: Answer | null): void {
    if (answer === this.#last) return;
    this.#last = answer;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const text = this.say();
      if (text === null) return;
      this.text = text;
      this.told();
    }, restMs);
  }
}

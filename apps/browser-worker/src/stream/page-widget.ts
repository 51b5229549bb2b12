import type { HintPlace } from "./hint-source.ts";

export interface PageWidgetOptions<Shown> {
  canAsk: () => boolean;
  onChange: (shown: Shown | null) => void;
}

/** An answer to a widget: of which asking in which document. */
export interface WidgetAsked<Shown> {
  place: HintPlace;
  number: number;
  shown: Shown;
}

/** The one list or picker that the user has opened. The page goes on meanwhile. */
export class PageWidget<Shown extends { id: string }> {
  readonly #options: PageWidgetOptions<Shown>;
  #open: WidgetAsked<Shown> | null = null;

  constructor(options: PageWidgetOptions<Shown>) {
    this.#options = options;
  }

  /** The newest wins: a user opens one after the other. */
  ask(asked: WidgetAsked<Shown>): void {
    if (!this.#options.canAsk()) return;
    this.#open = asked;
    this.tell();
  }

  /** Closes it for the user. Null when the answer is to one that is gone. */
  take(id: string): WidgetAsked<Shown> | null {
    const open = this.#open;
    if (open?.shown.id !== id) return null;
    this.withdraw();
    return open;
  }

  forget({ source, contextId }: HintPlace): void {
    if (this.#open?.place.source === source && this.#open.place.contextId === contextId) this.withdraw();
  }

  withdraw(): void {
    if (this.#open === null) return;
    this.#open = null;
    this.tell();
  }

  tell(): void {
    this.#options.onChange(this.#open?.shown ?? null);
  }
}

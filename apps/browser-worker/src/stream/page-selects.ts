import type { PageSelect, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { CDPSession } from "playwright";
import { hintChoose } from "./hint-script.ts";
import type { SelectHint } from "./page-view.ts";

export interface PageSelectsOptions {
  canAsk: () => boolean;
  onChange: (select: PageSelect | null) => void;
}

interface OpenSelect {
  client: CDPSession;
  contextId: number;
  number: number;
  shown: PageSelect;
}

/** The list of the one `<select>` that the user has opened. The page goes on meanwhile. */
export class PageSelects {
  readonly #options: PageSelectsOptions;
  #open: OpenSelect | null = null;
  #count = 0;

  constructor(options: PageSelectsOptions) {
    this.#options = options;
  }

  /** The newest wins: a user opens one list after the other. */
  ask(client: CDPSession, contextId: number, { number, label, options }: SelectHint): void {
    if (!this.#options.canAsk()) return;
    this.#count += 1;
    this.#open = { client, contextId, number, shown: { id: `select-${this.#count}`, label, options } };
    this.tell();
  }

  answer({ id, index }: Extract<ViewerMessage, { type: "selectReply" }>): void {
    const open = this.#open;
    if (open?.shown.id !== id) return;
    this.withdraw();
    if (!open.shown.options.some((option) => option.index === index && !option.disabled)) return;
    const { client, contextId, number } = open;
    void client
      .send("Runtime.evaluate", { contextId, expression: `${hintChoose}(${number}, ${index})` })
      .catch(() => {});
  }

  forget(client: CDPSession, contextId: number): void {
    if (this.#open?.client === client && this.#open.contextId === contextId) this.withdraw();
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

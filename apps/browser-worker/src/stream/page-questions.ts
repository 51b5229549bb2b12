import type { ServerMessage, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { Page } from "playwright";
import { PageDialogs } from "./page-dialogs.ts";

export interface PageQuestionsOptions {
  send: (message: ServerMessage) => void;
  /** Whether there is a user who may answer now. */
  canAsk: () => boolean;
}

type Answer = Extract<ViewerMessage, { type: "dialogReply" }>;

/** What pages ask in widgets of the browser, which no picture shows: passed on to the viewer, answered by it. */
export class PageQuestions {
  readonly #dialogs: PageDialogs;

  constructor({ send, canAsk }: PageQuestionsOptions) {
    this.#dialogs = new PageDialogs({ canAsk, onChange: (dialog) => send({ type: "dialog", dialog }) });
  }

  watch(page: Page): void {
    page.on("dialog", (dialog) => this.#dialogs.ask(dialog));
    page.on("close", () => this.#dialogs.forget(page));
  }

  answer(message: Answer): void {
    this.#dialogs.answer(message);
  }

  /** For a viewer that has just come: all that is still open. */
  tell(): void {
    this.#dialogs.tell();
  }

  /** The user may not answer any more: everything open is answered the way that does least. */
  withdraw(): void {
    this.#dialogs.withdraw();
  }
}

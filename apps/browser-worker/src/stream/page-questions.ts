import type { ServerMessage, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { Page } from "playwright";
import { PageFiles } from "./page-files.ts";
import { PageDialogs } from "./page-dialogs.ts";
import { PageSelects } from "./page-selects.ts";
import type { PageView, SelectHint } from "./page-view.ts";

export interface PageQuestionsOptions {
  send: (message: ServerMessage) => void;
  /** Whether there is a user who may answer now. */
  canAsk: () => boolean;
}

type Answer = Extract<ViewerMessage, { type: "dialogReply" | "selectReply" | "fileReply" | "filePart" }>;

/** What pages ask in widgets of the browser, which no picture shows: passed on to the viewer, answered by it. */
export class PageQuestions {
  readonly #dialogs: PageDialogs;
  readonly #selects: PageSelects;
  readonly #files: PageFiles;

  constructor({ send, canAsk }: PageQuestionsOptions) {
    this.#dialogs = new PageDialogs({ canAsk, onChange: (dialog) => send({ type: "dialog", dialog }) });
    this.#files = new PageFiles({ canAsk, onChange: (request) => send({ type: "file", request }) });
    this.#selects = new PageSelects({ canAsk, onChange: (select) => send({ type: "select", select }) });
  }

  watch(page: Page): void {
    page.on("dialog", (dialog) => this.#dialogs.ask(dialog));
    page.on("filechooser", (chooser) => void this.#files.ask(chooser));
    page.on("framenavigated", (frame) => frame === page.mainFrame() && this.#files.forget(page));
    page.on("close", () => {
      this.#dialogs.forget(page);
      this.#files.forget(page);
    });
  }

  askSelect(view: PageView, contextId: number, hint: SelectHint): void {
    this.#selects.ask(view.client, contextId, hint);
  }

  contextGone(view: PageView, contextId: number): void {
    this.#selects.forget(view.client, contextId);
  }

  answer(message: Answer): void {
    switch (message.type) {
      case "dialogReply":
        return this.#dialogs.answer(message);
      case "selectReply":
        return this.#selects.answer(message);
      case "fileReply":
        return this.#files.announce(message);
      case "filePart":
        return this.#files.receive(message);
    }
  }

  /** For a viewer that has just come: all that is still open. */
  tell(): void {
    this.#dialogs.tell();
    this.#selects.tell();
    this.#files.tell();
  }

  /** The user may not answer any more: everything open is answered the way that does least. */
  withdraw(): void {
    this.#dialogs.withdraw();
    this.#selects.withdraw();
    this.#files.withdraw();
  }
}

import type { ServerMessage, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { Page } from "playwright";
import { PageFiles } from "./page-files.ts";
import { PageDialogs } from "./page-dialogs.ts";
import { PageAuth } from "./page-auth.ts";
import { PageWidgets } from "./page-widgets.ts";
import type { WidgetHint } from "./hint.ts";
import type { HintPlace } from "./hint-source.ts";

export interface PageQuestionsOptions {
  send: (message: ServerMessage) => void;
  /** Whether there is a user who may answer now. */
  canAsk: () => boolean;
}

type AnswerType = "dialogReply" | "selectReply" | "pickerReply" | "fileReply" | "filePart" | "authReply";
type Answer = Extract<ViewerMessage, { type: AnswerType }>;

/** What pages ask in widgets of the browser, which no picture shows: passed on to the viewer, answered by it. */
export class PageQuestions {
  readonly #dialogs: PageDialogs;
  readonly #widgets: PageWidgets;
  readonly #files: PageFiles;
  readonly #auth: PageAuth;

  constructor({ send, canAsk }: PageQuestionsOptions) {
    this.#dialogs = new PageDialogs({ canAsk, onChange: (dialog) => send({ type: "dialog", dialog }) });
    this.#files = new PageFiles({ canAsk, onChange: (request) => send({ type: "file", request }) });
    this.#widgets = new PageWidgets({ canAsk, send });
    this.#auth = new PageAuth((request) => send({ type: "auth", request }));
  }

  watch(page: Page): void {
    this.#auth.watch(page);
    page.on("dialog", (dialog) => this.#dialogs.ask(dialog));
    page.on("filechooser", (chooser) => void this.#files.ask(chooser));
    page.on("framenavigated", (frame) => frame === page.mainFrame() && this.#files.forget(page));
    page.on("close", () => {
      this.#dialogs.forget(page);
      this.#files.forget(page);
    });
  }

  askWidget(place: HintPlace, hint: WidgetHint): void {
    this.#widgets.ask(place, hint);
  }

  placeGone(place: HintPlace): void {
    this.#widgets.forget(place);
  }

  answer(message: Answer): void {
    switch (message.type) {
      case "dialogReply":
        return this.#dialogs.answer(message);
      case "selectReply":
        return this.#widgets.answerSelect(message);
      case "pickerReply":
        return this.#widgets.answerPicker(message);
      case "authReply":
        return this.#auth.answer(message);
      case "fileReply":
        return this.#files.announce(message);
      case "filePart":
        return this.#files.receive(message);
    }
  }

  /** For a viewer that has just come: all that is still open. */
  tell(): void {
    this.#dialogs.tell();
    this.#widgets.tell();
    this.#files.tell();
    this.#auth.tell();
  }

  /**
   * The user may not answer any more: everything open is answered the way that does least. A server's
   * question for a password stays: the page does not change under the tree until the user answers.
   */
  withdraw(): void {
    this.#dialogs.withdraw();
    this.#widgets.withdraw();
    this.#files.withdraw();
  }
}

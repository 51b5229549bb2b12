import type { PageDialog, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { Dialog, Page } from "playwright";
import { hostOf } from "./host-of.ts";

export interface PageDialogsOptions {
  canAsk: () => boolean;
  /** Another dialog, or none, is the one to be answered now. */
  onChange: (dialog: PageDialog | null) => void;
}

interface OpenDialog {
  dialog: Dialog;
  shown: PageDialog;
  timer: NodeJS.Timeout;
}

const answerWithinMs = 60_000;
const longestText = 2_000;

const kinds: Readonly<Record<string, PageDialog["kind"]>> = {
  alert: "alert",
  confirm: "confirm",
  prompt: "prompt",
  beforeunload: "leave",
};

/** JavaScript dialogs, one after the other. A dialog stops its page: each is answered, by the user or without. */
export class PageDialogs {
  readonly #options: PageDialogsOptions;
  #open: OpenDialog[] = [];
  #count = 0;

  constructor(options: PageDialogsOptions) {
    this.#options = options;
  }

  ask(dialog: Dialog): void {
    const kind = kinds[dialog.type()];
    if (kind === undefined || !this.#options.canAsk()) return answerUnattended(dialog);
    this.#count += 1;
    const shown: PageDialog = {
      id: `dialog-${this.#count}`,
      kind,
      host: hostOf(dialog.page()?.url() ?? ""),
      message: dialog.message().slice(0, longestText),
      suggestion: dialog.defaultValue().slice(0, longestText),
    };
    const timer = setTimeout(() => {
      this.#remove((open) => open.dialog === dialog);
      answerUnattended(dialog);
    }, answerWithinMs).unref();
    this.#open.push({ dialog, shown, timer });
    if (this.#open.length === 1) this.tell();
  }

  /** An answer to a dialog that is gone meanwhile changes nothing. */
  answer({ id, accepted, text }: Extract<ViewerMessage, { type: "dialogReply" }>): void {
    const found = this.#open.find(({ shown }) => shown.id === id);
    if (!found) return;
    this.#remove((open) => open === found);
    const done = accepted ? found.dialog.accept(text ?? found.shown.suggestion) : found.dialog.dismiss();
    void done.catch(() => {});
  }

  /** The page is gone, and its dialogs with it. */
  forget(page: Page): void {
    this.#remove(({ dialog }) => dialog.page() === page);
  }

  withdraw(): void {
    const open = this.#open;
    this.#remove(() => true);
    for (const { dialog } of open) answerUnattended(dialog);
  }

  tell(): void {
    this.#options.onChange(this.#open[0]?.shown ?? null);
  }

  #remove(isGone: (open: OpenDialog) => boolean): void {
    const first = this.#open[0];
    this.#open = this.#open.filter((open) => {
      if (!isGone(open)) return true;
      clearTimeout(open.timer);
      return false;
    });
    if (this.#open[0] !== first) this.tell();
  }
}

/** Nobody is there to decide: a page may be left, all else is declined. */
function answerUnattended(dialog: Dialog): void {
  void (dialog.type() === "beforeunload" ? dialog.accept() : dialog.dismiss()).catch(() => {});
}

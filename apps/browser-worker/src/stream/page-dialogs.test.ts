import type { PageDialog } from "@attestream/shared/viewer-protocol";
import type { Dialog, Page } from "playwright";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PageDialogs } from "./page-dialogs.ts";

const page = { url: () => "https://bank.test/path?secret" } as unknown as Page;

function fakeDialog(type: string, answers: string[], of = page): Dialog {
  return {
    type: () => type,
    message: () => `a ${type}`,
    defaultValue: () => (type === "prompt" ? "suggested" : ""),
    page: () => of,
    accept: async (text?: string) => void answers.push(`accepted ${text ?? ""}`.trim()),
    dismiss: async () => void answers.push("dismissed"),
  };
}

describe("dialogs of pages", () => {
  let shown: (PageDialog | null)[];
  let answers: string[];
  let userThere: boolean;
  let dialogs: PageDialogs;
  beforeEach(() => {
    vi.useFakeTimers();
    shown = [];
    answers = [];
    userThere = true;
    dialogs = new PageDialogs({ canAsk: () => userThere, onChange: (dialog) => shown.push(dialog) });
  });
  afterEach(() => vi.useRealTimers());

  it("are shown with the host of the page only, and answered as the user wants", () => {
    dialogs.ask(fakeDialog("prompt", answers));
    expect(shown).toEqual([
      { id: "dialog-1", kind: "prompt", host: "bank.test", message: "a prompt", suggestion: "suggested" },
    ]);
    dialogs.answer({ type: "dialogReply", id: "dialog-1", accepted: true, text: "blue" });
    dialogs.answer({ type: "dialogReply", id: "dialog-1", accepted: false });
    expect(answers).toEqual(["accepted blue"]);
    expect(shown.at(-1)).toBeNull();
  });

  it("wait for each other", () => {
    dialogs.ask(fakeDialog("alert", answers));
    dialogs.ask(fakeDialog("confirm", answers, { url: () => "about:blank" } as unknown as Page));
    expect(shown.map((dialog) => dialog?.kind)).toEqual(["alert"]);
    dialogs.answer({ type: "dialogReply", id: "dialog-1", accepted: false });
    expect(shown.at(-1)).toMatchObject({ kind: "confirm", host: "" });
  });

  it.each([
    ["confirm", "dismissed"],
    ["beforeunload", "accepted"],
  ])("a %s is %s when nobody is there, at once", (type, answer) => {
    userThere = false;
    dialogs.ask(fakeDialog(type, answers));
    expect(answers).toEqual([answer]);
    expect(shown).toEqual([]);
  });

  it("are declined after a minute without an answer, and when the user may not answer any more", () => {
    dialogs.ask(fakeDialog("confirm", answers));
    vi.advanceTimersByTime(59_999);
    expect(answers).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(answers).toEqual(["dismissed"]);
    dialogs.ask(fakeDialog("confirm", answers));
    dialogs.withdraw();
    expect(answers).toEqual(["dismissed", "dismissed"]);
    expect(shown.at(-1)).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("go with their page", () => {
    dialogs.ask(fakeDialog("confirm", answers));
    dialogs.forget(page);
    expect(shown.at(-1)).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });
});

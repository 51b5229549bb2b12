import { serverMessageSchema, type FocusedField } from "@attestream/shared/viewer-protocol";
import type { CDPSession, Page } from "playwright";
import { z } from "zod";
import { hintBinding, hintScript, hintWorld } from "./hint-script.ts";

const focusSchema = serverMessageSchema.options.find((option) => option.shape.type.value === "focus");
if (!focusSchema || !("field" in focusSchema.shape)) throw new Error("the viewer protocol has no focus message");

const hintSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("focus"), field: focusSchema.shape.field }),
  z.strictObject({ kind: z.literal("cursor"), cursor: z.string().regex(/^[a-z-]{1,32}$/) }),
]);

type Hint = z.infer<typeof hintSchema>;

/** A page together with the CDP session through which it is streamed, and what it has said of itself. */
export interface PageView {
  readonly page: Page;
  readonly client: CDPSession;
  /** The field that has the focus; its place in CSS pixels of the page. */
  focus: FocusedField | null;
  cursor: string;
  loading: boolean;
}

export type PageViewChange = "focus" | "cursor" | "loading";

/** Opens the CDP session and plants the hint script for this and every later document of the page. */
export async function createPageView(
  page: Page,
  onChange: (view: PageView, change: PageViewChange) => void,
): Promise<PageView> {
  const client = await page.context().newCDPSession(page);
  const view: PageView = { page, client, focus: null, cursor: "default", loading: false };
  client.on("Runtime.bindingCalled", ({ name, payload }) => {
    const hint = name === hintBinding ? parseHint(payload) : null;
    if (hint === null) return;
    if (hint.kind === "focus") view.focus = hint.field;
    else view.cursor = hint.cursor;
    onChange(view, hint.kind);
  });
  await client.send("Page.enable");
  const { frameTree } = await client.send("Page.getFrameTree");
  const setLoading = (frameId: string, loading: boolean) => {
    if (frameId !== frameTree.frame.id) return;
    view.loading = loading;
    onChange(view, "loading");
  };
  client.on("Page.frameStartedLoading", ({ frameId }) => setLoading(frameId, true));
  client.on("Page.frameStoppedLoading", ({ frameId }) => setLoading(frameId, false));
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) onChange(view, "loading");
  });
  await client.send("Runtime.enable");
  await client.send("Runtime.addBinding", { name: hintBinding, executionContextName: hintWorld });
  await client.send("Page.addScriptToEvaluateOnNewDocument", {
    source: hintScript,
    worldName: hintWorld,
    runImmediately: true,
  });
  return view;
}

/** Comes out of a renderer that a hostile page may have taken over: taken only if it has the exact form. */
function parseHint(payload: string): Hint | null {
  if (payload.length > 1_000) return null;
  try {
    return hintSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

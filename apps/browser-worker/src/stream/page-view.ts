import { selectOptionSchema, serverMessageSchema, type FocusedField } from "@attestream/shared/viewer-protocol";
import type { CDPSession, Page } from "playwright";
import { z } from "zod";
import { hintBinding, hintScript, hintWorld } from "./hint-script.ts";

const focusSchema = serverMessageSchema.options.find((option) => option.shape.type.value === "focus");
if (!focusSchema || !("field" in focusSchema.shape)) throw new Error("the viewer protocol has no focus message");

const hintSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("focus"), field: focusSchema.shape.field }),
  z.strictObject({ kind: z.literal("cursor"), cursor: z.string().regex(/^[a-z-]{1,32}$/) }),
  z.strictObject({
    kind: z.literal("select"),
    number: z.int().min(1),
    label: z.string().max(200),
    options: z.array(selectOptionSchema).max(500),
  }),
]);

/** A list of 500 options that are all as long as they may be. */
const longestHint = 300_000;

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
export type SelectHint = Extract<Hint, { kind: "select" }>;

export interface PageViewEvents {
  onChange: (view: PageView, change: PageViewChange) => void;
  /** A list is wanted. `contextId`: where the choice must be told. */
  onSelect: (view: PageView, contextId: number, hint: SelectHint) => void;
  /** The document is gone, and what it asked with it. */
  onContextGone: (view: PageView, contextId: number) => void;
}

/** Opens the CDP session and plants the hint script for this and every later document of the page. */
export async function createPageView(
  page: Page,
  { onChange, onSelect, onContextGone }: PageViewEvents,
): Promise<PageView> {
  const client = await page.context().newCDPSession(page);
  const view: PageView = { page, client, focus: null, cursor: "default", loading: false };
  client.on("Runtime.bindingCalled", ({ name, payload, executionContextId }) => {
    const hint = name === hintBinding ? parseHint(payload) : null;
    if (hint === null) return;
    if (hint.kind === "select") return onSelect(view, executionContextId, hint);
    if (hint.kind === "focus") view.focus = hint.field;
    else view.cursor = hint.cursor;
    onChange(view, hint.kind);
  });
  client.on("Runtime.executionContextDestroyed", ({ executionContextId }) => onContextGone(view, executionContextId));
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
  if (payload.length > longestHint) return null;
  try {
    return hintSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

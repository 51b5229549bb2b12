import { serverMessageSchema } from "@attestream/shared/viewer-protocol";
import type { CDPSession, Page } from "playwright";
import { z } from "zod";
import { hintBinding, hintScript, hintWorld } from "./hint-script.ts";

const focusSchema = serverMessageSchema.options.find((option) => option.shape.type.value === "focus");
if (!focusSchema || !("field" in focusSchema.shape)) throw new Error("the viewer protocol has no focus message");

const hintSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("focus"), field: focusSchema.shape.field }),
  z.strictObject({ kind: z.literal("cursor"), cursor: z.string().regex(/^[a-z-]{1,32}$/) }),
]);

export type Hint = z.infer<typeof hintSchema>;

/** A page together with the CDP session through which it is streamed. */
export interface PageView {
  page: Page;
  client: CDPSession;
}

/** Opens the CDP session and plants the hint script for this and every later document of the page. */
export async function createPageView(
  page: Page,
  options: { onHint: (hint: Hint) => void; onLoading: (loading: boolean) => void },
): Promise<PageView> {
  const client = await page.context().newCDPSession(page);
  client.on("Runtime.bindingCalled", ({ name, payload }) => {
    if (name !== hintBinding) return;
    const hint = parseHint(payload);
    if (hint) options.onHint(hint);
  });
  await client.send("Page.enable");
  const { frameTree } = await client.send("Page.getFrameTree");
  client.on("Page.frameStartedLoading", ({ frameId }) => {
    if (frameId === frameTree.frame.id) options.onLoading(true);
  });
  client.on("Page.frameStoppedLoading", ({ frameId }) => {
    if (frameId === frameTree.frame.id) options.onLoading(false);
  });
  await client.send("Runtime.enable");
  await client.send("Runtime.addBinding", { name: hintBinding, executionContextName: hintWorld });
  await client.send("Page.addScriptToEvaluateOnNewDocument", {
    source: hintScript,
    worldName: hintWorld,
    runImmediately: true,
  });
  return { page, client };
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

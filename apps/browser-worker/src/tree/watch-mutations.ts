import type { BrowserContext, CDPSession, Frame, Page } from "playwright";

const world = "attestream-tree";
const binding = "attestreamChanged";

/**
 * Runs in an isolated world of every frame: the page's own scripts see neither the observer nor the
 * binding. Events stand beside mutations for what CSS alone shows or hides.
 */
const source = `(() => {
  if (globalThis.attestreamWatching) return;
  globalThis.attestreamWatching = true;
  let timer = 0;
  const tell = () => { timer ||= setTimeout(() => { timer = 0; globalThis.${binding}?.(""); }, 100); };
  new MutationObserver(tell).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  for (const type of ["load", "change", "toggle", "transitionend", "animationend"]) addEventListener(type, tell, { capture: true, passive: true });
})()`;

export interface DocumentChange {
  /** Another value for every main document. */
  documentId: string;
  /** The browser's own error page stands in its place. */
  isErrorPage: boolean;
}

/** Tells of DOM changes in every frame of a page, and of new main documents. Frames of other sites run in other processes and get a session of their own. */
export async function watchMutations(
  context: BrowserContext,
  page: Page,
  tell: { mutated: () => void; documentChanged: (change: DocumentChange) => void },
): Promise<void> {
  const session = await context.newCDPSession(page);
  session.on("Page.frameNavigated", ({ frame }) => {
    if (frame.parentId === undefined)
      tell.documentChanged({ documentId: frame.loaderId, isErrorPage: frame.unreachableUrl !== undefined });
  });
  await install(session, tell.mutated);
  const own = new WeakSet<Frame>();
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() || own.has(frame) || isSameSite(frame.url(), page.url())) return;
    own.add(frame);
    // A frame that shares its parent's process refuses: it is watched with its parent already.
    context
      .newCDPSession(frame)
      .then(
        (frameSession) => install(frameSession, tell.mutated),
        () => undefined,
      )
      .catch(() => undefined);
  });
}

async function install(session: CDPSession, mutated: () => void): Promise<void> {
  session.on("Runtime.bindingCalled", ({ name }) => {
    if (name === binding) mutated();
  });
  // Carried out in this order; sent together, they take one way there and back.
  await Promise.all([
    session.send("Page.enable"),
    session.send("Runtime.enable"),
    session.send("Runtime.addBinding", { name: binding, executionContextName: world }),
    session.send("Page.addScriptToEvaluateOnNewDocument", { source, worldName: world, runImmediately: true }),
  ]);
}

function isSameSite(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin;
}

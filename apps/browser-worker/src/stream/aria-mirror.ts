import type { ServerMessage, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { CDPSession } from "playwright";
import type { Logger } from "pino";
import { kindOf } from "../kind-of.ts";
import { fieldsOf, outlineOf, type AxNode } from "./aria-outline.ts";

export interface AriaTarget {
  client: CDPSession;
  magnification: number;
}

export interface AriaMirrorOptions {
  /** The page that is shown now. */
  target: () => AriaTarget | null;
  send: (message: Extract<ServerMessage, { type: "aria" }>) => void;
  /** Monotonic, milliseconds. */
  now: () => number;
  log: Logger;
}

type Act = Extract<ViewerMessage, { type: "ariaAct" }>;

/** After a change, so that what changes together is told together. */
const settleMs = 300;
/** What a page says to screen readers alone shows in no picture: it is looked for. */
const lookMs = 3_000;
/** Of the time at most so much goes into reading the page. */
const mostShare = 0.05;
const mostFrames = 10;

/**
 * The page's own accessibility tree for the viewer's screen reader. Costs 5 to 30 ms of the page's thread
 * each time, so it is read only while the viewer has asked for it, after changes and now and then.
 */
export class AriaMirror {
  readonly #options: AriaMirrorOptions;
  #watching = false;
  #reading = false;
  #restUntil = 0;
  #told = "";
  #ids = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(options: AriaMirrorOptions) {
    this.#options = options;
  }

  watch(on: boolean): void {
    this.#watching = on;
    this.#told = "";
    this.#ids.clear();
    clearTimeout(this.#timer);
    this.#dueAt = Number.POSITIVE_INFINITY;
    if (on) this.#readIn(0);
  }

  /** The page looks otherwise, is another, or its focus has moved. */
  noteChange(): void {
    if (this.#watching) this.#readIn(settleMs);
  }

  /** Presses or focuses what the viewer was told of, if it is still there. */
  async act({ id, action }: Act): Promise<void> {
    const target = this.#options.target();
    if (target === null || !this.#ids.has(id)) return;
    try {
      if (action === "focus") await target.client.send("DOM.focus", { backendNodeId: id });
      else await press(target, id);
    } catch (error) {
      // Gone meanwhile: what there is now is told anew.
      this.#options.log.debug({ kind: kindOf(error) }, "a node of the page could not be acted on");
    }
    this.noteChange();
  }

  #readIn(ms: number): void {
    const now = this.#options.now();
    const at = Math.max(now + ms, this.#restUntil);
    if (this.#reading || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.#read(), at - now);
  }

  async #read(): Promise<void> {
    this.#dueAt = Number.POSITIVE_INFINITY;
    const target = this.#options.target();
    const startedAt = this.#options.now();
    this.#reading = true;
    try {
      if (target) this.#tell(await outline(target.client));
    } catch (error) {
      // A page that navigates has no tree for a moment.
      this.#options.log.debug({ kind: kindOf(error) }, "the page's accessibility tree could not be read");
    } finally {
      this.#reading = false;
    }
    const endedAt = this.#options.now();
    this.#restUntil = endedAt + Math.max(settleMs, (endedAt - startedAt) / mostShare);
    if (this.#watching) this.#readIn(lookMs);
  }

  #tell(nodes: ReturnType<typeof outlineOf>): void {
    const text = JSON.stringify(nodes);
    if (!this.#watching || text === this.#told) return;
    this.#told = text;
    this.#ids = new Set(nodes.map(({ id }) => id).filter((id) => id !== 0));
    this.#options.send({ type: "aria", nodes });
  }
}

async function outline(client: CDPSession): Promise<ReturnType<typeof outlineOf>> {
  const tree = (await client.send("Accessibility.getFullAXTree")).nodes as AxNode[];
  const frames = await frameTrees(client);
  const all = [tree, ...frames.values()];
  const secret = await secretFields(client, all.flatMap(fieldsOf));
  return outlineOf(tree, { secret, frames });
}

/** Of the frames that share the page's process; others keep to themselves and are not read. */
async function frameTrees(client: CDPSession): Promise<Map<number, AxNode[]>> {
  const { frameTree } = await client.send("Page.getFrameTree");
  const trees = new Map<number, AxNode[]>();
  const waiting = [...(frameTree.childFrames ?? [])];
  for (let next = waiting.shift(); next && trees.size < mostFrames; next = waiting.shift()) {
    waiting.push(...(next.childFrames ?? []));
    const frameId = next.frame.id;
    const found = await Promise.all([
      client.send("DOM.getFrameOwner", { frameId }),
      client.send("Accessibility.getFullAXTree", { frameId }),
    ]).catch(() => null);
    if (found) trees.set(found[0].backendNodeId, found[1].nodes);
  }
  return trees;
}

/** Told by the page itself, not by how the value looks: a password may be shown in clear. */
async function secretFields(client: CDPSession, fields: readonly number[]): Promise<Set<number>> {
  const secret = await Promise.all(
    fields.map(async (backendNodeId) => {
      const described = await client.send("DOM.describeNode", { backendNodeId }).catch(() => null);
      if (described === null) return true;
      const { attributes = [] } = described.node;
      const valueOf = (name: string) =>
        attributes.find((_, index) => index % 2 === 1 && attributes[index - 1] === name)?.toLowerCase() ?? "";
      return valueOf("type") === "password" || valueOf("autocomplete").includes("password");
    }),
  );
  return new Set(fields.filter((_, index) => secret[index]));
}

async function press({ client, magnification }: AriaTarget, backendNodeId: number): Promise<void> {
  await client.send("DOM.scrollIntoViewIfNeeded", { backendNodeId });
  const { quads } = await client.send("DOM.getContentQuads", { backendNodeId });
  const quad = quads.find((corners) => areaOf(corners) > 1);
  if (!quad) throw new Error("nothing of the node can be seen");
  const x = ((quad[0]! + quad[4]!) / 2) * magnification;
  const y = ((quad[1]! + quad[5]!) / 2) * magnification;
  const at = { x, y, pointerType: "mouse", modifiers: 0 } as const;
  await client.send("Input.dispatchMouseEvent", { type: "mouseMoved", button: "none", buttons: 0, ...at });
  await client.send("Input.dispatchMouseEvent", {
    type: "mousePressed",
    button: "left",
    buttons: 1,
    clickCount: 1,
    ...at,
  });
  await client.send("Input.dispatchMouseEvent", {
    type: "mouseReleased",
    button: "left",
    buttons: 0,
    clickCount: 1,
    ...at,
  });
}

function areaOf([x1 = 0, y1 = 0, , , x2 = 0, y2 = 0]: readonly number[]): number {
  return Math.abs((x2 - x1) * (y2 - y1));
}

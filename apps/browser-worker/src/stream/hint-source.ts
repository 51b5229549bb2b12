import type { CDPSession } from "playwright";
import { withinTime } from "../within-time.ts";
import { parseHint, type Hint } from "./hint.ts";
import { hintBinding, hintScript, hintWorld } from "./hint-script.ts";
import type { Point } from "./view-geometry.ts";

/** One document in which the hint script runs. */
export interface HintPlace {
  source: HintSource;
  contextId: number;
}

export interface HintSourceEvents {
  onHint: (place: HintPlace, hint: Hint) => void;
  onGone: (place: HintPlace) => void;
}

const drawnTwice = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))";
const longestDrawMs = 200;

/** The hint script in all frames of a page that live in one renderer process. */
export class HintSource {
  readonly client: CDPSession;
  readonly #parent: HintSource | null;
  readonly #events: HintSourceEvents;
  /** Frame of each context of ours. */
  readonly #frames = new Map<number, string>();
  #rootFrame = "";

  private constructor(client: CDPSession, parent: HintSource | null, events: HintSourceEvents) {
    this.client = client;
    this.#parent = parent;
    this.#events = events;
  }

  /** Plants the script for these and all later documents. `parent`: where the frames lie that hold this process's outermost one. */
  static async plant(client: CDPSession, parent: HintSource | null, events: HintSourceEvents): Promise<HintSource> {
    const source = new HintSource(client, parent, events);
    source.#listen();
    // Carried out in this order; sent together, they take one way there and back.
    await Promise.all([
      client.send("Page.enable"),
      client.send("Page.getFrameTree").then(({ frameTree }) => {
        source.#rootFrame = frameTree.frame.id;
      }),
      client.send("Runtime.enable"),
      client.send("Runtime.addBinding", { name: hintBinding, executionContextName: hintWorld }),
      client.send("Page.addScriptToEvaluateOnNewDocument", {
        source: hintScript,
        worldName: hintWorld,
        runImmediately: true,
      }),
    ]);
    return source;
  }

  get rootFrame(): string {
    return this.#rootFrame;
  }

  /** Where the document's viewport lies in the page's, CSS pixels; null once it is gone. */
  async offsetOf(contextId: number): Promise<Point | null> {
    const frame = this.#frames.get(contextId);
    if (frame === undefined) return null;
    try {
      const inside = frame === this.#rootFrame ? { x: 0, y: 0 } : await cornerOf(this.client, frame);
      const outside = await this.#offset();
      return { x: inside.x + outside.x, y: inside.y + outside.y };
    } catch {
      return null;
    }
  }

  /**
   * Resolves once the page's outermost document has been drawn twice from now on, so that what was asked of the page
   * before shows; after 200 ms if it does not get to it, as pages in the background and busy ones do not.
   */
  async drawn(): Promise<void> {
    const [contextId] = [...this.#frames].find(([, frame]) => frame === this.#rootFrame) ?? [];
    if (contextId === undefined) return;
    const drawn = this.client.send("Runtime.evaluate", { expression: drawnTwice, contextId, awaitPromise: true });
    await withinTime(longestDrawMs, drawn, () => new Error("the page was not drawn")).catch(() => {});
  }

  async #offset(): Promise<Point> {
    if (this.#parent === null) return { x: 0, y: 0 };
    const corner = await cornerOf(this.#parent.client, this.#rootFrame);
    const outside = await this.#parent.#offset();
    return { x: corner.x + outside.x, y: corner.y + outside.y };
  }

  #listen(): void {
    const { client } = this;
    client.on("Runtime.executionContextCreated", ({ context: { id, name, auxData } }) => {
      const frame = (auxData as { frameId?: unknown } | undefined)?.frameId;
      if (name === hintWorld && typeof frame === "string") this.#frames.set(id, frame);
    });
    client.on("Runtime.bindingCalled", ({ name, payload, executionContextId }) => {
      const hint = name === hintBinding && this.#frames.has(executionContextId) ? parseHint(payload) : null;
      if (hint !== null) this.#events.onHint({ source: this, contextId: executionContextId }, hint);
    });
    const forget = (contextId: number) => {
      if (this.#frames.delete(contextId)) this.#events.onGone({ source: this, contextId });
    };
    const forgetAll = () => {
      for (const contextId of this.#frames.keys()) forget(contextId);
    };
    client.on("Runtime.executionContextDestroyed", ({ executionContextId }) => forget(executionContextId));
    client.on("Runtime.executionContextsCleared", forgetAll);
    client.on("close", forgetAll);
  }
}

/** Upper left corner of what an iframe shows, in the viewport of the process it lies in. */
async function cornerOf(client: CDPSession, frameId: string): Promise<Point> {
  const { backendNodeId } = await client.send("DOM.getFrameOwner", { frameId });
  const { model } = await client.send("DOM.getBoxModel", { backendNodeId });
  return { x: model.content[0] ?? 0, y: model.content[1] ?? 0 };
}

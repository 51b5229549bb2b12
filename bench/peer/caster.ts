import type { WebSocket } from "ws";
import { z } from "zod";
import type { RawBrowser } from "../floor/raw-browser.ts";
import { RawPage } from "../floor/raw-page.ts";

export const codecs = ["json", "binary"] as const;
export type Codec = (typeof codecs)[number];

const inputSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ack") }),
  z.object({
    type: z.literal("pointer"),
    action: z.enum(["mousePressed", "mouseReleased", "mouseMoved"]),
    x: z.number(),
    y: z.number(),
    buttons: z.int(),
  }),
  z.object({ type: z.literal("key"), action: z.enum(["keyDown", "keyUp"]), key: z.string(), code: z.string() }),
]);
type Input = z.infer<typeof inputSchema>;

/**
 * Casts one page to one viewer until it goes.
 *
 * `json` is what is compared with: JPEG q75 as base64 in JSON, each frame let go at once and sent whatever the line
 * takes. `binary` is the plain thing done well: JPEG q60 as it is, two frames under way at most, let go when drawn.
 */
export async function cast(browser: RawBrowser, socket: WebSocket, url: string, codec: Codec): Promise<void> {
  const page = await RawPage.open(browser);
  const undrawn: (() => void)[] = [];
  socket.on("close", () => void page.close());
  socket.on("message", (data) => {
    const input = inputSchema.parse(JSON.parse(data.toString()));
    if (input.type === "ack") undrawn.shift()?.();
    else void dispatch(page, input).catch(() => {});
  });
  await page.startScreencast({ format: "jpeg", quality: codec === "json" ? 75 : 60 }, (frame) => {
    if (codec === "json") {
      frame.acknowledge();
      socket.send(JSON.stringify({ type: "frame", data: frame.data }));
    } else {
      undrawn.push(frame.acknowledge);
      socket.send(Buffer.from(frame.data, "base64"));
    }
  });
  await page.navigate(url);
}

function dispatch(page: RawPage, input: Exclude<Input, { type: "ack" }>): Promise<unknown> {
  if (input.type === "pointer") {
    const { action: type, x, y, buttons } = input;
    const pressing = type !== "mouseMoved";
    return page.send("Input.dispatchMouseEvent", {
      type,
      x,
      y,
      buttons,
      button: pressing ? "left" : "none",
      clickCount: pressing ? 1 : 0,
    });
  }
  const { action, key, code } = input;
  const text = action === "keyDown" && key.length === 1 ? { text: key } : {};
  return page.send("Input.dispatchKeyEvent", { type: action, key, code, ...text });
}

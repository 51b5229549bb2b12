import { frameViewSchema, type FrameView } from "@attestream/shared/frame-api";

/** The views of a `text/event-stream` answer, one by one, until it ends. */
export async function* readViews(response: Response): AsyncGenerator<FrameView> {
  let rest = "";
  for await (const chunk of response.body ?? []) {
    rest += Buffer.from(chunk).toString();
    const events = rest.split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      if (event.startsWith("data: ")) yield frameViewSchema.parse(JSON.parse(event.slice("data: ".length)));
    }
  }
}

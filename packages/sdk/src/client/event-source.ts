export interface ServerSentEvent {
  id: string | null;
  data: string;
}

/** Reads an event stream as HTML defines it: fields `id` and `data`; comments, such as heartbeats, come as null. */
export async function* readEventStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerSentEvent | null, void> {
  let rest = "";
  let id: string | null = null;
  let data: string[] = [];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    // A line end may be cut in two: a carriage return at the end waits for what follows it.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { id, data: data.join("\n") };
        data = [];
      } else if (line.startsWith(":")) yield null;
      else {
        const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (field === "id") id = value;
        if (field === "data") data.push(value);
      }
    }
  }
}

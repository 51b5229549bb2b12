/**
 * Reads `text/event-stream` by hand: EventSource can neither send the resume secret nor say why it failed.
 * Only `data` is used; event names, ids and comments are passed over.
 */
export function createEventParser(): (chunk: string) => string[] {
  let rest = "";
  let data: string[] = [];
  return (chunk) => {
    rest += chunk;
    const events: string[] = [];
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (!end) break;
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      if (line === "") {
        if (data.length > 0) events.push(data.join("\n"));
        data = [];
      } else if (line.startsWith("data:")) {
        data.push(line.slice(line.charAt(5) === " " ? 6 : 5));
      }
    }
    return events;
  };
}

export interface ListPlace {
  active: number;
  /** What was typed to find an option, and when the last letter was, milliseconds. */
  typed: { text: string; at: number };
}

const newWordAfterMs = 700;

/** Where a key leads in a list of options, disabled ones passed over; null for keys that mean nothing to it. */
export function nextOption(
  options: readonly { label: string; disabled: boolean }[],
  { active, typed }: ListPlace,
  event: Pick<KeyboardEvent, "key" | "timeStamp" | "ctrlKey" | "metaKey" | "altKey">,
): ListPlace | null {
  const places = options.flatMap(({ disabled }, place) => (disabled ? [] : [place]));
  if (places.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return null;
  const go = (place: number | undefined): ListPlace => ({ active: place ?? active, typed });
  switch (event.key) {
    case "ArrowDown":
      return go(places.find((place) => place > active));
    case "ArrowUp":
      return go(places.findLast((place) => place < active));
    case "Home":
      return go(places[0]);
    case "End":
      return go(places.at(-1));
    default:
  }
  const continues = event.timeStamp - typed.at < newWordAfterMs;
  if (event.key.length !== 1 || (event.key === " " && !continues)) return null;
  const text = (continues ? typed.text : "") + event.key.toLowerCase();
  const from = text.length === 1 ? active + 1 : active;
  const inOrder = [...places.filter((place) => place >= from), ...places.filter((place) => place < from)];
  const found = inOrder.find((place) => options[place]?.label.toLowerCase().startsWith(text));
  return { active: found ?? active, typed: { text, at: event.timeStamp } };
}

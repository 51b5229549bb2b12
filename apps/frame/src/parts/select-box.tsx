import { useRef, useState } from "preact/hooks";
import type { PageSelect } from "@attestream/shared/viewer-protocol";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";
import { nextOption, type ListPlace } from "./next-option.ts";

type Option = PageSelect["options"][number];

/** The list of a `<select>` of the live page: one tap or Enter takes an option, Escape none. */
export function SelectBox({ select, connected }: { select: PageSelect; connected: boolean }) {
  const { messages, send } = useFrame();
  const listRef = useRef<HTMLDivElement>(null);
  const typedRef = useRef<ListPlace["typed"]>({ text: "", at: 0 });
  const { options } = select;
  const chosen = options.findIndex(({ selected }) => selected);
  const first = options.findIndex(({ disabled }) => !disabled);
  const [active, setActive] = useState(chosen >= 0 ? chosen : first);
  const [answered, setAnswered] = useState<PageSelect | null>(null);
  const busy = !connected || answered === select;

  const answer = (index: number | null) => {
    if (busy) return;
    setAnswered(select);
    send({ type: "selectReply", id: select.id, index });
  };
  const move = (event: KeyboardEvent) => {
    const next = nextOption(options, { active, typed: typedRef.current }, event);
    if (next === null) return;
    event.preventDefault();
    typedRef.current = next.typed;
    setActive(next.active);
    listRef.current?.querySelectorAll<HTMLElement>("[role=option]")[next.active]?.focus();
  };
  const show = (option: Option, place: number) => (
    <button
      key={option.index}
      type="button"
      role="option"
      class="option"
      aria-selected={option.selected}
      aria-disabled={option.disabled || busy}
      tabIndex={place === active ? 0 : -1}
      autoFocus={place === active}
      onClick={() => option.disabled || answer(option.index)}
    >
      {option.label || "\u00a0"}
    </button>
  );

  return (
    <Modal title="select-title" onEscape={() => answer(null)}>
      <h2 id="select-title" class="dialog-host">
        {select.label || messages.live.chooseTitle}
      </h2>
      <div
        ref={listRef}
        role="listbox"
        tabIndex={-1}
        class="option-list"
        aria-labelledby="select-title"
        onKeyDown={move}
      >
        {inGroups(options).map(({ group, places }, number) => {
          const shown = places.map((place) => show(options[place]!, place));
          return group === "" ? (
            shown
          ) : (
            <div key={`group-${places[0]}`} role="group" aria-labelledby={`select-group-${number}`}>
              <p id={`select-group-${number}`} role="presentation" class="option-group">
                {group}
              </p>
              {shown}
            </div>
          );
        })}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button button-quiet" disabled={busy} onClick={() => answer(null)}>
          {messages.live.dialogCancel}
        </button>
      </div>
    </Modal>
  );
}

/** Options that follow each other in one group, by their places in the list. */
function inGroups(options: readonly Option[]): { group: string; places: number[] }[] {
  const groups: { group: string; places: number[] }[] = [];
  options.forEach(({ group }, place) => {
    const last = groups.at(-1);
    if (last?.group === group) last.places.push(place);
    else groups.push({ group, places: [place] });
  });
  return groups;
}

import { useId, useRef, useState } from "preact/hooks";
import type { PagePicker } from "@attestream/shared/viewer-protocol";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";

/** For browsers that show a kind as plain text: how it is written then. */
const written: Partial<Record<PagePicker["kind"], { example: string; pattern: string }>> = {
  month: { example: "2026-05", pattern: "\\d{4,}-(0[1-9]|1[0-2])" },
  week: { example: "2026-W09", pattern: "\\d{4,}-W(0[1-9]|[1-4]\\d|5[0-3])" },
};

/** The widget of a date, time or colour field of the live page: this browser's own, with the page's bounds. */
export function PickerBox({ picker, connected }: { picker: PagePicker; connected: boolean }) {
  const { messages, send } = useFrame();
  const words = messages.live;
  const listId = useId();
  const inputRef = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(picker.value);
  const [answered, setAnswered] = useState<PagePicker | null>(null);
  const busy = !connected || answered === picker;
  const plain = written[picker.kind];
  const answer = (chosen: string | null) => {
    if (busy) return;
    setAnswered(picker);
    send({ type: "pickerReply", id: picker.id, value: chosen });
  };
  return (
    <Modal title="picker-title" onEscape={() => answer(null)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          // What is out of bounds does not come here: the browser says so at the field.
          event.preventDefault();
          answer(inputRef.current?.value ?? value);
        }}
      >
        <h2 id="picker-title" class="dialog-host">
          {picker.label || words.pickers[picker.kind]}
        </h2>
        <input
          ref={inputRef}
          class={picker.kind === "color" ? "dialog-field dialog-colour" : "dialog-field"}
          type={picker.kind}
          aria-labelledby="picker-title"
          value={value}
          min={picker.min || undefined}
          max={picker.max || undefined}
          step={picker.step || undefined}
          required={picker.required && picker.kind !== "color"}
          list={picker.suggestions.length > 0 ? listId : undefined}
          placeholder={plain?.example}
          pattern={plain?.pattern}
          title={plain && words.pickerForm(plain.example)}
          maxLength={plain ? 40 : undefined}
          autoComplete="off"
          autoFocus
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        {picker.suggestions.length > 0 && (
          <datalist id={listId}>
            {picker.suggestions.map((suggestion) => (
              <option key={suggestion} value={suggestion} />
            ))}
          </datalist>
        )}
        <div class="dialog-actions">
          <button type="button" class="button button-quiet" disabled={busy} onClick={() => answer(null)}>
            {words.dialogCancel}
          </button>
          {!picker.required && picker.value !== "" && (
            <button type="button" class="button button-quiet" disabled={busy} onClick={() => answer("")}>
              {words.pickerClear}
            </button>
          )}
          <button type="submit" class="button button-main" disabled={busy}>
            {words.pickerSet}
          </button>
        </div>
      </form>
    </Modal>
  );
}

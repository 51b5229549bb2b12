import { useState } from "preact/hooks";
import { formValueLimit } from "@attestream/shared/viewer-protocol";
import { fieldLook, type ChallengeField } from "./field-look.ts";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";

/** One of the page's fields, with its label; a password can be shown. Holds its value itself: nowhere else is it kept. */
export function FormField(props: {
  field: ChallengeField;
  isLast: boolean;
  describedBy: string | undefined;
  kept: string;
}) {
  const { field, isLast, describedBy, kept } = props;
  const words = useFrame().messages.live;
  const [shown, setShown] = useState(false);
  const { type, ...look } = fieldLook(field, isLast);
  const id = `form-${field.id}`;
  const secret = type === "password";
  const attributes = {
    ...look,
    id,
    name: field.id,
    class: "form-input",
    defaultValue: kept,
    required: true,
    maxLength: formValueLimit,
    "aria-describedby": describedBy,
    ...(field.type === "code" && field.length ? { style: { maxWidth: `calc(${field.length + 3}ch + 5em)` } } : {}),
  };
  return (
    <div class="form-field">
      <label class="form-label" for={id}>
        {field.label}
      </label>
      <div class="form-box">
        {secret && !shown ? <input {...attributes} type="password" /> : <input {...attributes} type="text" />}
        {secret && (
          <button
            type="button"
            class="form-reveal"
            aria-label={words.showSecret(field.label)}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <Icon name={shown ? "eyeOff" : "eye"} />
          </button>
        )}
      </div>
    </div>
  );
}

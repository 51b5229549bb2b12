import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Challenge } from "@attestream/shared";
import { valueOf } from "./field-look.ts";
import { FormField } from "./form-field.tsx";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";

/** How long a site may take to answer before the user is let try again. */
const answerMs = 4_000;
/** Between two signs of life of a user who writes. */
const signOfLifeMs = 5_000;

export interface ChallengeFormProps {
  challenge: Challenge;
  /** The page takes input. */
  enabled: boolean;
  /** User names by field, so that a wrong password asks for the password alone. Everything else is forgotten once it is sent. */
  names: Map<string, string>;
  /** The user is at this form, or was at the one before. */
  inUse: boolean;
  onSent(): void;
  onClose(): void;
}

/**
 * The fields that the page asks for, as fields of this browser: with its keyboard, its autofill and its
 * password manager. What is written is typed into the page by the worker and kept nowhere.
 */
export function ChallengeForm(props: ChallengeFormProps) {
  const { challenge, enabled, names, inUse, onSent, onClose } = props;
  const { fields, filled, websiteError } = challenge;
  const { messages, send } = useFrame();
  const words = messages.live;
  const formRef = useRef<HTMLFormElement>(null);
  const signedAtRef = useRef(Number.NEGATIVE_INFINITY);
  // The very object that was answered: the worker's next word about the challenge says how it went.
  const [answered, setAnswered] = useState<Challenge | null>(null);
  const [waitedFor, setWaitedFor] = useState<Challenge | null>(null);
  const waiting = filled?.state === "sent" && waitedFor !== challenge;
  const busy = answered === challenge || filled?.state === "filling" || waiting;

  useLayoutEffect(() => {
    if (!fields.some(({ autocomplete }) => autocomplete === "username")) names.clear();
  }, [fields, names]);

  useLayoutEffect(() => {
    if (!inUse || !isFocusFree()) return;
    const empty = inputsOf(formRef.current).find(({ value }) => value === "");
    empty?.focus();
  }, [inUse]);

  useLayoutEffect(() => {
    // They have arrived.
    if (filled?.state !== "filling") return;
    for (const input of inputsOf(formRef.current)) if (!names.has(input.name)) input.value = "";
  }, [filled, names]);

  useEffect(() => {
    if (filled?.state !== "sent") return;
    const timer = setTimeout(() => setWaitedFor(challenge), answerMs);
    return () => clearTimeout(timer);
  }, [challenge, filled]);

  const submit = (form: HTMLFormElement) => {
    if (busy || !enabled) return;
    const data = new FormData(form);
    const values = fields
      .map((field) => ({ field, written: data.get(field.id) }))
      .map(({ field, written }) => ({
        id: field.id,
        value: typeof written === "string" ? valueOf(field, written) : "",
      }))
      .filter(({ value }) => value !== "");
    if (values.length === 0) return;
    for (const { id, autocomplete } of fields) {
      const value = autocomplete === "username" && values.find((given) => given.id === id)?.value;
      if (value) names.set(id, value);
    }
    setAnswered(challenge);
    onSent();
    send({ type: "formReply", challengeId: challenge.id, values });
  };

  const missing = fields.filter(({ id }) => filled?.missing.includes(id)).map(({ label }) => label);
  return (
    <form
      ref={formRef}
      class="turn-form"
      aria-label={words.formLabel}
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
      onInput={() => {
        // Nothing of it leaves this page yet: without a word the session would end as idle.
        const at = performance.now();
        if (at - signedAtRef.current < signOfLifeMs) return;
        signedAtRef.current = at;
        send({ type: "stay" });
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
        // Half a form is not sent: a phone's "next" goes on to what is still empty.
        const inputs = inputsOf(event.currentTarget);
        const next = inputs.slice(inputs.indexOf(event.target) + 1).find(({ value }) => value === "");
        if (!next || event.target.value === "") return;
        event.preventDefault();
        next.focus();
      }}
    >
      {fields.map((field, at) => (
        <FormField
          key={field.id}
          field={field}
          isLast={at === fields.length - 1}
          describedBy={websiteError ? "turn-error" : undefined}
          kept={names.get(field.id) ?? ""}
        />
      ))}
      <div class="form-actions">
        <button type="submit" class="button button-main" aria-disabled={busy || !enabled}>
          {busy ? words.formBusy : (challenge.submitLabel ?? words.formSend)}
        </button>
        <button type="button" class="button button-quiet" onClick={onClose}>
          {words.formClose}
        </button>
      </div>
      <p class={filled && !busy ? "form-said" : "form-note"} role="status">
        {filled?.state === "stuck" ? (
          <>
            <Icon name="alert" />
            {missing.length > 0 ? words.formMissing(missing) : words.formNoButton}
          </>
        ) : filled?.state === "sent" && !busy ? (
          words.formSent
        ) : (
          words.formNote
        )}
      </p>
    </form>
  );
}

function inputsOf(form: HTMLFormElement | null): HTMLInputElement[] {
  return [...(form?.querySelectorAll("input") ?? [])];
}

/** The user is in this window, and at nothing else in it. */
function isFocusFree(): boolean {
  const at = document.activeElement;
  return document.hasFocus() && (at === null || at === document.body || at.tagName === "H1");
}

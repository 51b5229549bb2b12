import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Outcome } from "../check/outcome.ts";
import { MissingKeys } from "./missing-keys.tsx";
import { ValidView } from "./valid-view.tsx";
import { VerdictMark } from "./verdict-mark.tsx";

interface OutcomeViewProps {
  outcome: Outcome;
  /** Of the last try to get keys. */
  problem: string;
  canFetch: boolean;
  origin: string;
  onGetKeys: () => void;
  onClear: () => void;
}

/** The verdict. Spoken by itself when it changes; the heading takes the focus, so that a keyboard goes on from there. */
export function OutcomeView({ outcome, problem, canFetch, origin, onGetKeys, onClear }: OutcomeViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isVerdict = outcome.state !== "empty" && outcome.state !== "checking";
  useEffect(() => {
    if (isVerdict) heading.current?.focus();
  }, [outcome, isVerdict]);

  return (
    <section class={`outcome outcome-${outcome.state}`} aria-label="Result" aria-busy={outcome.state === "checking"}>
      <p class="sr-only" role="status" aria-live="polite">
        {spoken(outcome)} {problem}
      </p>
      {outcome.state === "empty" ? <Empty /> : null}
      {outcome.state === "checking" ? (
        <Head kind="checking" title="Checking…">
          A predicate proof takes a second or two.
        </Head>
      ) : null}
      {isVerdict ? (
        <>
          <Head kind={outcome.state} title={titles[outcome.state]} heading={heading}>
            {outcome.state === "valid" ? outcome.summary : outcome.message}
          </Head>
          {outcome.state === "valid" ? <ValidView outcome={outcome} /> : null}
          {outcome.state === "invalid" ? (
            <p class="advice">
              Do not rely on this proof. It may have been changed, or made for somebody else. Ask for it again where it
              came from. <code>{outcome.reason}</code>
            </p>
          ) : null}
          {outcome.state === "unchecked" && outcome.missing ? (
            <MissingKeys
              missing={outcome.missing}
              canFetch={canFetch}
              isOwn={outcome.missing.issuer === origin}
              problem={problem}
              onGetKeys={onGetKeys}
            />
          ) : null}
          {problem !== "" && !(outcome.state === "unchecked" && outcome.missing) ? (
            <p class="problem">{problem}</p>
          ) : null}
          <button type="button" class="button button-quiet" onClick={onClear}>
            Start again
          </button>
        </>
      ) : null}
    </section>
  );
}

const titles = { valid: "Valid", invalid: "Not valid", unchecked: "Cannot be checked" } as const;

function spoken(outcome: Outcome): string {
  if (outcome.state === "empty") return "";
  if (outcome.state === "checking") return "Checking.";
  return `${titles[outcome.state]}. ${outcome.state === "valid" ? outcome.summary : outcome.message}`;
}

function Head(props: {
  kind: Exclude<Outcome["state"], "empty">;
  title: string;
  heading?: { current: HTMLHeadingElement | null };
  children: ComponentChildren;
}) {
  return (
    <div class="verdict">
      <VerdictMark kind={props.kind} />
      <div>
        <h2 ref={props.heading ?? null} tabIndex={-1}>
          {props.title}
        </h2>
        <p>{props.children}</p>
      </div>
    </div>
  );
}

function Empty() {
  return (
    <div class="empty">
      <h2>What you will learn</h2>
      <ul>
        <li>whether the proof is genuine and unchanged,</li>
        <li>what it says, and on whose word: the issuer’s alone, or also that of a witness,</li>
        <li>what it does not prove, which is as good to know.</li>
      </ul>
      <p>
        A check needs the issuer’s public keys. If you have none, the page tells where they are said to be, and what it
        means to take them from there.
      </p>
    </div>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";
import type { Challenge, ChallengeKind } from "@attestream/shared";
import { ChallengeForm } from "./challenge-form.tsx";
import { useFrame } from "./frame-context.ts";
import { Icon, type IconName } from "./icon.tsx";

const icons = {
  login: "lock",
  otp: "keyboard",
  question: "pen",
  choice: "hand",
  approval: "shield",
  captcha: "hand",
  unknown: "hand",
} satisfies Record<ChallengeKind, IconName>;

/** Where the page's own fields are small, or the keyboard covers them. */
const prefersForm = () => matchMedia("(pointer: coarse), (max-width: 560px)").matches;

export interface TurnPanelProps {
  challenge: Challenge | null;
  /** The page takes input. */
  open: boolean;
  connected: boolean;
}

/** What the user is asked to do now, in words, beside the page itself; where the page's fields are known, as a form too. */
export function TurnPanel({ challenge, open, connected }: TurnPanelProps) {
  const { messages, formChoice } = useFrame();
  const [asForm, setAsForm] = useState(() => formChoice.read() ?? prefersForm());
  const [inUse, setInUse] = useState(false);
  const [names] = useState(() => new Map<string, string>());
  const openerRef = useRef<HTMLButtonElement>(null);
  const closedRef = useRef(false);
  const choose = (form: boolean) => {
    formChoice.write(form);
    setInUse(form);
    closedRef.current = !form;
    setAsForm(form);
  };
  useEffect(() => {
    if (closedRef.current) openerRef.current?.focus();
    closedRef.current = false;
  }, [asForm]);
  const hasForm = challenge !== null && challenge.fields.length > 0;
  const words = messages.live;
  return (
    <div class={challenge ? "turn" : "turn turn-idle"} data-challenge={open ? challenge?.kind : undefined}>
      {challenge ? (
        <>
          <span class="turn-icon">
            <Icon name={icons[challenge.kind]} />
          </span>
          <div class="turn-words">
            <p class="turn-kind">
              {words.yourTurn} <span aria-hidden="true">·</span> {words.kinds[challenge.kind]}
            </p>
            <p class="turn-text">{challenge.instructions}</p>
          </div>
          <Answers challenge={challenge} />
          {hasForm && !asForm && (
            <button ref={openerRef} type="button" class="button button-choice turn-opener" onClick={() => choose(true)}>
              <Icon name="pen" />
              {words.formOpen}
            </button>
          )}
          {challenge.websiteError && (
            <p class="turn-error" id="turn-error" role="alert">
              <Icon name="alert" />
              <span>
                <b>{words.websiteSays}:</b> {challenge.websiteError}
              </span>
            </p>
          )}
          {hasForm && asForm && (
            <ChallengeForm
              key={challenge.id}
              challenge={challenge}
              enabled={open && connected}
              names={names}
              inUse={inUse}
              onSent={() => setInUse(true)}
              onClose={() => choose(false)}
            />
          )}
        </>
      ) : (
        <p class="turn-none">{words.watching}</p>
      )}
    </div>
  );
}

function Answers({ challenge }: { challenge: Challenge }) {
  const { messages, send } = useFrame();
  // The very object that was answered: the worker's next word about the challenge brings the buttons back.
  const [answered, setAnswered] = useState<Challenge | null>(null);
  const busy = answered === challenge;
  const reply = (choice?: string) => {
    setAnswered(challenge);
    send({ type: "challengeReply", challengeId: challenge.id, ...(choice === undefined ? {} : { choice }) });
  };
  const choices = challenge.choices ?? [];
  if (choices.length === 0 && !challenge.canContinue) return null;
  return (
    <div class="turn-answers">
      {choices.map(({ id, label }) => (
        <button key={id} type="button" class="button button-choice" disabled={busy} onClick={() => reply(id)}>
          {label}
        </button>
      ))}
      {challenge.canContinue && (
        <button type="button" class="button button-main" disabled={busy} onClick={() => reply()}>
          {messages.live.continue}
        </button>
      )}
    </div>
  );
}

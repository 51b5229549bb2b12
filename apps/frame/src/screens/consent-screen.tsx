import { Icon } from "../parts/icon.tsx";
import { useFrame } from "../parts/frame-context.ts";
import type { OpenState } from "../session/frame-state.ts";

export function ConsentScreen({ state }: { state: OpenState }) {
  const { messages, session } = useFrame();
  const words = messages.consent;
  const { view, pending, failed } = state;
  const partner = view.partner.name;
  const platform = view.platform.displayName;
  const { fields, questions } = view.consent;
  const shared = questions?.map(words.question) ?? (fields.length > 0 ? fields : [words.nothingListed]);
  const kept = [...(questions === undefined ? [] : [words.neverValues]), ...words.neverItems(platform)];
  return (
    <section class="consent">
      <div class="consent-head">
        <p class="eyebrow">{words.eyebrow}</p>
        <h1 tabIndex={-1}>{words.title(partner, platform)}</h1>
        <p class="lead">{words.lead(platform)}</p>
      </div>
      <div class="consent-lists">
        <div class="consent-card">
          <h2>{questions === undefined ? words.receives(partner) : words.receivesAnswers(partner)}</h2>
          <ul class="marks">
            {shared.map((item) => (
              <li key={item}>
                <Icon name="check" />
                {item}
              </li>
            ))}
          </ul>
        </div>
        <div class="consent-card consent-never">
          <h2>{words.never}</h2>
          <ul class="marks">
            {kept.map((item) => (
              <li key={item}>
                <Icon name="minus" />
                {item}
              </li>
            ))}
          </ul>
          <p class="consent-proof">
            <Icon name="shield" />
            {words.proof}
          </p>
        </div>
      </div>
      <div class="consent-actions">
        {(failed === "agree" || failed === "decline") && (
          <p class="form-error" role="alert">
            {words.failed}
          </p>
        )}
        <button
          type="button"
          class="button button-quiet"
          disabled={pending !== null}
          onClick={() => void session.consent(false)}
        >
          {pending === "decline" ? words.declining : words.decline}
        </button>
        <button
          type="button"
          class="button button-main"
          disabled={pending !== null}
          onClick={() => void session.consent(true)}
        >
          {pending === "agree" ? words.agreeing : words.agree}
        </button>
      </div>
    </section>
  );
}

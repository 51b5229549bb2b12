import type { Outcome } from "../check/outcome.ts";

/** What a valid proof says, what follows from it, and what does not. */
export function ValidView({ outcome }: { outcome: Extract<Outcome, { state: "valid" }> }) {
  const { said, proven, notProven } = outcome;
  return (
    <>
      <div class="block">
        <h3>What it says</h3>
        {said.length === 0 ? (
          <p class="soft">It shows no field.</p>
        ) : (
          <dl class="said">
            {said.map(({ name, value, note }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <span class={value.includes("\n") ? "value value-long" : "value"}>{value}</span>
                  {note === undefined ? null : <small>{note}</small>}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <div class="block">
        <h3>What is proven</h3>
        <ul class="statements statements-proven">
          {proven.map(({ statement, by }) => (
            <li key={statement}>
              {statement} <small>by {by}</small>
            </li>
          ))}
        </ul>
      </div>
      <div class="block">
        <h3>What is not proven</h3>
        <ul class="statements statements-open">
          {notProven.map(({ statement, why }) => (
            <li key={statement}>
              {statement} <small>{why}</small>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

import { nothingExpected, type Expected } from "../check/check-given.ts";

const fields: { name: keyof Expected; label: string; hint: string }[] = [
  { name: "issuer", label: "Issuer", hint: "The address of whom you expect it from, like https://verify.example.com" },
  { name: "audience", label: "Partner", hint: "The partner’s id for whom it must have been made" },
  { name: "nonce", label: "Nonce or challenge", hint: "What you asked to be put into it" },
];

/** What the reader knows already. What is not given is not checked, and the result says so. */
export function ExpectedForm({ expected, onChange }: { expected: Expected; onChange: (expected: Expected) => void }) {
  return (
    <details class="expected">
      <summary>What you expect of it</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          const entries = fields.map(({ name }) => [name, String(data.get(name) ?? "").trim()]);
          onChange({ ...nothingExpected, ...Object.fromEntries(entries) });
        }}
      >
        {fields.map(({ name, label, hint }) => (
          <div key={name}>
            <label for={`expected-${name}`}>{label}</label>
            <input
              id={`expected-${name}`}
              name={name}
              type="text"
              autocomplete="off"
              spellcheck={false}
              defaultValue={expected[name]}
              aria-describedby={`hint-${name}`}
            />
            <small id={`hint-${name}`}>{hint}</small>
          </div>
        ))}
        <button type="submit" class="button button-quiet">
          Check with this
        </button>
      </form>
    </details>
  );
}

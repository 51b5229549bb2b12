import type { AutofillToken, Challenge, ChallengeKind } from "@attestream/shared";
import { parseTextPattern } from "../extract/index.ts";
import { alternativesOf, type UserScreen } from "../schema/index.ts";

const longestLabel = 100;

/** A screen's fields and button as the frame shows them as its own. */
export function describeForm({ kind, fields = [], submit }: UserScreen): Pick<Challenge, "fields" | "submitLabel"> {
  const firstText = fields.find(({ type = "text" }) => type === "text");
  const label =
    submit &&
    alternativesOf(submit)
      .map(({ name, text }) => plainText(name ?? text))
      .find((plain) => plain !== "");
  return {
    fields: fields.map((field) => {
      const { id, label: words, type = "text", length } = field;
      return {
        id,
        label: words ?? id,
        type,
        autocomplete: field.autocomplete ?? usualAutofill(kind, type, field === firstText),
        ...(length === undefined ? {} : { length }),
      };
    }),
    ...(label ? { submitLabel: label.slice(0, longestLabel) } : {}),
  };
}

/** What a browser may offer for a field where the tree says nothing. An answer to a question is nobody's to offer. */
function usualAutofill(
  kind: ChallengeKind,
  type: Challenge["fields"][number]["type"],
  isFirstText: boolean,
): AutofillToken {
  if (type === "code") return "one-time-code";
  if (type === "password") return kind === "login" ? "current-password" : "off";
  // What is asked for first to log in is the name, be it an address or a telephone number.
  if (kind === "login" && (type === "email" || type === "tel" || isFirstText)) return "username";
  return type === "email" || type === "tel" ? type : "off";
}

/** Empty where the author wrote a pattern: that is for finding, not for reading. */
function plainText(written: string | undefined): string {
  const pattern = written === undefined ? null : parseTextPattern(written);
  return pattern?.kind === "plain" ? pattern.text : "";
}

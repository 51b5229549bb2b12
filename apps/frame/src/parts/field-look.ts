import type { Challenge } from "@attestream/shared";

export type ChallengeField = Challenge["fields"][number];

const looks = {
  text: { type: "text", inputMode: "text" },
  password: { type: "password", inputMode: "text" },
  code: { type: "text", inputMode: "numeric" },
  email: { type: "text", inputMode: "email" },
  tel: { type: "text", inputMode: "tel" },
  number: { type: "text", inputMode: "decimal" },
} as const satisfies Record<ChallengeField["type"], { type: "text" | "password"; inputMode: string }>;

/** How a field of the page presents itself as one of ours. Not checked by type: what is right, the site knows. */
export function fieldLook({ type, autocomplete = "off" }: ChallengeField, isLast: boolean) {
  return {
    ...looks[type],
    autocomplete,
    enterkeyhint: isLast ? "send" : "next",
    autocapitalize: "off",
    autoCorrect: "off",
    spellcheck: false,
  } as const;
}

/** One line, and codes as the site wants them: phones and messages write them in groups. */
export function valueOf({ type }: ChallengeField, written: string): string {
  const line = written.replace(/\p{Cc}/gu, "");
  return type === "code" ? line.replace(/\s/g, "") : line;
}

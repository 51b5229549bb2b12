/** As much of a field in the page as is looked at: this code runs there, and is typed without the page. */
interface PageField {
  tagName: string;
  type?: string;
  value?: string;
  name?: string;
  id: string;
  autocomplete?: string;
  labels?: Iterable<{ textContent: string | null }> | null;
  selectedOptions?: Iterable<{ label: string }>;
  getAttribute: (name: string) => string | null;
}

/**
 * In the page: what a field shows to the user. Nothing of a field that is or may be secret (a password,
 * a code, a card), also while the page shows it in the clear. Sent to the browser as text: it may use
 * nothing from around it.
 */
export function fieldValue(field: PageField): string | null {
  const tag = field.tagName.toLowerCase();
  if (tag === "select") return [...(field.selectedOptions ?? [])][0]?.label ?? null;
  const shown = ["text", "email", "tel", "url", "search", "number", "date", "month", "time"];
  if (tag !== "textarea" && !(tag === "input" && shown.includes(field.type ?? ""))) return null;
  const labels = [...(field.labels ?? [])].map(({ textContent }) => textContent);
  const words = [field.autocomplete, field.name, field.id, field.getAttribute("aria-label"), ...labels];
  const secret =
    /pass(?!port|enger)|secret|one-time|otp|^code$|(?:security|verification|access|sms)[ _-]?code|\bpin\b|\bc[vs][cv]\b|\bcc-|kennwort|contrase|senha|wachtwoord/i;
  return words.some((text) => secret.test(text ?? "")) ? null : (field.value ?? null);
}

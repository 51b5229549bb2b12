/** What a magic user meets. Everything else about them is alike: same password, same code, same accounts. */
export interface DemoUser {
  username: string;
  /** For the help page: what trying this user shows. */
  shows: string;
  /** Where the password leads instead of to the security code. */
  afterPassword?: "locked" | "closed" | "maintenance" | "new-password" | "question" | "unknown" | "heavy";
  /** The code that is sent first counts as expired. */
  firstCodeExpired?: true;
  /** Shown over the accounts until dismissed. */
  offer?: true;
  /** Shown after the code, once. */
  survey?: true;
  /** Must say after the code which account is meant. */
  choosesAccount?: true;
  statementsFail?: true;
  /** How long every answer takes, milliseconds. */
  delayMs?: number;
}

export const demoPassword = "pass_good";
export const demoCode = "123456";
export const demoAnswer = "Biscuit";

export const demoUsers: readonly DemoUser[] = [
  { username: "user_good", shows: "Everything works." },
  { username: "user_offer", shows: "An advertisement covers the accounts after logging in.", offer: true },
  { username: "user_survey", shows: "A survey nobody asked for comes after the code.", survey: true },
  { username: "user_slow", shows: "Every page takes two seconds.", delayMs: 2_000 },
  { username: "user_expired", shows: "The first code has run out; the second works.", firstCodeExpired: true },
  { username: "user_nostatements", shows: "Accounts work, statements fail.", statementsFail: true },
  {
    username: "user_question",
    shows: `A security question in place of the code; the answer is ${demoAnswer}.`,
    afterPassword: "question",
  },
  { username: "user_choice", shows: "The bank asks which account is meant.", choosesAccount: true },
  { username: "user_newpass", shows: "The bank wants a new password first.", afterPassword: "new-password" },
  { username: "user_locked", shows: "The bank has blocked this login.", afterPassword: "locked" },
  { username: "user_closed", shows: "The customer has left the bank.", afterPassword: "closed" },
  {
    username: "user_down",
    shows: "The bank is down for maintenance once the password is in.",
    afterPassword: "maintenance",
  },
  { username: "user_unknown", shows: "The bank turns these details away, for good.", afterPassword: "unknown" },
  {
    username: "user_memoryhog",
    shows: "The page after the password takes more and more memory.",
    afterPassword: "heavy",
  },
];

/** The user with this name and password, else null. The names are public, so nothing is kept secret by timing. */
export function findUser(username: string, password: string): DemoUser | null {
  if (password !== demoPassword) return null;
  return demoUsers.find((user) => user.username === username) ?? null;
}

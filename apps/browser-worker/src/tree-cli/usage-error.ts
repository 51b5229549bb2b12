/** The command cannot do what it was told; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The other side is not who it should be, or a message is not what it sent, in the place it sent it. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/** The database or its folder cannot be used. The message names the setting and the remedy; the program exits with 78. */
export class StorageError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "StorageError";
  }
}

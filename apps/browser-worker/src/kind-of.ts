/** What of an error may be logged: its kind. Messages of the browser's quote addresses and what pages show. */
export function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
